/** Older SDKs as the command of exec: they read variables and find files that newer ones do not. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { OLD_SDKS } from "./old_sdks.ts";
import { makeRoleHome } from "./role_home.ts";

const STRANGER = "[default]\naws_access_key_id = AKIASTRANGER\naws_secret_access_key = stranger\n";

let cloud: Cloud;
let home: TestHome;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => await cloud.stop());
afterEach(() => home.remove());

/** Java and the others are where the user has installed them. */
const ENV: Readonly<Record<string, string>> = { PATH: process.env.PATH ?? "", AWS_EC2_METADATA_DISABLED: "true" };

/** Returns the ARN of the role session whose key the program prints, or else what it prints. */
function arnOf(stdout: string): string {
  return cloud.iam.principal(stdout.trim())?.arn ?? stdout;
}

function addToCredentials(text: string): void {
  appendFileSync(join(home.path, ".aws/credentials"), text);
}

for (const { name, argv, findsServer } of OLD_SDKS) {
  describe.skipIf(argv === undefined)(name, () => {
    const clientArgv = () => argv?.(home.path) ?? [];

    describe.skipIf(!findsServer)("with keys in the default profile", () => {
      const homes: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
        "of the credentials file": () => {
          addToCredentials(STRANGER);
          return {};
        },
        "of the credentials file, without a config file": () => {
          addToCredentials(STRANGER);
          rmSync(join(home.path, ".aws/config"));
          return {};
        },
        "of the config file": () => {
          home.write(".aws/config", STRANGER);
          return {};
        },
        "of a credentials file that AWS_SHARED_CREDENTIALS_FILE replaces": () => {
          const file = home.write("mine", readFileSync(join(home.path, ".aws/credentials"), "utf8"));
          home.write(".aws/credentials", STRANGER);
          rmSync(join(home.path, ".aws/config"));
          return { AWS_SHARED_CREDENTIALS_FILE: file };
        },
      };
      for (const [where, prepare] of Object.entries(homes)) {
        test(`${where}, runs with the chosen role in exec --serve`, async () => {
          home = makeRoleHome(cloud);
          const env = prepare();
          const command = ["exec", "-p", "m", "--serve", "--", ...clientArgv()];
          const { stdout } = await home.run(command, { env: { ...ENV, ...env } });
          expect(arnOf(stdout)).toContain(":assumed-role/marketingadminrole/");
        }, 60_000);
      }

      test("runs as the default user without rolecall", async () => {
        home = makeRoleHome(cloud);
        addToCredentials(STRANGER);
        const { stdout } = await home.runProgram(clientArgv(), { env: ENV });
        expect(stdout).toBe("AKIASTRANGER\n");
      }, 60_000);
    });

    describe("with old variables of another user", () => {
      const oldVariables = (): Record<string, string> => {
        const file = home.write("stranger", STRANGER);
        return {
          ...ENV,
          AWS_ACCESS_KEY: "AKIASTRANGER",
          AWS_SECRET_KEY: "stranger",
          AMAZON_ACCESS_KEY_ID: "AKIASTRANGER",
          AMAZON_SECRET_ACCESS_KEY: "stranger",
          AMAZON_SESSION_TOKEN: "stranger",
          AWS_CREDENTIAL_FILE: file,
          AWS_CREDENTIAL_PROFILES_FILE: file,
        };
      };

      test("runs as the other user without rolecall", async () => {
        home = makeHome();
        const { stdout } = await home.runProgram(clientArgv(), { env: oldVariables() });
        expect(stdout).toBe("AKIASTRANGER\n");
      }, 60_000);

      test("runs with the chosen role in exec", async () => {
        home = makeRoleHome(cloud);
        const { stdout } = await home.run(["exec", "-p", "m", "--", ...clientArgv()], { env: oldVariables() });
        expect(arnOf(stdout)).toContain(":assumed-role/marketingadminrole/");
      }, 60_000);

      test("runs with the chosen role in exec --serve, or not at all", async () => {
        home = makeRoleHome(cloud);
        const command = ["exec", "-p", "m", "--serve", "--", ...clientArgv()];
        const { stdout, exitCode } = await home.run(command, { env: oldVariables() });
        if (findsServer) expect(arnOf(stdout)).toContain(":assumed-role/marketingadminrole/");
        else expect([stdout, exitCode]).toEqual(["", 1]);
      }, 60_000);
    });
  });
}
