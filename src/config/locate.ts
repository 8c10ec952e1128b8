/** The paths of the AWS config and credentials files. */
import { posix, win32 } from "node:path";
import { type Environment, variable } from "../domain/environment.ts";

export interface SharedConfigPaths {
  readonly configFile: string;
  readonly credentialsFile: string;
  /** As `process.platform`: commands in the files are split by its rules. By default those of a POSIX system. */
  readonly platform?: string;
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
    return named === undefined ? join(home, ".aws", file) : expandPath(named, environment, home, platform);
  };
  return {
    platform,
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

/**
 * Expands variables, then a leading `~`, as botocore does. A variable that is not set stays as written. The variables are
 * `$NAME` and `${NAME}`; on Windows also `%NAME%`.
 *
 * @param platform as `process.platform`.
 */
export function expandPath(
  path: string,
  environment: Environment,
  home: string,
  platform: string = process.platform,
): string {
  const expanded = platform === "win32" ? expandWindows(path, environment) : expandPosix(path, environment);
  return /^~(?:[/\\]|$)/.test(expanded) ? `${home === "/" ? "" : home}${expanded.slice(1)}` || "/" : expanded;
}

function expandPosix(path: string, environment: Environment): string {
  return path.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (written, bare?: string, braced?: string) => environment[bare ?? braced ?? ""] ?? written,
  );
}

/** Python's `ntpath.expandvars`: `%%` and `$$` are one character, and nothing is expanded between single quotes. */
function expandWindows(path: string, environment: Environment): string {
  return path.replace(
    /'[^']*'?|%%|\$\$|%([^%]+)%|\$([-\w]+)|\$\{([^}]*)\}/g,
    (written: string, percent?: string, bare?: string, braced?: string) => {
      if (written === "%%" || written === "$$") return written.charAt(0);
      const name = percent ?? bare ?? braced;
      return name === undefined ? written : (environment[name.toUpperCase()] ?? written);
    },
  );
}
