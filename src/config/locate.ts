/** Where the two AWS files are. */
import { posix, win32 } from "node:path";
import { type Environment, variable } from "../domain/environment.ts";

export interface SharedConfigPaths {
  readonly configFile: string;
  readonly credentialsFile: string;
}

/**
 * The files' paths, whether or not they exist: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, else those in
 * `~/.aws`.
 *
 * @param platform as `process.platform`.
 * @param systemHome the home that the system has for the user: it counts where no variable names one.
 */
export function locateSharedConfig(environment: Environment, platform: string, systemHome: string): SharedConfigPaths {
  const home = locateHome(environment, platform, systemHome);
  const { join } = platform === "win32" ? win32 : posix;
  const path = (name: string, file: string) => {
    const named = variable(environment, name);
    return named === undefined ? join(home, ".aws", file) : expandPath(named, environment, home);
  };
  return {
    configFile: path("AWS_CONFIG_FILE", "config"),
    credentialsFile: path("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
  };
}

/**
 * The home folder as Python's `os.path.expanduser` finds it, and so the AWS CLI: `HOME`; on Windows `USERPROFILE`, and
 * never `HOME`. Parameters as for `locateSharedConfig`.
 */
export function locateHome(environment: Environment, platform: string, systemHome: string): string {
  if (platform !== "win32") return variable(environment, "HOME") ?? systemHome;
  const profile = variable(environment, "USERPROFILE");
  if (profile !== undefined) return profile;
  const path = variable(environment, "HOMEPATH");
  return path === undefined ? systemHome : `${variable(environment, "HOMEDRIVE") ?? ""}${path}`;
}

/** Expands `$NAME` and `${NAME}`, then a leading `~`. A variable that is not set stays as it is written. */
export function expandPath(path: string, environment: Environment, home: string): string {
  const expanded = path.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (written, bare?: string, braced?: string) => environment[bare ?? braced ?? ""] ?? written,
  );
  return /^~(?:[/\\]|$)/.test(expanded) ? `${home}${expanded.slice(1)}` : expanded;
}
