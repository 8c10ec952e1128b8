/** Carrying the edits of a copy of an AWS file over to the original. */
import { describe, expect, test } from "bun:test";
import { mergeEdits } from "../../../src/deliver/merge_edits.ts";
import { type AwsFile, withoutDefaultCredentials } from "../../../src/deliver/shadow_files.ts";

const KEYS = "aws_access_key_id = X\naws_secret_access_key = Y\n";
const MOVED = "default-before-rolecall";

interface Row {
  readonly kind?: AwsFile["kind"];
  /** The file when the copy was made. */
  readonly original: string;
  /** What COMMAND does to the copy. */
  edit(copy: string): string;
  /** What others have made of the original in the meantime. */
  readonly meanwhile?: string;
  readonly expected: string;
  readonly conflicts?: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  "a new profile is added at the end, with its comments": {
    original: `# mine\n[default]\n${KEYS}`,
    edit: (copy) => `${copy}\n[new]\n# why\nregion = eu-west-1\n`,
    expected: `# mine\n[default]\n${KEYS}\n[new]\n# why\nregion = eu-west-1\n`,
  },
  "a changed value keeps the layout and the comments around it": {
    original: `[default]\n${KEYS}\n; old\n[a]\naws_access_key_id=A ; not a comment\n# kept\nregion : x\n`,
    edit: (copy) => copy.replace("A ; not a comment", "B"),
    expected: `[default]\n${KEYS}\n; old\n[a]\naws_access_key_id = B\n# kept\nregion : x\n`,
  },
  "keys that are set in the new default profile are set in the original one": {
    original: `[default]\n${KEYS}`,
    edit: (copy) => copy.replace("[default]\n", "[default]\naws_access_key_id = NEW\nregion = r\n"),
    expected: "[default]\naws_access_key_id = NEW\naws_secret_access_key = Y\nregion = r\n",
  },
  "keys that are rotated in the moved default profile are rotated in the original one": {
    original: `[default]\n${KEYS}[b]\nregion = x\n`,
    edit: (copy) => copy.replace("= X", "= NEW").replace("= Y", "= SECRET"),
    expected: "[default]\naws_access_key_id = NEW\naws_secret_access_key = SECRET\n[b]\nregion = x\n",
  },
  "edits of the new default profile override those of the moved one": {
    original: `[default]\n${KEYS}`,
    edit: (copy) => copy.replace("= X", "= MOVED").replace("[default]\n", "[default]\naws_access_key_id = NEW\n"),
    expected: "[default]\naws_access_key_id = NEW\naws_secret_access_key = Y\n",
  },
  "in the config file, [profile default] is the default profile": {
    kind: "config",
    original: "[profile default]\ncredential_process = p\nregion = a\n",
    edit: (copy) => copy.replace(/(\[default\]\n)region = a/, "$1region = b"),
    expected: "[profile default]\ncredential_process = p\nregion = b\n",
  },
  "a source_profile of the moved default profile is a source_profile of default": {
    kind: "config",
    original: "[default]\ncredential_process = p\n[profile a]\nrole_arn = r\nsource_profile = default\n",
    edit: (copy) => `${copy.replace("= r", "= s")}\n[profile b]\nsource_profile = ${MOVED}\n`,
    expected:
      "[default]\ncredential_process = p\n[profile a]\nrole_arn = s\nsource_profile = default\n\n[profile b]\nsource_profile = default\n",
  },
  "a removed key is removed, with the lines of its value": {
    kind: "config",
    original: "[default]\ncredential_process = p\n[profile a]\ns3 =\n  # why\n  max_queue_size = 5\nregion = x",
    edit: (copy) => copy.replace("s3 = \n    max_queue_size = 5\n", ""),
    expected: "[default]\ncredential_process = p\n[profile a]\nregion = x\n",
  },
  "a block of nested keys is replaced as a whole": {
    kind: "config",
    original: "[default]\ncredential_process = p\ns3 =\n  max_queue_size = 5\n  addressing_style = path\nregion = x\n",
    edit: (copy) => copy.replace(/(\[default\]\ns3 = \n {4}max_queue_size = )5/, "$16"),
    expected:
      "[default]\ncredential_process = p\ns3 =\n    max_queue_size = 6\n    addressing_style = path\nregion = x\n",
  },
  "a removed profile is removed, and comments stay": {
    original: `[default]\n${KEYS}\n# about a\n[a]\nregion = x\n[b]\nregion = y\n`,
    edit: (copy) => copy.replace("[a]\nregion = x\n\n", ""),
    expected: `[default]\n${KEYS}\n# about a\n[b]\nregion = y\n`,
  },
  "a removed default profile loses what the copy showed of it; its credentials stay": {
    original: `[default]\nregion = x\n${KEYS}`,
    edit: (copy) => copy.replace("\n[default]\nregion = x\n", ""),
    expected: `[default]\n${KEYS}`,
  },
  "a default profile that is removed under both names is removed": {
    original: `[default]\nregion = x\n${KEYS}[a]\nregion = y\n`,
    edit: () => "[a]\nregion = y\n",
    expected: "[a]\nregion = y\n",
  },
  "what the tool only writes in another way is no edit": {
    original: `# mine\n[default]\n${KEYS}[a]\nRegion:x\n`,
    edit: (copy) => copy.replaceAll(" = ", "="),
    expected: `# mine\n[default]\n${KEYS}[a]\nRegion:x\n`,
  },
  "keys of [DEFAULT] do not move to the sections that inherit them": {
    original: `[DEFAULT]\noutput = json\n[default]\n${KEYS}[a]\nregion = x\n`,
    edit: (copy) => copy.replace("region = x", "region = y"),
    expected: `[DEFAULT]\noutput = json\n[default]\n${KEYS}[a]\nregion = y\n`,
  },
  "changes of others to other keys are kept": {
    original: `[default]\n${KEYS}[a]\nregion = x\n`,
    edit: (copy) => copy.replace("region = x", "region = y"),
    meanwhile: `[default]\naws_access_key_id = THEIRS\naws_secret_access_key = Y\n[new]\noutput = json\n[a]\nregion = x\n`,
    expected: `[default]\naws_access_key_id = THEIRS\naws_secret_access_key = Y\n[new]\noutput = json\n[a]\nregion = y\n`,
  },
  "a key that others have changed differently is a conflict": {
    original: `[default]\n${KEYS}[a]\nregion = x\n`,
    edit: (copy) => copy.replace("region = x", "region = y"),
    meanwhile: `[default]\n${KEYS}[a]\nregion = z\n`,
    expected: `[default]\n${KEYS}[a]\nregion = y\n`,
    conflicts: ["[a] region"],
  },
  "a rotation of the default keys by others and by the command is a conflict": {
    original: `[default]\n${KEYS}`,
    edit: (copy) => copy.replace("[default]\n", "[default]\naws_access_key_id = NEW\n"),
    meanwhile: "[default]\naws_access_key_id = THEIRS\naws_secret_access_key = Y\n",
    expected: "[default]\naws_access_key_id = NEW\naws_secret_access_key = Y\n",
    conflicts: ["[default] aws_access_key_id"],
  },
  "an edit that the original has already is no conflict": {
    original: `[default]\n${KEYS}[a]\nregion = x\n`,
    edit: (copy) => copy.replace("region = x", "region = y"),
    meanwhile: `[default]\n${KEYS}[a]\nregion = y\n`,
    expected: `[default]\n${KEYS}[a]\nregion = y\n`,
  },
  "an edit of a profile that others have removed brings it back": {
    original: `[default]\n${KEYS}[a]\nregion = x\n`,
    edit: (copy) => copy.replace("region = x", "region = y"),
    meanwhile: `[default]\n${KEYS}`,
    expected: `[default]\n${KEYS}\n[a]\nregion = y\n`,
  },
  "a file that does not exist any more is made anew": {
    original: `[default]\n${KEYS}`,
    edit: (copy) => `${copy}[new]\nregion = x\n`,
    meanwhile: "",
    expected: "[new]\nregion = x\n",
  },
  "the line ends of the original are kept": {
    original: "[default]\r\naws_access_key_id = X\r\n[a]\r\nregion = x\r\n",
    edit: (copy) => `${copy.replace("region = x", "region = y\noutput = json")}[b]\nregion = z\n`,
    expected: "[default]\r\naws_access_key_id = X\r\n[a]\r\nregion = y\r\noutput = json\r\n\r\n[b]\r\nregion = z\r\n",
  },
  "indented keys stay indented, or the keys below would become a part of their values": {
    original: `[default]\n${KEYS}[a]\n  region = x\n  output = json\n    text\n`,
    edit: (copy) => copy.replace("region = x", "region = y\ns3 = \n  max_queue_size = 5"),
    expected: `[default]\n${KEYS}[a]\n  region = y\n  output = json\n    text\n  s3 =\n      max_queue_size = 5\n`,
  },
  "characters outside of the basic plane do not matter": {
    original: `[default]\n${KEYS}[👍]\nregion = 👍\n`,
    edit: (copy) => copy.replace("region = 👍", "region = x"),
    expected: `[default]\n${KEYS}[👍]\nregion = x\n`,
  },
};

describe("mergeEdits", () => {
  for (const [
    name,
    { kind = "credentials", original, edit, meanwhile = original, expected, conflicts = [] },
  ] of Object.entries(rows)) {
    test(name, () => {
      const { texts, movedDefault } = withoutDefaultCredentials([{ path: "/original", text: original, kind }]);
      const before = texts.get(kind) ?? "";
      const edited = edit(before);
      expect(edited).not.toBe(before);
      const merged = mergeEdits(
        { path: "/original", text: meanwhile, kind },
        { kind, path: "/copy", before, edited, movedDefault },
      );
      expect(merged).toEqual({ text: expected, conflicts });
    });
  }

  test("an invalid copy is an error", () => {
    const copy = { kind: "config", path: "/copy", before: "", edited: "[broken", movedDefault: MOVED } as const;
    expect(() => mergeEdits({ path: "/original", text: "", kind: "config" }, copy)).toThrow(
      "this section header has no ]",
    );
  });
});
