/** Sources in a profile: the settings of a web identity, the parts of a key pair, the command of a process. */
import { describe, expect, test } from "bun:test";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const ARN = "arn:aws:iam::123456789012:role/pod";

describe("a web identity", () => {
  const FULL = `[default]\nweb_identity_token_file = /profile\nrole_arn = ${ARN}\nrole_session_name = of-profile\n`;
  const VARIABLES = {
    AWS_WEB_IDENTITY_TOKEN_FILE: "/variable",
    AWS_ROLE_ARN: `${ARN}2`,
    AWS_ROLE_SESSION_NAME: "of-variable",
  };
  const rows: readonly [
    what: string,
    situation: Situation,
    token: string,
    role: string,
    session: string | undefined,
  ][] = [
    ["comes from the profile", { config: FULL }, "/profile", ARN, "of-profile"],
    ["comes from the variables", { environment: VARIABLES }, "/variable", `${ARN}2`, "of-variable"],
    [
      "comes from the variables rather than the profile",
      { config: FULL, environment: VARIABLES },
      "/variable",
      `${ARN}2`,
      "of-variable",
    ],
    [
      "is looked up setting by setting, as in the AWS CLI",
      { config: FULL, environment: { AWS_ROLE_ARN: `${ARN}2` } },
      "/profile",
      `${ARN}2`,
      "of-profile",
    ],
    [
      "may lack a session name",
      { environment: { ...VARIABLES, AWS_ROLE_SESSION_NAME: "" } },
      "/variable",
      `${ARN}2`,
      undefined,
    ],
  ];
  for (const [what, situation, token, role, session] of rows) {
    test(what, () => {
      const { source } = planOf(situation).plan;
      if (source.kind !== "web-identity") throw new Error(`the source is ${source.kind}`);
      expect([source.tokenFile.value, source.roleArn.value, source.roleSessionName?.value]).toEqual([
        token,
        role,
        session,
      ]);
      expect(source.from).toEqual(source.tokenFile.from);
    });
  }

  const errors: readonly [what: string, situation: Situation, at: object][] = [
    ["a profile without a role", { config: "[default]\nweb_identity_token_file = /t\n" }, { file: "config", line: 2 }],
    ["a profile with an empty role", { config: "[default]\nweb_identity_token_file = /t\nrole_arn =\n" }, { line: 2 }],
    [
      "variables without a role",
      { environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "/t" } },
      { variable: "AWS_WEB_IDENTITY_TOKEN_FILE" },
    ],
  ];
  for (const [what, situation, at] of errors) {
    test(`is an error: ${what}`, () => {
      expect(errorOf(situation)).toMatchObject({ code: "web-identity-without-role", at });
    });
  }
});

describe("half a key pair is an error that says what is missing", () => {
  const rows: readonly [lines: string, missing: string][] = [
    ["aws_access_key_id = AKID\n", "aws_secret_access_key"],
    ["aws_access_key_id = AKID\naws_secret_access_key =\n", "aws_secret_access_key"],
    ["aws_access_key_id =\naws_secret_access_key = secret\n", "aws_access_key_id"],
  ];
  for (const [lines, missing] of rows) {
    test(lines.replaceAll("\n", " / "), () => {
      const error = errorOf({ credentials: `[default]\n${lines}` });
      expect(error).toMatchObject({ code: "partial-credentials", at: { file: "credentials", line: 2 } });
      const other = missing === "aws_access_key_id" ? "aws_secret_access_key" : "aws_access_key_id";
      expect(error?.message).toContain(missing);
      expect(error?.message).not.toContain(other);
    });
  }
});

describe("a credential_process", () => {
  const rows: readonly [command: string, argv: readonly string[] | "invalid-setting"][] = [
    ["get-keys", ["get-keys"]],
    ["get-keys --account '12 34'", ["get-keys", "--account", "12 34"]],
    ['"/opt/my tools/get-keys"', ["/opt/my tools/get-keys"]],
    ['get-keys ""', ["get-keys", ""]],
    ["get-keys 'open", "invalid-setting"],
    ["", "invalid-setting"],
  ];
  for (const [command, argv] of rows) {
    test(command || "empty", () => {
      const situation = { config: `[default]\ncredential_process = ${command}\n` };
      const error = errorOf(situation);
      if (argv === "invalid-setting") {
        expect(error).toMatchObject({ code: argv, at: { file: "config", line: 2 } });
        expect(error?.message).toContain("credential_process");
        return;
      }
      expect(planOf(situation).plan.source).toMatchObject({ kind: "process", profile: "default", argv: [...argv] });
    });
  }
});

describe("a container URI that is an error names its variable", () => {
  const rows: readonly [variable: string, uri: string][] = [
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/"],
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".example.com/"],
    ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ":99999999/"],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "no URL"],
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"],
  ];
  for (const [variable, uri] of rows) {
    test(uri, () => {
      const error = errorOf({ environment: { [variable]: uri } });
      expect(error).toMatchObject({ code: "container-endpoint-refused", at: { variable } });
    });
  }
});
