/** Paths as people write them. */

/** A path in the user's home folder begins with `~`; any other stays as it is. */
export function abbreviateHome(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** The same for every path in a sentence. */
export function abbreviateHomes(text: string, home: string): string {
  return text.replaceAll(`${home}/`, "~/");
}
