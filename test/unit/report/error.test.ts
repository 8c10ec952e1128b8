/** Errors as people see them, and the redaction of secrets in them. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import { colorsFor } from "../../../src/report/colors.ts";
import { renderError } from "../../../src/report/error.ts";
import { redact, redactLine } from "../../../src/text/redact.ts";

const plain = colorsFor("never", undefined, false);

describe("renderError", () => {
  test("shows a position with its line and carets below the value", () => {
    const error = new RolecallError("source-profile-not-found", 'the profile "depoy" is not defined', {
      at: { file: "/home/me/.aws/config", line: 7, column: 18 },
      length: 5,
      help: ['did you mean "deploy" (line 12)?'],
    });
    const text = `${"\n".repeat(6)}source_profile = depoy\n`;
    expect(renderError(error, new Map([["/home/me/.aws/config", text]]), plain)).toBe(
      [
        'error[source-profile-not-found]: the profile "depoy" is not defined',
        "  --> /home/me/.aws/config:7:18",
        "   |",
        " 7 | source_profile = depoy",
        "   |                  ^^^^^",
        '   = help: did you mean "deploy" (line 12)?',
        "",
      ].join("\n"),
    );
  });

  test("cuts a very long message", () => {
    const error = new RolecallError("profile-not-found", `the profile "${"x".repeat(10_000)}" is not defined`);
    const [line = ""] = renderError(error, new Map(), plain).split("\n");
    expect(line).toEndWith("xxx…");
    expect(line.length).toBeLessThan(2100);
  });

  test("keeps a tab before the position, so that the caret is aligned", () => {
    const error = new RolecallError("file-syntax", "wrong", { at: { file: "f", line: 1, column: 4 } });
    expect(renderError(error, new Map([["f", "a\t= b"]]), plain)).toContain("   |  \t ^\n");
  });

  test("aligns line numbers of two digits, and limits the carets to the line", () => {
    const error = new RolecallError("file-syntax", "wrong", { at: { file: "f", line: 12, column: 3 }, length: 9 });
    expect(renderError(error, new Map([["f", `${"\n".repeat(11)}ab`]]), plain)).toBe(
      "error[file-syntax]: wrong\n   --> f:12:3\n    |\n 12 | ab\n    |   ^\n",
    );
  });

  test("shows the part of a very long line around the position", () => {
    const line = `${"a ".repeat(150)}X${" b".repeat(150)}`;
    const at = (column: number) =>
      renderError(
        new RolecallError("file-syntax", "wrong", { at: { file: "f", line: 1, column }, length: 1 }),
        new Map([["f", line]]),
        plain,
      ).split("\n");
    const [, , , middle = "", caret = ""] = at(301);
    expect(middle).toBe(` 1 | …${"a ".repeat(20)}X${" b".repeat(80).slice(0, 159)}…`);
    expect(middle[caret.indexOf("^")]).toBe("X");
    expect(at(1)[3]).toBe(` 1 | ${"a ".repeat(100)}…`);
    expect(at(601)[3]).toBe(` 1 | …${" b".repeat(100)}`);
  });

  test("shows a variable, an option, or no position", () => {
    const render = (at: ConstructorParameters<typeof RolecallError>[2]) =>
      renderError(new RolecallError("invalid-setting", "wrong", at), new Map(), plain);
    expect(render({ at: { variable: "AWS_REGION" } })).toBe(
      "error[invalid-setting]: wrong\n  --> variable AWS_REGION\n",
    );
    expect(render({ at: { option: "--region" } })).toBe("error[invalid-setting]: wrong\n  --> option --region\n");
    expect(render({})).toBe("error[invalid-setting]: wrong\n");
  });

  test("replaces control characters from files and services", () => {
    const error = new RolecallError("sts-denied", "STS says \u001b[2Jhello\u0007", {
      at: { file: "f", line: 1, column: 1 },
    });
    const rendered = renderError(error, new Map([["f", "\u001b]0;x\u0007 = y"]]), plain);
    expect(rendered).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    expect(rendered).toContain("STS says �[2Jhello�");
  });
});

describe("colorsFor", () => {
  const rows: readonly [
    choice: "auto" | "always" | "never",
    noColor: string | undefined,
    terminal: boolean,
    colored: boolean,
  ][] = [
    ["auto", undefined, true, true],
    ["auto", undefined, false, false],
    ["auto", "1", true, false],
    ["auto", "", true, true],
    ["always", "1", false, true],
    ["never", undefined, true, false],
  ];
  for (const [choice, noColor, terminal, colored] of rows) {
    test(`--color ${choice}, NO_COLOR=${noColor}, ${terminal ? "a terminal" : "no terminal"}`, () => {
      expect(colorsFor(choice, noColor, terminal).bold("x")).toBe(colored ? "\u001b[1mx\u001b[22m" : "x");
    });
  }
});

describe("redactLine", () => {
  const rows: readonly [line: string, shown: string][] = [
    ["aws_secret_access_key = abc", "aws_secret_access_key = ***"],
    ["  AWS_SESSION_TOKEN:abcd", "  AWS_SESSION_TOKEN:****"],
    [`aws_security_token=${"x".repeat(300)}`, `aws_security_token=${"*".repeat(20)}`],
    [
      "role_arn = arn:aws:iam::123456789012:role/marketingadmin",
      "role_arn = arn:aws:iam::123456789012:role/marketingadmin",
    ],
    ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "*".repeat(20)],
    ["  wJalrXUtnFEMI/K7MDENG and more", "  ********************* and more".replace("*".repeat(21), "*".repeat(20))],
    // Misspelled and unknown keys.
    ["aws_secret_acess_key = abc", "aws_secret_acess_key = ***"],
    ["aws_sesion_token = abc", "aws_sesion_token = ***"],
    ["my_secret: abc", "my_secret: ***"],
    ["aws_access_key_id = AKIAEXAMPLE", "aws_access_key_id = AKIAEXAMPLE"],
    ["web_identity_token_file = /var/token", "web_identity_token_file = /var/token"],
    // The second half of a secret, with the = at the end of Base64.
    ["  bPxRfiCYEXAMPLEKEY=", `  ${"*".repeat(19)}`],
    ["bPxRfiCYEXAMPLEKEY = x", `${"*".repeat(18)} = x`],
    ["[profile a-very-long-name-of-a-profile]", "[profile a-very-long-name-of-a-profile]"],
    ["some words", "some words"],
    ["FwoGZXIvYXdzEBYaDHqa0AP1==", `${"*".repeat(20)}`],
    ["[wJalrXUtnFEMI/K7MDENG/bPx", `[${"*".repeat(20)}`],
    ["x = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", `x = ${"*".repeat(20)}`],
    ["endpoint_url = https://me:hunter2@vpce.example/x", "endpoint_url = https://**********@vpce.example/x"],
    ["credential_process = get --password hunter2 --user me", `credential_process = get ${"*".repeat(20)}`],
    ["web_identity_token_file = /var/run/secrets/token", "web_identity_token_file = /var/run/secrets/token"],
  ];
  for (const [line, shown] of rows) {
    test(line, () => expect(redactLine(line)).toBe(shown));
  }
});

describe("redact", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  const rows: readonly [text: string, shown: string][] = [
    [`it said: SecretAccessKey: ${secret}`, `it said: SecretAccessKey: ${"*".repeat(20)}`],
    ['{"SessionToken":"abc","Version":1}', '{"SessionToken":"***","Version":1}'],
    ["AWS_SECRET_ACCESS_KEY=abc aws", "AWS_SECRET_ACCESS_KEY=*** aws"],
    [`who has ${secret}?`, `who has ${"*".repeat(20)}?`],
    ["nothing answers at http://me:hunter2@127.0.0.1:9", "nothing answers at http://**********@127.0.0.1:9"],
    ["GET http://127.0.0.1:9/x?token=abc&y=1", "GET http://127.0.0.1:9/x?token=***&y=1"],
    [
      "cache 8e3e980585dddb1d2841b4fab7107e2a3ec02cb0: a session of arn:aws:iam::123456789012:role/marketingadminrole",
      "cache 8e3e980585dddb1d2841b4fab7107e2a3ec02cb0: a session of arn:aws:iam::123456789012:role/marketingadminrole",
    ],
    [
      "the EC2 instance metadata gave no IMDSv2 token (HTTP 403), and IMDSv1 is forbidden",
      "the EC2 instance metadata gave no IMDSv2 token (HTTP 403), and IMDSv1 is forbidden",
    ],
    ["run: aws sso login --sso-session corp", "run: aws sso login --sso-session corp"],
    [
      "role arn:aws:iam::123456789012:role/AWSReservedSSO_AdministratorAccess_0123456789abcdef",
      "role arn:aws:iam::123456789012:role/AWSReservedSSO_AdministratorAccess_0123456789abcdef",
    ],
    [
      "the CA bundle /home/Me1/work/project/certificates/of/mine/bundle.pem does not exist",
      "the CA bundle /home/Me1/work/project/certificates/of/mine/bundle.pem does not exist",
    ],
    ["it gave no token: timeout after 5 s", "it gave no token: timeout after 5 s"],
    ["the token: 2 h left", "the token: 2 h left"],
    ["the token: hunter2 is not valid", "the token: ******* is not valid"],
    ["the token eyJhbGciOi.eyJzdWIi-_.c2ln is not valid", "the token ******************** is not valid"],
  ];
  for (const [text, shown] of rows) {
    test(text, () => expect(redact(text)).toBe(shown));
  }
});
