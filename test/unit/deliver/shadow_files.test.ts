/** The copies of the AWS files for the command of `exec --serve`. */
import { describe, expect, test } from "bun:test";
import { withoutBotoKeys, withoutDefaultCredentials } from "../../../src/deliver/shadow_files.ts";

interface Texts {
  readonly config?: string;
  readonly credentials?: string;
}

const KEYS = "aws_access_key_id = X\naws_secret_access_key = Y\n";

const rows: readonly [description: string, before: Texts, after: Texts][] = [
  ["no default profile", { credentials: `[a]\n${KEYS}` }, {}],
  ["a default without credentials", { config: "[default]\nregion = eu-west-1\n" }, {}],
  [
    "keys move to another profile",
    { credentials: `[default]\n${KEYS}[a]\nregion=x\n` },
    { credentials: `[a]\nregion = x\n\n[default-before-rolecall]\n${KEYS}\n[default]\n` },
  ],
  [
    "other settings are kept, nested ones too",
    {
      config:
        "[default] # mine\nregion = eu-west-1\nrole_arn = arn\ns3 =\n  max_queue_size = 5\n  addressing_style = path\nretry_mode = standard",
    },
    {
      config:
        "[profile default-before-rolecall]\nregion = eu-west-1\nrole_arn = arn\ns3 = \n    max_queue_size = 5\n    addressing_style = path\nretry_mode = standard\n" +
        "\n[default]\nregion = eu-west-1\ns3 = \n    max_queue_size = 5\n    addressing_style = path\nretry_mode = standard\n",
    },
  ],
  [
    "profiles that have it as source_profile still find it",
    {
      config:
        "[profile default]\ncredential_process = p\n[profile a]\nrole_arn = r\nsource_profile = default\n[profile b]\nsource_profile = defaults\n",
    },
    {
      config:
        "[profile a]\nrole_arn = r\nsource_profile = default-before-rolecall\n\n[profile b]\nsource_profile = defaults\n" +
        "\n[profile default-before-rolecall]\ncredential_process = p\n\n[default]\n",
    },
  ],
  [
    "keys in one file, other settings and a source_profile in the other",
    {
      credentials: `[default]\n${KEYS}`,
      config: "[default]\nregion = eu-west-1\n[profile a]\nrole_arn = r\nsource_profile = default\n",
    },
    {
      credentials: `[default-before-rolecall]\n${KEYS}\n[default]\n`,
      config:
        "[profile a]\nrole_arn = r\nsource_profile = default-before-rolecall\n" +
        "\n[profile default-before-rolecall]\nregion = eu-west-1\n\n[default]\nregion = eu-west-1\n",
    },
  ],
  [
    "a file that does not mention the profile is unchanged",
    { credentials: `[default]\n${KEYS}`, config: "[profile a]\nregion = x\n" },
    { credentials: `[default-before-rolecall]\n${KEYS}\n[default]\n` },
  ],
  [
    "keys of [DEFAULT] do not reach the new default profile",
    { config: `[DEFAULT]\n${KEYS}source_profile = default\n[default]\nregion = x\n[profile a]\noutput = json\n` },
    {
      config:
        `[profile a]\noutput = json\n${KEYS}source_profile = default-before-rolecall\n` +
        `\n[profile default-before-rolecall]\nregion = x\n${KEYS}source_profile = default-before-rolecall\n` +
        "\n[default]\nregion = x\n",
    },
  ],
  [
    "the later of two sections for it counts, and neither stays",
    { config: "[default]\nregion = a\n[profile default]\nlogin_session = x\noutput = json\n" },
    { config: "[profile default-before-rolecall]\nlogin_session = x\noutput = json\n\n[default]\noutput = json\n" },
  ],
  [
    "[profile default] in the credentials file is not the default profile",
    { credentials: "[profile default]\naws_access_key_id = X\n" },
    {},
  ],
  [
    "the new name is not used in either file",
    { credentials: `[default]\n${KEYS}`, config: "[profile 'default-before-rolecall']\nregion = x\n" },
    { credentials: `[default-before-rolecall-2]\n${KEYS}\n[default]\n` },
  ],
  [
    "line ends and a byte order mark do not matter",
    { config: "\ufeff[default]\r\nsso_session = x\r\nregion = ü\r\n" },
    { config: "[profile default-before-rolecall]\nsso_session = x\nregion = ü\n\n[default]\nregion = ü\n" },
  ],
];

describe("withoutDefaultCredentials", () => {
  for (const [description, before, after] of rows) {
    test(description, () => {
      const files = (["config", "credentials"] as const).flatMap((kind) => {
        const text = before[kind];
        return text === undefined ? [] : [{ path: `/${kind}`, text, kind }];
      });
      expect(Object.fromEntries(withoutDefaultCredentials(files).texts)).toEqual({ ...after });
    });
  }
});

describe("withoutBotoKeys", () => {
  const rows: readonly [description: string, before: string, after: string | undefined][] = [
    ["a file without keys", "[Boto]\ndebug = 1\n[Credentials]\ngs_access_key_id = G\n", undefined],
    ["keys in another section", `[Other]\n${KEYS}`, undefined],
    [
      "only the keys of AWS are removed",
      `[Credentials]\n${KEYS}gs_access_key_id = G\n[Boto]\ndebug = 1\n`,
      "[Credentials]\ngs_access_key_id = G\n\n[Boto]\ndebug = 1\n",
    ],
  ];
  for (const [description, before, after] of rows) {
    test(description, () => expect(withoutBotoKeys(before, "/boto.cfg")).toBe(after));
  }
});
