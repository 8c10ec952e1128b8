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
 * @param systemHome the user's home folder according to the system, used if no variable names one.
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
 * The user's home folder as Python's `os.path.expanduser`, and therefore the AWS CLI, finds it: `HOME`, or `USERPROFILE`
 * on Windows, where `HOME` is ignored. The parameters are those of `locateSharedConfig`.
 */
export function locateHome(environment: Environment, platform: string, systemHome: string): string {
  if (platform !== "win32") return variable(environment, "HOME") ?? systemHome;
  const profile = variable(environment, "USERPROFILE");
  if (profile !== undefined) return profile;
  const path = variable(environment, "HOMEPATH");
  return path === undefined ? systemHome : `${variable(environment, "HOMEDRIVE") ?? ""}${path}`;
}

/**
 * Expands `$NAME` and `${NAME}`, then a leading `~`, as botocore does. A variable that is not set stays as written.
 */
export function expandPath(path: string, environment: Environment, home: string): string {
  const expanded = path.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (written, bare?: string, braced?: string) => environment[bare ?? braced ?? ""] ?? written,
  );
  return /^~(?:[/\\]|$)/.test(expanded) ? `${home}${expanded.slice(1)}` : expanded;
}
