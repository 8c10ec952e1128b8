/** The INI format, which is Python's: values with their places, and what is refused. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import type { IniDocument } from "../../../src/ini/document.ts";
import { parseIni } from "../../../src/ini/parse.ts";

/** Sections as plain objects; a block of nested keys is an object of its own. */
function read(text: string): Record<string, Record<string, unknown>> {
  return asObjects(parseIni(text, "f"));
}

function asObjects(document: IniDocument): ReturnType<typeof read> {
  return Object.fromEntries(
    document.sections.map(({ name, entries }) => [
      name,
      Object.fromEntries(
        [...entries.values()].map(({ key, value, nested }) => [
          key,
          nested === undefined
            ? value
            : Object.fromEntries([...nested.values()].map((inner) => [inner.key, inner.value])),
        ]),
      ),
    ]),
  );
}

function refusal(text: string): string {
  try {
    parseIni(text, "f");
    return "accepted";
  } catch (error) {
    if (!(error instanceof RolecallError) || error.at === undefined || !("file" in error.at)) throw error;
    return `${error.code} ${error.at.line}:${error.at.column}`;
  }
}

describe("what is read", () => {
  const rows: readonly [what: string, text: string, sections: ReturnType<typeof read>][] = [
    ["nothing", "", {}],
    ["an empty section", "[a]", { a: {} }],
    ["= and :, whichever comes first", "[a]\nx = 1:2\ny : 3=4\n", { a: { x: "1:2", y: "3=4" } }],
    ["keys in lower case, values and section names as they are", "[A]\nKey = Value\n", { A: { key: "Value" } }],
    ["white space around all is dropped", "[a]\nx   =  1  \t\n", { a: { x: "1" } }],
    ["comments are whole lines", "# c\n; c\n[a]\n  # c\nx = 1\n", { a: { x: "1" } }],
    ["a # in a line is part of the value", "[a]\nx = 1 # c ; d\n", { a: { x: "1 # c ; d" } }],
    ["whatever follows the last ] is ignored", "[a] # c\n", { a: {} }],
    ["a ] in what follows counts", "[profile a] # see [1]\n", { "profile a] # see [1": {} }],
    ["quotes and % mean nothing", '[a]\nx = "1" %(y)s\n', { a: { x: '"1" %(y)s' } }],
    ["an empty value", "[a]\nx =\ny =\n", { a: { x: "", y: "" } }],
    ["a value that goes on, deeper than its key", "[a]\nx = 1\n  2\n\t3\n", { a: { x: "1\n2\n3" } }],
    ["also after a blank line", "[a]\nx = 1\n\n  2\n", { a: { x: "1\n\n2" } }],
    ["blank lines at its end are not part of it", "[a]\nx = 1\n\n\ny = 2\n", { a: { x: "1", y: "2" } }],
    ["a comment within does not end it", "[a]\nx = 1\n# c\n  2\n", { a: { x: "1\n2" } }],
    ["an indented first line is a key", "[a]\n  x = 1\n", { a: { x: "1" } }],
    ["as deep as the key is another key", "[a]\n  x = 1\n  y = 2\n", { a: { x: "1", y: "2" } }],
    ["an indented section header within a value is part of it", "[a]\nx = 1\n  [b]\n", { a: { x: "1\n[b]" } }],
    ["an indented section header otherwise is one", "[a]\n  [b]\nx = 1\n", { a: {}, b: { x: "1" } }],
    ["an unclosed [ with a separator is a key", "[a]\n[b = 1\n", { a: { "[b": "1" } }],
    ["a block of nested keys", "[a]\ns3 =\n  x = 1\n  Y = 2\nz = 3\n", { a: { s3: { x: "1", Y: "2" }, z: "3" } }],
    [
      "[DEFAULT] lends its keys",
      "[DEFAULT]\nx = 1\ny = 2\n[a]\ny = 3\n[b]\n",
      { a: { x: "1", y: "3" }, b: { x: "1", y: "2" } },
    ],
    ["[DEFAULT] may come twice, and after", "[a]\n[DEFAULT]\nx = 1\n[DEFAULT]\ny = 2\n", { a: { x: "1", y: "2" } }],
    ["[default] is a section", "[default]\nx = 1\n[a]\n", { default: { x: "1" }, a: {} }],
    ["CRLF and lone CR", "[a]\r\nx = 1\ry = 2\r\n", { a: { x: "1", y: "2" } }],
    ["a byte order mark is skipped", "\ufeff[a]\nx = 1\n", { a: { x: "1" } }],
    ["blanks inside the brackets stay", "[ a ]\nx = 1\n", { " a ": { x: "1" } }],
    [
      "__proto__ is a name like any other",
      "[a]\n__proto__ = 1\nconstructor = 2\n",
      { a: JSON.parse('{"__proto__": "1", "constructor": "2"}') },
    ],
  ];
  for (const [what, text, sections] of rows) {
    test(what, () => expect(read(text)).toEqual(sections));
  }
});

describe("what is refused, and where", () => {
  const rows: readonly [what: string, text: string, refused: string][] = [
    ["a key before any section", "x = 1\n", "file-syntax 1:1"],
    ["a line without separator", "[a]\n  nonsense\n", "file-syntax 2:3"],
    ["a line without key", "[a]\n= 1\n", "file-syntax 2:1"],
    ["an empty section name", "[a]\n[]\n", "file-syntax 2:1"],
    ["an unclosed section name", "[a\n", "file-syntax 1:1"],
    ["the same key twice", "[a]\nx = 1\ny = 2\nx = 3\n", "duplicate-key 4:1"],
    ["the same key in another case", "[a]\nx = 1\n X = 2\n", "accepted"],
    ["the same key in another case, at its depth", "[a]\nx = 1\nX = 2\n", "duplicate-key 3:1"],
    ["the same section twice", "[a]\n[b]\n[a]\n", "duplicate-section 3:2"],
    ["a line in a block that is no key", "[a]\ns3 =\n  nonsense\n", "file-syntax 3:3"],
    ["such a line in a block that nobody borrows", "[DEFAULT]\ns3 =\n  nonsense\n", "accepted"],
    ["such a line in a block that is lent", "[DEFAULT]\ns3 =\n  nonsense\n[a]\n", "file-syntax 3:3"],
  ];
  for (const [what, text, refused] of rows) {
    test(what, () => expect(refusal(text)).toBe(refused));
  }

  test("the message shows no value: it may be a secret", () => {
    try {
      parseIni("[a]\naws_secret_access_key = part/one\npart/two\n", "f");
      throw new Error("accepted");
    } catch (error) {
      expect(String(error)).not.toContain("part/");
    }
  });
});

describe("a report that returns lets the parser go on", () => {
  const rows: readonly [what: string, text: string, problems: readonly string[], sections: ReturnType<typeof read>][] =
    [
      ["nothing is wrong", "[a]\nx = 1\n", [], { a: { x: "1" } }],
      ["keys before any section are told of once", "x = 1\ny = 2\nx = 3\n[a]\n", ["file-syntax 1:1"], { a: {} }],
      [
        "lines that are nothing are left out",
        "[a]\nnonsense\n  x = 1\n= 2\ny = 3\n",
        ["file-syntax 2:1", "file-syntax 4:1"],
        { a: { x: "1", y: "3" } },
      ],
      ["a section's name without its end", "[a\nx = 1\n[b]\n", ["file-syntax 1:1"], { a: { x: "1" }, b: {} }],
      ["the same with a separator in it", "[a = 1\nx = 1\n", ["file-syntax 1:1"], { "a = 1": { x: "1" } }],
      [
        "the same where the name is in use: its keys are nobody's",
        "[a]\nx = 1\n[a\nx = 2\nx = 3\n",
        ["file-syntax 3:1", "duplicate-key 5:1"],
        { a: { x: "1" } },
      ],
      ["a section without a name: its keys are nobody's", "[a]\n[]\nx = 1\nx = 2\n", ["file-syntax 2:1"], { a: {} }],
      [
        "a second section adds to the first",
        "[a]\nx = 1\n[b]\n[a]\ny = 2\nx = 3\n",
        ["duplicate-section 4:2", "duplicate-key 6:1"],
        { a: { x: "3", y: "2" }, b: {} },
      ],
      ["of two keys the last counts", "[a]\nx = 1\nX = 2\n", ["duplicate-key 3:1"], { a: { x: "2" } }],
      [
        "wrong lines of a block",
        "[a]\ns3 =\n  no\n  x = 1\n  neither\n",
        ["file-syntax 3:3", "file-syntax 5:3"],
        { a: { s3: { x: "1" } } },
      ],
      [
        "wrong lines of a block that is lent, once",
        "[DEFAULT]\ns3 =\n  no\n[a]\n[b]\n",
        ["file-syntax 3:3"],
        { a: { s3: {} }, b: { s3: {} } },
      ],
    ];
  for (const [what, text, problems, sections] of rows) {
    test(what, () => {
      const reported: string[] = [];
      const document = parseIni(text, "f", ({ code, at }) => {
        reported.push(`${code} ${at !== undefined && "line" in at ? `${at.line}:${at.column}` : ""}`);
      });
      expect(reported).toEqual([...problems]);
      expect(asObjects(document)).toEqual(sections);
      // Whoever does not collect gets the first of them.
      expect(refusal(text)).toBe(problems[0] ?? "accepted");
    });
  }
});

describe("places", () => {
  const section = (text: string) => parseIni(text, "f").sections[0];

  test("of a section's name, a key and a value: line and column from 1", () => {
    const found = section("\n [profile a]\n  key  =   value\n");
    expect(found?.from).toEqual({ file: "f", line: 2, column: 3 });
    expect(found?.entries.get("key")?.keyFrom).toEqual({ file: "f", line: 3, column: 3 });
    expect(found?.entries.get("key")?.from).toEqual({ file: "f", line: 3, column: 12 });
  });

  test("columns count characters, not bytes or UTF-16 units", () => {
    expect(section("[a]\n🧀é = x\n")?.entries.get("🧀é")?.from).toEqual({ file: "f", line: 2, column: 6 });
  });

  test("of a nested key's value", () => {
    const nested = section("[a]\nsts =\n  endpoint_url = http://x\n")?.entries.get("sts")?.nested;
    expect(nested?.get("endpoint_url")?.from).toEqual({ file: "f", line: 3, column: 18 });
  });

  test("a byte order mark takes up no column", () => {
    expect(section("\ufeff[a]\n")?.from.column).toBe(2);
  });
});

describe("size", () => {
  test("a file of 100,000 lines", () => {
    const lines = Array.from(
      { length: 25_000 },
      (_, i) => `[profile p${i}]\nrole_arn = arn:${i}\nsource_profile = p${i + 1}\n`,
    );
    const { sections } = parseIni(lines.join("\n"), "f");
    expect(sections.length).toBe(25_000);
    expect(sections.at(-1)?.entries.get("role_arn")?.from).toEqual({ file: "f", line: 99_998, column: 12 });
  });

  test("a value of 100,000 lines", () => {
    const { sections } = parseIni(`[a]\nx = 0\n${"  1\n".repeat(100_000)}`, "f");
    expect(sections[0]?.entries.get("x")?.value.length).toBe(200_001);
  });

  test("[DEFAULT] under many sections", () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${i} = ${i}`).join("\n");
    const many = Array.from({ length: 10_000 }, (_, i) => `[p${i}]`).join("\n");
    const { sections } = parseIni(`[DEFAULT]\n${keys}\n${many}\n`, "f");
    expect(sections.at(-1)?.entries.get("k9999")?.value).toBe("9999");
  });
});
