/** Reading and laying out binary files. */

/** Returns a view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Returns the smallest multiple of the step that is not below the value. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
