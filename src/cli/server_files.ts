/** The files that `exec --serve` makes for COMMAND: the token, and copies of files whose keys would override the server. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expandPath } from "../config/locate.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import { oldFileVariables } from "../deliver/exec_environment.ts";
import { withoutBotoKeys, withoutDefaultCredentials } from "../deliver/shadow_files.ts";
import type { LockedFile } from "../domain/effects.ts";
import { variable } from "../domain/environment.ts";
import { isWritable } from "../files/update_file.ts";
import { lockFolder, makeReadOnly } from "../runtime/private_folder.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import type { Context } from "./context.ts";
import { type FileCopy, folderContent } from "./file_copies.ts";

export interface ServerFiles {
  /** A private folder with the token and the copies of the AWS files. Undefined if there is no place for it. */
  readonly folder: string | undefined;
  /** The lock that shows that the folder is in use. */
  readonly lock: LockedFile | undefined;
  readonly tokenFile: string | undefined;
  /** The variables with which SDKs find the files, or their copies. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

const TOKEN_FILE = "token";

/**
 * Writes the token to a file, for SDKs that read it only from there, and copies the AWS files whose `default` profile would
 * override the server, without the keys that would.
 *
 * @throws RolecallError `write-failed` if there is no folder for the copies. Without copies, the token file is left out.
 */
export async function makeServerFiles(config: SharedConfig, token: string, context: Context): Promise<ServerFiles> {
  const { effects } = context;
  const { texts, movedDefault, alsoEmpty, needsConfig } = copiesFor(config, context);
  const paths = { config: config.configFile, credentials: config.credentialsFile };
  const copies = [...texts, ...alsoEmpty].map(([kind, text]): FileCopy => {
    const original = resolve(paths[kind]);
    return { kind, text, original, isWritable: isWritable(original, effects.home) };
  });
  const boto = botoCopy(context);
  let folder: string;
  try {
    const content = copies.length === 0 ? [] : folderContent(copies, movedDefault, effects.home);
    folder = await context.makePrivateFolder(
      "the copies of the AWS files",
      new Map([[TOKEN_FILE, token], ...content, ...boto]),
    );
  } catch (error) {
    if (texts.size + boto.size > 0) throw error;
    effects.trace(`no ${TOKEN_FILE} file: ${systemErrorMessage(error)}`);
    const variables = oldFileVariables(config.credentialsFile, needsConfig && alsoEmpty.length === 0);
    return { folder: undefined, lock: undefined, tokenFile: undefined, variables };
  }
  const lock = lockFolder(folder, (await context.runtime()).tryLock);
  const readOnly = copies.filter((copy) => !copy.isWritable);
  const readOnlyNames = [...readOnly.map(({ kind }) => kind), ...boto.keys()];
  const protectedCopies = readOnlyNames.length === 0 ? undefined : makeReadOnly(folder, readOnlyNames);
  if (protectedCopies?.isEffective === false) {
    // No program writes to a pipe that it reads its configuration from, such as a process substitution.
    const isPipe = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === false;
    for (const { original } of readOnly.filter((copy) => !isPipe(copy.original))) {
      effects.warn(
        `${original} cannot be written: changes that the command makes to its copy of the file will be lost`,
      );
    }
  }
  const pathOf = ({ kind, isWritable: isOwn }: FileCopy) =>
    join(isOwn ? folder : (protectedCopies?.folder ?? folder), kind);
  const credentialsCopy = copies.find(({ kind }) => kind === "credentials");
  return {
    folder,
    lock,
    tokenFile: join(folder, TOKEN_FILE),
    variables: [
      ...copies.map((copy) => [FILE_VARIABLES[copy.kind], pathOf(copy)] as const),
      ...[...boto.keys()].map((name) => [BOTO_VARIABLE, join(protectedCopies?.folder ?? folder, name)] as const),
      ...oldFileVariables(
        credentialsCopy === undefined ? config.credentialsFile : pathOf(credentialsCopy),
        needsConfig,
      ),
    ],
  };
}

const FILE_VARIABLES = { config: "AWS_CONFIG_FILE", credentials: "AWS_SHARED_CREDENTIALS_FILE" } as const;

/** Returns the texts of the copies that COMMAND needs. */
function copiesFor({ configFile, credentialsFile }: SharedConfig, context: Context) {
  const file = (path: string, kind: FileCopy["kind"]) => {
    const text = context.texts.get(path);
    return text === undefined ? [] : [{ path, text, kind }];
  };
  const { texts, movedDefault } = withoutDefaultCredentials([
    ...file(configFile, "config"),
    ...file(credentialsFile, "credentials"),
  ]);
  // Whether the SDKs for JavaScript v2 and Go v1 would read files other than those that the variables name.
  const needsConfig = texts.size > 0 || variable(context.effects.environment, FILE_VARIABLES.credentials) !== undefined;
  // With AWS_SDK_LOAD_CONFIG, the SDK for JavaScript v2 fails if there is no config file.
  const isConfigMissing = needsConfig && context.texts.get(configFile) === undefined;
  return { texts, movedDefault, needsConfig, alsoEmpty: isConfigMissing ? ([["config", ""]] as const) : [] };
}

const BOTO_VARIABLE = "BOTO_CONFIG";

/**
 * Returns the name and the text of a copy of boto's config file, if one of those that botocore reads has keys: botocore's
 * `BotoProvider`. A file that cannot be read or parsed gives it no keys.
 */
function botoCopy({ effects: { environment, home, readFile } }: Context): ReadonlyMap<string, string> {
  const named = variable(environment, BOTO_VARIABLE);
  const paths = named === undefined ? ["/etc/boto.cfg", join(home, ".boto")] : [expandPath(named, environment, home)];
  let copy: string | undefined;
  for (const path of paths) {
    try {
      const bytes = readFile(path);
      const text = bytes === undefined ? undefined : withoutBotoKeys(new TextDecoder().decode(bytes), path);
      if (text !== undefined) copy = text;
    } catch {
      // botocore skips it, or reports it itself.
    }
  }
  return new Map(copy === undefined ? [] : [["boto", copy]]);
}
