/** The default name of a role session: botocore's, with rolecall's name in it, so that CloudTrail shows the tool. */
export function sessionName(now: Date): string {
  return `rolecall-session-${Math.floor(now.getTime() / 1000)}`;
}
