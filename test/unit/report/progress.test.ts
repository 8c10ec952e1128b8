/** When progress is shown and erased. The test controls the time. */
import { describe, expect, test } from "bun:test";
import { colorsFor } from "../../../src/report/colors.ts";
import { makeProgress, type Progress } from "../../../src/report/progress.ts";
import { screenOf } from "../../support/terminal.ts";

/** A terminal, and a clock that the test advances. */
function setUp(enabled = true) {
  let written = "";
  let now = 0;
  const signalCalls = new Set<() => void>();
  const calls = new Set<{ readonly at: number; readonly call: () => void }>();
  const progress = makeProgress({
    write: (text) => {
      written += text;
    },
    enabled: () => enabled,
    colors: () => colorsFor("never", undefined, false),
    now: () => now,
    later: (ms, call) => {
      const entry = { at: now + ms, call };
      calls.add(entry);
      return () => calls.delete(entry);
    },
    beforeSignal: (call) => {
      signalCalls.add(call);
      return () => signalCalls.delete(call);
    },
  });
  return {
    progress,
    written: () => written,
    print: (text: string) => {
      written += text;
    },
    lines: () => screenOf(written).filter((line) => line !== ""),
    pass(ms: number) {
      now += ms;
      for (const entry of [...calls]) {
        if (entry.at > now) continue;
        calls.delete(entry);
        entry.call();
      }
    },
    timers: () => calls.size,
    /** Sends a signal such as Ctrl-C. */
    interrupt: () => {
      for (const call of [...signalCalls]) call();
    },
    signalCalls: () => signalCalls.size,
  };
}

describe("a long wait", () => {
  test("shows its duration, and the detail as it is then, every second", () => {
    const { progress, pass, lines } = setUp();
    let attempt = 1;
    const done = progress.show("STS", () => `attempt ${attempt} of 3`);
    pass(500);
    expect(lines()).toEqual(["waiting for STS …"]);
    pass(2500);
    expect(lines()).toEqual(["waiting for STS … 3 s, attempt 1 of 3"]);
    attempt = 2;
    pass(1000);
    expect(lines()).toEqual(["waiting for STS … 4 s, attempt 2 of 3"]);
    for (let second = 5; second <= 61; second++) pass(1000);
    expect(lines()).toEqual(["waiting for STS … 1 min 1 s, attempt 2 of 3"]);
    done();
    expect(lines()).toEqual([]);
  });

  test("without a detail shows its duration only", () => {
    const { progress, pass, lines } = setUp();
    progress.show("credential_process");
    pass(3000);
    expect(lines()).toEqual(["waiting for credential_process … 3 s"]);
  });

  test("counts from its start, also after the line was erased", () => {
    const { progress, pass, lines } = setUp();
    progress.show("STS");
    pass(500);
    progress.clear();
    pass(9500);
    expect(lines()).toEqual(["waiting for STS … 10 s"]);
  });

  test("has no timer after its end", () => {
    const { progress, pass, timers } = setUp();
    const done = progress.show("STS");
    pass(3000);
    done();
    expect(timers()).toBe(0);
  });
});

describe("a wait", () => {
  const rows: readonly [what: string, acts: (on: ReturnType<typeof setUp>) => void, lines: string[]][] = [
    ["is not shown if it is short", ({ progress, pass }) => begin(progress, pass, 499), []],
    ["is shown if it is long", ({ progress, pass }) => begin(progress, pass, 500), ["waiting for STS …"]],
    ["is erased at its end", ({ progress, pass }) => begin(progress, pass, 500)(), []],
    [
      "that follows another starts its own delay",
      ({ progress, pass }) => {
        begin(progress, pass, 499)();
        progress.show("the EC2 metadata");
        pass(499);
      },
      [],
    ],
    [
      "is shown after the end of another that started before",
      ({ progress, pass }) => {
        const first = progress.show("STS");
        progress.show("the EC2 metadata");
        pass(500);
        first();
        pass(500);
      },
      ["waiting for the EC2 metadata …"],
    ],
    [
      "that ends keeps the line of another that started before",
      ({ progress, pass }) => {
        progress.show("STS");
        const second = progress.show("the EC2 metadata");
        pass(500);
        second();
      },
      ["waiting for STS …"],
    ],
    [
      "is erased before other output, and shown again after it",
      ({ progress, pass, print }) => {
        begin(progress, pass, 500);
        progress.clear();
        print("a line\r\n");
        pass(500);
      },
      ["a line", "waiting for STS …"],
    ],
    [
      "is not shown during a prompt",
      ({ progress, pass, print }) => {
        begin(progress, pass, 500);
        progress.pauseForPrompt();
        print("Code: ");
        pass(5000);
      },
      ["Code:"],
    ],
    [
      "is shown again after a prompt",
      ({ progress, pass }) => {
        begin(progress, pass, 500);
        progress.pauseForPrompt()();
        pass(500);
      },
      ["waiting for STS …"],
    ],
    [
      "for a program is shown below the prompt of the program",
      ({ progress, pass, print }) => {
        progress.show("a program");
        progress.pauseForProgram();
        print("Token: ");
        pass(500);
        print("123");
      },
      ["Token: 123", "waiting for a program …"],
    ],
    [
      "for a program is erased when the program ends",
      ({ progress, pass, print }) => {
        const done = progress.show("a program");
        const ended = progress.pauseForProgram();
        print("Token: ");
        pass(500);
        print("123\r\n");
        ended();
        done();
      },
      ["Token: 123"],
    ],
    [
      "is not shown after end()",
      ({ progress, pass }) => {
        begin(progress, pass, 500);
        progress.end();
        progress.show("STS");
        pass(500);
      },
      [],
    ],
  ];
  for (const [what, acts, lines] of rows) {
    test(what, () => {
      const one = setUp();
      acts(one);
      expect(one.lines()).toEqual(lines);
    });
  }

  test("is never shown without a terminal", () => {
    const { progress, pass, written } = setUp(false);
    begin(progress, pass, 500)();
    expect(written()).toBe("");
  });

  test("is erased before a signal ends or stops the process, and shown again if it continues", () => {
    const { progress, pass, lines, interrupt, signalCalls } = setUp();
    const end = progress.show("STS");
    expect(signalCalls()).toBe(0);
    pass(500);
    expect([lines(), signalCalls()]).toEqual([["waiting for STS …"], 1]);
    interrupt();
    expect([lines(), signalCalls()]).toEqual([[], 0]);
    pass(500);
    expect([lines(), signalCalls()]).toEqual([["waiting for STS …"], 1]);
    end();
    expect([lines(), signalCalls()]).toEqual([[], 0]);
  });

  test("leaves no timer at its end", () => {
    const { progress, pass, timers } = setUp();
    begin(progress, pass, 100)();
    expect(timers()).toBe(0);
  });
});

function begin(progress: Progress, pass: (ms: number) => void, ms: number): () => void {
  const done = progress.show("STS");
  pass(ms);
  return done;
}
