/** When a wait is shown, and that it goes. Time is the test's own. */
import { describe, expect, test } from "bun:test";
import { colorsFor } from "../../../src/report/colors.ts";
import { makeProgress, type Progress } from "../../../src/report/progress.ts";
import { screenOf } from "../../support/terminal.ts";

/** A terminal, and a clock that goes on when it is told to. */
function stage(enabled = true) {
  let written = "";
  let now = 0;
  const calls = new Set<{ readonly at: number; readonly call: () => void }>();
  const progress = makeProgress({
    write: (text) => {
      written += text;
    },
    enabled: () => enabled,
    colors: () => colorsFor("never", undefined, false),
    later: (ms, call) => {
      const entry = { at: now + ms, call };
      calls.add(entry);
      return () => calls.delete(entry);
    },
  });
  return {
    progress,
    written: () => written,
    say: (text: string) => {
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
    waits: () => calls.size,
  };
}

describe("a wait", () => {
  const rows: readonly [what: string, acts: (on: ReturnType<typeof stage>) => void, lines: string[]][] = [
    ["that is short is not shown", ({ progress, pass }) => begin(progress, pass, 499), []],
    ["that is long is shown", ({ progress, pass }) => begin(progress, pass, 500), ["waiting for STS …"]],
    ["that is over is gone", ({ progress, pass }) => begin(progress, pass, 500)(), []],
    [
      "after another has half a second of its own",
      ({ progress, pass }) => {
        begin(progress, pass, 499)();
        progress.show("the EC2 metadata");
        pass(499);
      },
      [],
    ],
    [
      "beside another is shown when that is over",
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
      "that ends beside another leaves that one's line",
      ({ progress, pass }) => {
        progress.show("STS");
        const second = progress.show("the EC2 metadata");
        pass(500);
        second();
      },
      ["waiting for STS …"],
    ],
    [
      "gives way to a line, and comes back",
      ({ progress, pass, say }) => {
        begin(progress, pass, 500);
        progress.clear();
        say("a line\r\n");
        pass(500);
      },
      ["a line", "waiting for STS …"],
    ],
    [
      "is not shown while a person is asked",
      ({ progress, pass, say }) => {
        begin(progress, pass, 500);
        progress.pauseForPrompt();
        say("Code: ");
        pass(5000);
      },
      ["Code:"],
    ],
    [
      "comes back after a person was asked",
      ({ progress, pass }) => {
        begin(progress, pass, 500);
        progress.pauseForPrompt()();
        pass(500);
      },
      ["waiting for STS …"],
    ],
    [
      "for a program stands below what the program asks",
      ({ progress, pass, say }) => {
        progress.show("a program");
        progress.pauseForProgram();
        say("Token: ");
        pass(500);
        say("123");
      },
      ["Token: 123", "waiting for a program …"],
    ],
    [
      "for a program leaves nothing below",
      ({ progress, pass, say }) => {
        const over = progress.show("a program");
        const ended = progress.pauseForProgram();
        say("Token: ");
        pass(500);
        say("123\r\n");
        ended();
        over();
      },
      ["Token: 123"],
    ],
    [
      "is not shown again after the end",
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
      const one = stage();
      acts(one);
      expect(one.lines()).toEqual(lines);
    });
  }

  test("is never shown where there is no terminal", () => {
    const { progress, pass, written } = stage(false);
    begin(progress, pass, 500)();
    expect(written()).toBe("");
  });

  test("that is over leaves no clock running", () => {
    const { progress, pass, waits } = stage();
    begin(progress, pass, 100)();
    expect(waits()).toBe(0);
  });
});

function begin(progress: Progress, pass: (ms: number) => void, ms: number): () => void {
  const over = progress.show("STS");
  pass(ms);
  return over;
}
