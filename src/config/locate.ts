/** The paths of the AWS config and credentials files. */
import { posix, win32 } from "node:path";
import { type Environment, variable } from "../domain/environment.ts";

export interface SharedConfigPaths {
  readonly configFile: string;
  readonly credentialsFile: string;
}

/**
 * The paths of the files, whether or not they exist: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, by default
 * `config` and `credentials` in `~/.aws`.
 *
 * @param platform as `process.platform`.
 * @param systemHome the user's home folder according to the system, used if no variable names one. Undefined if the
 * system does not know the user, as in a container that runs with any user id.
 */
export function locateSharedConfig(
  environment: Environment,
  platform: string,
  systemHome: string | undefined,
): SharedConfigPaths {
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
 * The user's home folder as Python's `os.path.expanduser`, and therefore the AWS CLI, finds it: `HOME`, or
 * `USERPROFILE` on Windows, where `HOME` is ignored. An empty `HOME` is the root folder. If the home is unknown, it is
 * a folder `~` in the working directory. The parameters are those of `locateSharedConfig`.
 */
export function locateHome(environment: Environment, platform: string, systemHome: string | undefined): string {
  if (platform !== "win32") return environment.HOME === "" ? "/" : (environment.HOME ?? systemHome ?? UNKNOWN_HOME);
  const profile = variable(environment, "USERPROFILE");
  if (profile !== undefined) return profile;
  const path = variable(environment, "HOMEPATH");
  return path === undefined ? (systemHome ?? UNKNOWN_HOME) : `${variable(environment, "HOMEDRIVE") ?? ""}${path}`;
}

/** `expanduser` then leaves the `~` in the path. */
const UNKNOWN_HOME = "~";

/** Expands `$NAME` and `${NAME}`, then a leading `~`, as botocore does. A variable that is not set stays as written. */
export function expandPath(path: string, environment: Environment, home: string): string {
  const expanded = path.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (written, bare?: string, braced?: string) => environment[bare ?? braced ?? ""] ?? written,
  );
  return /^~(?:[/\\]|$)/.test(expanded) ? `${home === "/" ? "" : home}${expanded.slice(1)}` || "/" : expanded;
}
