/** Which character devices are terminals. */
import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { isTerminalDevice } from "../../../../src/runtime/terminal/is_terminal.ts";

describe("isTerminalDevice", () => {
  for (const [description, device, expected] of [
    ["/dev/null", 0x103, false],
    ["/dev/pts/0", 0x8800, true],
    // The minor number has 8 bits below the major number, and the others above.
    ["/dev/pts/300", 0x10882c, true],
    ["/dev/pts/1048575", 0xfff088ff, true],
    ["the last of the pseudo-terminals", 0x8fff, true],
    ["/dev/tty", 0x500, undefined],
    ["a disk", 0x9000, undefined],
  ] as const) {
    test(`${description} on Linux`, () => expect(isTerminalDevice(device, "linux")).toBe(expected));
  }

  test("other systems have other numbers", () => expect(isTerminalDevice(0x8800, "darwin")).toBe(undefined));

  test.skipIf(process.platform !== "linux")("the numbers are as the system shows them", () => {
    expect(statSync("/dev/null").rdev).toBe(0x103);
  });
});
