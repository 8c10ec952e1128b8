/** The files as the command of `exec --serve` sees them. */
import { describe, expect, test } from "bun:test";
import { withoutDefaultCredentials } from "../../../src/deliver/shadow_files.ts";

interface Texts {
  readonly config?: string;
  readonly credentials?: string;
}

const KEYS = "aws_access_key_id = X\naws_secret_access_key = Y\n";

const rows: readonly [what: string, before: Texts, after: Texts][] = [
  ["no default profile", { credentials: `[a]\n${KEYS}` }, {}],
  ["a default without credentials", { config: "[default]\nregion = eu-west-1\n" }, {}],
  [
    "keys",
    { credentials: `[default]\n${KEYS}[a]\nregion=x\n` },
    { credentials: `[a]\nregion = x\n\n[default-before-rolecall]\n${KEYS}\n[default]\n` },
  ],
  [
    "other settings are kept, blocks too",
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
    "profiles that use it as their source still find it",
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
    "keys in one file, and those who use and add to them in the other",
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
    "a file that says nothing of it stays",
    { credentials: `[default]\n${KEYS}`, config: "[profile a]\nregion = x\n" },
    { credentials: `[default-before-rolecall]\n${KEYS}\n[default]\n` },
  ],
  [
    "what [DEFAULT] lends is no way around",
    { config: `[DEFAULT]\n${KEYS}source_profile = default\n[default]\nregion = x\n[profile a]\noutput = json\n` },
    {
      config:
        `[profile a]\noutput = json\n${KEYS}source_profile = default-before-rolecall\n` +
        `\n[profile default-before-rolecall]\nregion = x\n${KEYS}source_profile = default-before-rolecall\n` +
        "\n[default]\nregion = x\n",
    },
  ],
  [
    "of two sections for it the later counts, and neither stays",
    { config: "[default]\nregion = a\n[profile default]\nlogin_session = x\noutput = json\n" },
    { config: "[profile default-before-rolecall]\nlogin_session = x\noutput = json\n\n[default]\noutput = json\n" },
  ],
  [
    "in the credentials file a profile's section is literal",
    { credentials: "[profile default]\naws_access_key_id = X\n" },
    {},
  ],
  [
    "the new name is one that nobody has, in either file",
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
  for (const [what, before, after] of rows) {
    test(what, () => {
      const files = (["config", "credentials"] as const).flatMap((kind) => {
        const text = before[kind];
        return text === undefined ? [] : [{ path: `/${kind}`, text, kind }];
      });
      expect(Object.fromEntries(withoutDefaultCredentials(files))).toEqual({ ...after });
    });
  }
});
