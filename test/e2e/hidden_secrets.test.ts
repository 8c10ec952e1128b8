/** Secrets in text that comes from files, variables, programs and services: no command shows them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { type KnownSecret, SECRET_KINDS, seededRandom } from "../support/random_secrets.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted_server.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

/** The same secrets in each run, unless ROLECALL_SEED asks for others. */
const SEED = Number(process.env.ROLECALL_SEED ?? 13);

let cloud: Cloud;
let server: ScriptedServer;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
  server = await startScriptedServer();
});
afterAll(async () => {
  server.stop();
  await cloud.stop();
});
afterEach(() => home.remove());

const ROLE = "arn:aws:iam::123456789012:role/deploy";
const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "made-up" };
const stsError = (message: string) =>
  `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${message.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</Message></Error></ErrorResponse>`;

interface Place {
  readonly config?: string;
  readonly credentials?: string;
  readonly settings?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** The body of each response of the server. */
  readonly response?: string | object;
}

/** Where the text comes from. */
const PLACES: Readonly<Record<string, (secret: string) => Place>> = {
  "a section of the config file": (secret) => ({
    config: `[${secret}]\nregion = x\n[profile ${secret}]\nregion = y\n`,
  }),
  "a key of the credentials file": (secret) => ({ credentials: `[default]\n${secret}\n${secret} = x\n` }),
  "a region": (secret) => ({ config: `[default]\nregion = ${secret}\n` }),
  "a source profile": (secret) => ({ config: `[default]\nrole_arn = ${ROLE}\nsource_profile = ${secret}\n` }),
  "a credential source": (secret) => ({ config: `[default]\nrole_arn = ${ROLE}\ncredential_source = ${secret}\n` }),
  "an SSO session": (secret) => ({
    config: `[default]\nsso_session = ${secret}\nsso_account_id = ${secret}\nsso_role_name = x\n`,
  }),
  "a role session name": (secret) => ({
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = b\nrole_session_name = ${secret}\n[profile b]\n`,
    credentials: "[b]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n",
  }),
  "the name of a program": (secret) => ({ config: `[default]\ncredential_process = ${secret}\n` }),
  "the arguments of a program": (secret) => ({
    config: `[default]\ncredential_process = no-such-program -s ${secret}\n`,
  }),
  "what a program prints": (secret) => ({
    config: `[default]\ncredential_process = sh -c 'printf "%s\\\\n" "$PRINTED" >&2; exit 1'\n`,
    env: { PRINTED: `cannot sign in: ${secret}` },
  }),
  "a line that is cut off": (secret) => ({
    config: `[default]\ncredential_process = sh -c 'printf "%s\\\\n" "$PRINTED" >&2; exit 1'\n`,
    env: { PRINTED: `${"x".repeat(270)} ${secret}` },
  }),
  "the settings file": (secret) => ({ settings: `${secret}\n` }),
  "a value of the settings file": (secret) => ({ settings: `[role.a]\nrole_arn = "${secret}"\n` }),
  "an option": (secret) => ({ args: ["--region", secret] }),
  "a variable": (secret) => ({ env: { AWS_PROFILE: secret } }),
  "the response of STS": (secret) => ({
    env: { ...KEYS, AWS_ENDPOINT_URL_STS: server.url },
    response: stsError(`not allowed: ${secret}`),
  }),
  "the response of the container endpoint": (secret) => ({
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/x` },
    response: { code: "Denied", message: `${secret} ${"x".repeat(270)} ${secret}` },
  }),
  "the container's authorization token": (secret) => ({
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/x`, AWS_CONTAINER_AUTHORIZATION_TOKEN: `${secret}\n` },
  }),
};

const COMMANDS: readonly (readonly string[])[] = [
  ["whoami", "-v", "--no-input"],
  ["explain"],
  ["explain", "--json"],
  ["check"],
  ["check", "--json"],
  ["check", "--format", "github"],
  ["profiles"],
  ["profiles", "--json"],
  ["probe"],
  ["probe", "--json"],
];

/** Whether twelve characters in a row of the secret are shown. */
function contains(shown: string, { secret }: KnownSecret): boolean {
  for (let index = 0; index + 12 <= secret.length; index++) {
    if (shown.includes(secret.slice(index, index + 12))) return true;
  }
  return false;
}

describe(`no command shows random secrets (seed ${SEED}) in`, () => {
  const random = seededRandom(SEED);
  for (const [place, make] of Object.entries(PLACES)) {
    test(place, async () => {
      for (const [index, [kind, makeSecret]] of SECRET_KINDS.entries()) {
        const known = makeSecret(random);
        const { config, credentials, settings, env, args = [], response } = make(known.text);
        server.script({ status: 403, body: response ?? "" });
        home = makeHome({
          config,
          credentials,
          env: { AWS_EC2_METADATA_DISABLED: "true", AWS_MAX_ATTEMPTS: "1", AWS_REGION: "eu-west-1", ...env },
        });
        if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
        const outcomes = await Promise.all(
          COMMANDS.filter((_, at) => (at + index) % 3 === 0).map(async (command) => {
            const takesOptions = command[0] === "whoami" || command[0] === "explain";
            return { command, ...(await home.run([...command, ...(takesOptions ? args : [])])) };
          }),
        );
        for (const { command, stdout, stderr } of outcomes) {
          const shown = contains(stdout + stderr, known) ? stdout + stderr : "";
          expect({ kind, command, shown }).toEqual({ kind, command, shown: "" });
          expect(stderr).not.toContain("internal-error");
        }
        home.remove();
      }
    }, 180_000);
  }
});

describe("the path of a container's credentials", () => {
  const UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

  for (const command of [["whoami", "-v"], ["explain"], ["explain", "--json"], ["probe", "-v"], ["probe", "--json"]]) {
    test(`is not shown by ${command.join(" ")}`, async () => {
      home = makeHome({ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${UUID}` } });
      const relative = await home.run(command);
      home.remove();
      server.script({ body: { code: "Denied", message: "no" } });
      home = makeHome({
        env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/v2/credentials/${UUID}?a=${UUID}` },
      });
      const full = await home.run(command);
      for (const { stdout, stderr } of [relative, full]) expect(stdout + stderr).not.toContain(UUID.slice(0, 8));
      expect(full.stdout + full.stderr).toMatch(/\/v2\/credentials\/\*\*\*\*|returned Denied/);
    }, 60_000);
  }

  test("is not shown if it is invalid", async () => {
    home = makeHome({ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `@${UUID}` } });
    const { stderr, exitCode } = await home.run(["whoami"]);
    expect(stderr).toContain('invalid relative container credentials URI "****"');
    expect(exitCode).toBe(2);
  });
});

test("a long message of STS is cut off before it is searched for secrets", async () => {
  server.script({ status: 403, body: stsError(`token${" ".repeat(100_000)}x ${"://:".repeat(50_000)}`) });
  home = makeHome({ env: { ...KEYS, AWS_ENDPOINT_URL_STS: server.url, AWS_MAX_ATTEMPTS: "1" } });
  const { stderr, exitCode } = await home.run(["whoami", "--region", "eu-west-1"]);
  expect(stderr).toContain("STS says: token");
  expect(stderr.length).toBeLessThan(6000);
  expect(exitCode).toBe(1);
});

describe("the arguments of a command", () => {
  const SEED_OF_DEVICE = "JBSWY3DPEHPK3PXP";
  const role = `role_arn = ${ROLE}\nsource_profile = b\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n`;
  const base = `[profile b]\nregion = eu-west-1\n`;
  const credentials = "[b]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n";
  const rows: readonly [what: string, place: Place, shown: string][] = [
    [
      "credential_process that fails",
      { config: `[default]\ncredential_process = false --seed ${SEED_OF_DEVICE}\n` },
      "2 | credential_process = false ****",
    ],
    [
      "credential_process that does not exist",
      { config: `[default]\ncredential_process = "/no such/tool" --seed ${SEED_OF_DEVICE}\n` },
      '2 | credential_process = "/no such/tool" ****',
    ],
    [
      "credential_process that repeats them",
      { config: `[default]\ncredential_process = sh -c 'echo "bad seed: $1" >&2; exit 1' x ${SEED_OF_DEVICE}\n` },
      "it printed: bad seed: ****",
    ],
    [
      "credential_process on several lines",
      { config: `[default]\ncredential_process = false\n  --seed\n  ${SEED_OF_DEVICE}\n` },
      "2 | credential_process = false",
    ],
    [
      "credential_process that cannot be split",
      { config: `[default]\ncredential_process = false '--seed ${SEED_OF_DEVICE}\n` },
      "2 | credential_process = false ****",
    ],
    [
      "mfa_process that fails",
      { config: `[default]\n${role}mfa_process = false ${SEED_OF_DEVICE}\n${base}`, credentials },
      "5 | mfa_process = false ****",
    ],
    [
      "mfa_process in the settings file",
      {
        settings: `[role.r]\nrole_arn = "${ROLE}"\nsource_profile = "b"\nmfa_serial = "arn:aws:iam::123456789012:mfa/me"\nmfa_process = "false ${SEED_OF_DEVICE}"\n`,
        config: base,
        credentials,
        args: ["--role", "r"],
      },
      '5 | mfa_process = "false ****',
    ],
    [
      "mfa_process of an option",
      {
        config: `[default]\n${role}${base}`,
        credentials,
        args: ["--mfa-process", `false ${SEED_OF_DEVICE}`],
      },
      "the mfa_process false failed with exit code 1",
    ],
  ];
  for (const [what, { config, credentials: keys, settings, args = [] }, shown] of rows) {
    test(`are not shown: ${what}`, async () => {
      home = makeHome({
        config,
        credentials: keys,
        env: { AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "eu-west-1" },
      });
      if (settings !== undefined) home.write(".config/rolecall/config.toml", settings);
      const failed = await home.run(["whoami", "-v", ...args]);
      expect(failed.stderr).toContain(shown);
      const outputs = [failed];
      for (const command of [["explain"], ["explain", "--json"]]) outputs.push(await home.run([...command, ...args]));
      for (const command of [["check"], ["check", "--json"], ["profiles"], ["profiles", "--json"], ["probe"]])
        outputs.push(await home.run(command));
      for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(SEED_OF_DEVICE);
    }, 60_000);
  }

  test("are not completed in place of a name", async () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    home = makeHome({ config: `[profile ${secret}]\n[profile deploy]\n` });
    const { stdout } = await home.run(["completion", "__complete", "fish", "--", "whoami", "-p", ""]);
    expect(stdout).toContain("deploy");
    expect(stdout).not.toContain(secret.slice(0, 8));
  });

  test("are not shown by check", async () => {
    home = makeHome({
      config: `[default]\ncredential_process = /no/such/tool --seed ${SEED_OF_DEVICE}\ncredential_proces = x ${SEED_OF_DEVICE}\n  x = ${SEED_OF_DEVICE}\n`,
    });
    const { stdout } = await home.run(["check"]);
    expect(stdout).toContain("2 | credential_process = /no/such/tool ****");
    expect(stdout).not.toContain(SEED_OF_DEVICE);
  });
});

test("explain does not show a secret that was pasted as the region of a profile with keys", async () => {
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKY";
  home = makeHome({
    config: `[default]\nregion = ${secret}\n`,
    credentials: "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n",
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  const { stdout, stderr } = await home.run(["explain"]);
  expect(stdout).toContain("invalid region");
  expect(stdout + stderr).not.toContain(secret);
});
