/** The terminal's own line wrap. */

/** The text as a terminal shows it without line wrap (DECAWM off): on one line, however wide it is. */
export function withoutLineWrap(text: string): string {
  return `\u001b[?7l${text}\u001b[?7h`;
}
