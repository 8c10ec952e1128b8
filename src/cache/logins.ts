/** Lists the logins that `login` and the AWS CLI have stored, without secrets. */
import { join } from "node:path";
import { listFiles } from "../files/list_folder.ts";
import { readRegularFile } from "../files/read_file.ts";
import { asJsonObject, type JsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { ssoTokenCacheKey } from "./key.ts";

export interface Login {
  /** `sso-login`: a token of IAM Identity Center. `console-login`: console credentials. */
  readonly kind: "sso-login" | "console-login";
  readonly file: string;
  /** The name of the sso-session, or the ARN of the console session; undefined if the config file does not have it. */
  readonly session: string | undefined;
  readonly startUrl: string | undefined;
  readonly accountId: string | undefined;
  readonly expiration: Date | undefined;
  readonly canRefresh: boolean;
  /** When the client registration expires that a refresh needs. */
  readonly registrationExpiration: Date | undefined;
}

export interface LoginFolders {
  readonly sso: string;
  readonly console: string;
}

/** A token file has about 4 KiB. */
const MAX_LOGIN_BYTES = 1024 * 1024;

/**
 * Lists the logins, by file name. Client registrations, and files that cannot be read, are left out.
 *
 * @param names of sessions, by the path of their file.
 * @throws the system's error if a folder cannot be read.
 */
export function listLogins(folders: LoginFolders, names: ReadonlyMap<string, string>, now: Date): readonly Login[] {
  const list = (folder: string, read: (file: string, json: JsonObject) => Login | undefined) =>
    listFiles(folder)
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => {
        const json = readJson(file);
        return (json && read(file, json)) ?? [];
      });
  return [
    ...list(folders.sso, (file, json) => ssoLogin(file, json, folders.sso, names.get(file), now)),
    ...list(folders.console, (file, json) => consoleLogin(file, json, names.get(file))),
  ];
}

function ssoLogin(
  file: string,
  json: JsonObject,
  folder: string,
  session: string | undefined,
  now: Date,
): Login | undefined {
  if (stringMember(json, "accessToken") === undefined) return undefined;
  const startUrl = stringMember(json, "startUrl");
  // The token of a legacy profile, which contains the start URL itself, is not refreshed.
  const isLegacy = startUrl !== undefined && join(folder, `${ssoTokenCacheKey(startUrl)}.json`) === file;
  const registrationExpiration =
    isLegacy || !stringMember(json, "refreshToken") ? undefined : timeMember(json, "registrationExpiresAt");
  return {
    kind: "sso-login",
    file,
    session,
    startUrl,
    accountId: undefined,
    expiration: timeMember(json, "expiresAt"),
    canRefresh: registrationExpiration !== undefined && registrationExpiration > now,
    registrationExpiration,
  };
}

function consoleLogin(file: string, json: JsonObject, session: string | undefined): Login | undefined {
  const access = asJsonObject(json.accessToken);
  if (access === undefined) return undefined;
  return {
    kind: "console-login",
    file,
    session,
    startUrl: undefined,
    accountId: stringMember(access, "accountId"),
    expiration: timeMember(access, "expiresAt"),
    canRefresh: stringMember(json, "refreshToken") !== undefined,
    registrationExpiration: undefined,
  };
}

function timeMember(json: JsonObject, name: string): Date | undefined {
  return parseTimestamp(stringMember(json, name) ?? "");
}

function readJson(file: string): JsonObject | undefined {
  try {
    return parseJsonObject(readRegularFile(file, MAX_LOGIN_BYTES));
  } catch {
    return undefined;
  }
}
