/** Abbreviates paths in the user's home folder with `~`. */

/** Abbreviates a path that is in the home folder. */
export function abbreviateHome(path: string, home: string): string {
  return path.startsWith(home + separatorOf(home)) ? `~${path.slice(home.length)}` : path;
}

/** Abbreviates every such path in a sentence. */
export function abbreviateHomes(text: string, home: string): string {
  const separator = separatorOf(home);
  return text.replaceAll(home + separator, `~${separator}`);
}

/** A home folder on Windows begins with a drive, or with the two backslashes of a network share. */
function separatorOf(home: string): string {
  return /^(?:[a-z]:\\|\\\\)/i.test(home) ? "\\" : "/";
}
