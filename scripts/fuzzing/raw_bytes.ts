/** Texts with bytes that are not UTF-8: U+DC80 to U+DCFF stand for 0x80 to 0xff, as in Python's `surrogateescape`. */

export function rawByte(byte: number): string {
  return String.fromCharCode(0xdc00 + byte);
}

export function bytesOf(text: string): Uint8Array {
  // With the flag u, the second half of a surrogate pair does not match.
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - 0xdc00) : Buffer.from(part))),
  );
}
