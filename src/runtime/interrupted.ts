/** The person pressed Ctrl-C at a prompt. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
