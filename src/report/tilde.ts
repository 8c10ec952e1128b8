/** Abbreviates paths in the user's home folder with `~`. */

/** Abbreviates a path that is in the home folder. */
export function abbreviateHome(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** Abbreviates every such path in a sentence. */
export function abbreviateHomes(text: string, home: string): string {
  return text.replaceAll(`${home}/`, "~/");
}
