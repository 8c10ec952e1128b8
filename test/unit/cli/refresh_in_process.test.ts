/** Which files a server watches for other keys. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyFiles } from "../../../src/cli/refresh_in_process.ts";
import { planOf } from "../../support/plan_of.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-"));
  writeFileSync(join(folder, "file"), "");
  spawnSync("mkfifo", [join(folder, "pipe")]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a server watches the AWS files if it serves keys in them, unless they can be read only once", () => {
  const keys = "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n";
  const credentials = `${keys}[role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = a\n`;
  const config = keys.replace("[a]", "[profile b]");
  const process = "[profile p]\ncredential_process = print-keys\n";
  const rows: readonly [
    what: string,
    profile: string,
    names: [config: string, credentials: string],
    watched: boolean,
  ][] = [
    ["keys in the credentials file", "a", ["file", "file"], true],
    ["keys in the config file", "b", ["file", "file"], true],
    ["keys, beside a config file that does not exist", "a", ["none", "file"], true],
    ["keys, beside a config file that is a pipe", "a", ["pipe", "file"], true],
    ["keys in a pipe", "a", ["file", "pipe"], false],
    ["keys in a config file that is a pipe", "b", ["pipe", "file"], false],
    ["keys in a file that has been removed: it may come back", "a", ["file", "none"], true],
    ["a role's session", "role", ["file", "file"], false],
    ["a program", "p", ["file", "file"], false],
  ];
  for (const [what, profile, [configName, credentialsName], watched] of rows) {
    const { plan } = planOf({ config: config + process, credentials, options: { profile } });
    const paths = { configFile: join(folder, configName), credentialsFile: join(folder, credentialsName) };
    const expected = watched ? [paths.configFile, paths.credentialsFile] : [];
    expect([what, keyFiles(plan, paths)]).toEqual([what, expected]);
  }
});
