/** The name of a role session that nobody configured: like botocore's, with our name in it, so that CloudTrail tells. */
export function sessionName(now: Date): string {
  return `rolecall-session-${Math.floor(now.getTime() / 1000)}`;
}
