/** Which signals a runtime that runs COMMAND as a child forwards to it. */
import { expect, test } from "bun:test";
import { childSignals } from "../../../../src/runtime/process/child_runtime.ts";

test("a terminal sends Ctrl-C to the child itself", () => {
  expect(childSignals("linux", true).ignored).toEqual(["SIGINT", "SIGQUIT"]);
  expect(childSignals("linux", true).forwarded).not.toContain("SIGINT");
  expect(childSignals("linux", true).forwarded).toContain("SIGTERM");
});

test("without a terminal, everything is forwarded", () => {
  expect(childSignals("linux", false).forwarded).toEqual(expect.arrayContaining(["SIGINT", "SIGQUIT", "SIGTERM"]));
  expect(childSignals("linux", false).ignored).toEqual([]);
});

test("on Windows nothing is forwarded: process.kill would end the child at once", () => {
  for (const isAtTerminal of [true, false]) {
    expect(childSignals("win32", isAtTerminal)).toEqual({
      forwarded: [],
      ignored: ["SIGINT", "SIGBREAK", "SIGHUP"],
    });
  }
});
