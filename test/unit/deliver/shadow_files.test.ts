/** The files as the command of `exec --serve` sees them. */
import { describe, expect, test } from "bun:test";
import { type AwsFile, withoutDefaultCredentials } from "../../../src/deliver/shadow_files.ts";

const rows: readonly [what: string, kind: AwsFile["kind"], text: string, expected: string | undefined][] = [
  ["no default profile", "credentials", "[a]\naws_access_key_id = X\n", undefined],
  ["a default without credentials", "config", "[default]\nregion = eu-west-1\n", undefined],
  [
    "keys",
    "credentials",
    "[default]\naws_access_key_id = X\naws_secret_access_key = Y\n[a]\nregion=x\n",
    "[default-before-rolecall]\naws_access_key_id = X\naws_secret_access_key = Y\n[a]\nregion=x\n\n[default]\n",
  ],
  [
    "other settings are kept, blocks too",
    "config",
    "[default] # mine\nregion = eu-west-1\nrole_arn = arn\ns3 =\n  max_queue_size = 5\n  addressing_style = path\nretry_mode = standard\n",
    "[profile default-before-rolecall] # mine\nregion = eu-west-1\nrole_arn = arn\ns3 =\n  max_queue_size = 5\n  addressing_style = path\nretry_mode = standard\n" +
      "\n[default]\nregion = eu-west-1\ns3 = \n    max_queue_size = 5\n    addressing_style = path\nretry_mode = standard\n",
  ],
  [
    "profiles that use it as their source still find it",
    "config",
    "[profile default]\ncredential_process = p\n[profile a]\nrole_arn = r\nsource_profile = default\n[profile b]\nsource_profile = defaults\n",
    "[profile default-before-rolecall]\ncredential_process = p\n[profile a]\nrole_arn = r\nsource_profile = default-before-rolecall\n[profile b]\nsource_profile = defaults\n\n[default]\n",
  ],
  [
    "also where [DEFAULT] lends it to all of them",
    "config",
    "[DEFAULT]\nsource_profile = default\n[default]\ncredential_process = p\n[profile a]\nrole_arn = r\n",
    "[DEFAULT]\nsource_profile = default-before-rolecall\n[profile default-before-rolecall]\ncredential_process = p\n[profile a]\nrole_arn = r\n\n[default]\n",
  ],
  [
    "of two sections for it the later counts, and neither stays",
    "config",
    "[default]\nregion = a\n[profile default]\nlogin_session = x\noutput = json\n",
    "[profile default-before-rolecall-2]\nregion = a\n[profile default-before-rolecall]\nlogin_session = x\noutput = json\n\n[default]\noutput = json\n",
  ],
  [
    "in the credentials file a profile's section is literal",
    "credentials",
    "[profile default]\naws_access_key_id = X\n",
    undefined,
  ],
  [
    "the new name is one that nobody has",
    "credentials",
    "[default-before-rolecall]\n[default]\naws_access_key_id = X\n",
    "[default-before-rolecall]\n[default-before-rolecall-2]\naws_access_key_id = X\n\n[default]\n",
  ],
  [
    "line ends and a byte order mark stay",
    "config",
    "\ufeff[default]\r\nsso_session = x\r\nregion = ü\r\n",
    "\ufeff[profile default-before-rolecall]\r\nsso_session = x\r\nregion = ü\r\n\n[default]\nregion = ü\n",
  ],
];

describe("withoutDefaultCredentials", () => {
  for (const [what, kind, text, expected] of rows) {
    test(what, () => expect(withoutDefaultCredentials({ path: "/file", text, kind })).toBe(expected));
  }
});
