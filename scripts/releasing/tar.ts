/** Writes tar archives whose bytes depend on the names and contents of the files alone. */

export interface TarEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mode: 0o644 | 0o755;
}

const BLOCK = 512;

/** The time of the files in npm packages, in seconds since the epoch: 1985-10-26. Some tools reject 0. */
const NPM_TIME = 499_162_500;

/**
 * Makes an archive of files, in the format of POSIX (ustar). Owner and group are root.
 *
 * @param time the modification time of each file, in seconds since the epoch.
 * @throws Error if a name has more than 100 bytes.
 */
export function makeTar(entries: readonly TarEntry[], time: number = NPM_TIME): Uint8Array {
  const parts = entries.flatMap((entry) => [header(entry, time), entry.content, padding(entry.content.length)]);
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

function header({ name, content, mode }: TarEntry, time: number): Uint8Array {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long a name for the archive`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(content.length, 12), 124);
  block.write(octal(time, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  block.write("root", 265);
  block.write("root", 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padding(length: number): Uint8Array {
  return new Uint8Array((BLOCK - (length % BLOCK)) % BLOCK);
}
