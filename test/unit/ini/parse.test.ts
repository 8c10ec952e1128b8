/** The INI format, which is Python's: values with their positions, and files that are rejected. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import type { IniDocument } from "../../../src/ini/document.ts";
import { parseIni } from "../../../src/ini/parse.ts";

/** Parses sections into plain objects; a block of nested keys is an object, too. */
function read(text: string): Record<string, Record<string, unknown>> {
  return asObjects(parseIni(text, "f"));
}

function asObjects(document: IniDocument): ReturnType<typeof read> {
  return Object.fromEntries(
    [...document.sections.values()].map(({ name, entries }) => [
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

function problemOf(text: string): string {
  try {
    parseIni(text, "f");
    return "accepted";
  } catch (error) {
    if (!(error instanceof RolecallError) || error.at === undefined || !("file" in error.at)) throw error;
    return `${error.code} ${error.at.line}:${error.at.column}`;
  }
}

describe("parseIni accepts", () => {
  const rows: readonly [what: string, text: string, sections: ReturnType<typeof read>][] = [
    ["nothing", "", {}],
    ["an empty section", "[a]", { a: {} }],
    ["the first = or : as the separator", "[a]\nx = 1:2\ny : 3=4\n", { a: { x: "1:2", y: "3=4" } }],
    ["keys in any case, and converts them to lower case", "[A]\nKey = Value\n", { A: { key: "Value" } }],
    ["white space around keys and values", "[a]\nx   =  1  \t\n", { a: { x: "1" } }],
    ["comments on lines of their own", "# c\n; c\n[a]\n  # c\nx = 1\n", { a: { x: "1" } }],
    ["a # within a line, as part of the value", "[a]\nx = 1 # c ; d\n", { a: { x: "1 # c ; d" } }],
    ["text after the last ] of a section header", "[a] # c\n", { a: {} }],
    [
      "a ] in a comment after a section header, as part of the name",
      "[profile a] # see [1]\n",
      { "profile a] # see [1": {} },
    ],
    ["quotes and %, without a special meaning", '[a]\nx = "1" %(y)s\n', { a: { x: '"1" %(y)s' } }],
    ["an empty value", "[a]\nx =\ny =\n", { a: { x: "", y: "" } }],
    ["a value that continues on lines indented deeper than its key", "[a]\nx = 1\n  2\n\t3\n", { a: { x: "1\n2\n3" } }],
    ["a value that continues after a blank line", "[a]\nx = 1\n\n  2\n", { a: { x: "1\n\n2" } }],
    ["blank lines after a value", "[a]\nx = 1\n\n\ny = 2\n", { a: { x: "1", y: "2" } }],
    ["a comment within a value", "[a]\nx = 1\n# c\n  2\n", { a: { x: "1\n2" } }],
    ["an indented key", "[a]\n  x = 1\n", { a: { x: "1" } }],
    ["a key that is indented as deep as the key before", "[a]\n  x = 1\n  y = 2\n", { a: { x: "1", y: "2" } }],
    ["an indented section header after a key, as part of the value", "[a]\nx = 1\n  [b]\n", { a: { x: "1\n[b]" } }],
    ["an indented section header elsewhere", "[a]\n  [b]\nx = 1\n", { a: {}, b: { x: "1" } }],
    ["an unclosed [ with a separator, as a key", "[a]\n[b = 1\n", { a: { "[b": "1" } }],
    ["a block of nested keys", "[a]\ns3 =\n  x = 1\n  Y = 2\nz = 3\n", { a: { s3: { x: "1", Y: "2" }, z: "3" } }],
    [
      "[DEFAULT], whose keys other sections inherit",
      "[DEFAULT]\nx = 1\ny = 2\n[a]\ny = 3\n[b]\n",
      { a: { x: "1", y: "3" }, b: { x: "1", y: "2" } },
    ],
    [
      "[DEFAULT] more than once, and after other sections",
      "[a]\n[DEFAULT]\nx = 1\n[DEFAULT]\ny = 2\n",
      { a: { x: "1", y: "2" } },
    ],
    ["[default] as a normal section", "[default]\nx = 1\n[a]\n", { default: { x: "1" }, a: {} }],
    ["CRLF and lone CR", "[a]\r\nx = 1\ry = 2\r\n", { a: { x: "1", y: "2" } }],
    ["a byte order mark", "\ufeff[a]\nx = 1\n", { a: { x: "1" } }],
    ["spaces within the brackets, as part of the name", "[ a ]\nx = 1\n", { " a ": { x: "1" } }],
    [
      "__proto__ as a normal key",
      "[a]\n__proto__ = 1\nconstructor = 2\n",
      { a: JSON.parse('{"__proto__": "1", "constructor": "2"}') },
    ],
  ];
  for (const [what, text, sections] of rows) {
    test(what, () => expect(read(text)).toEqual(sections));
  }
});

describe("parseIni rejects, with the position,", () => {
  const rows: readonly [what: string, text: string, problem: string][] = [
    ["a key before any section", "x = 1\n", "file-syntax 1:1"],
    ["a line without separator", "[a]\n  nonsense\n", "file-syntax 2:3"],
    ["a line without key", "[a]\n= 1\n", "file-syntax 2:1"],
    ["an empty section name", "[a]\n[]\n", "file-syntax 2:1"],
    ["an unclosed section name", "[a\n", "file-syntax 1:1"],
    ["a duplicate key", "[a]\nx = 1\ny = 2\nx = 3\n", "duplicate-key 4:1"],
    ["no deeper line that only looks like a duplicate key", "[a]\nx = 1\n X = 2\n", "accepted"],
    ["a duplicate key in another case", "[a]\nx = 1\nX = 2\n", "duplicate-key 3:1"],
    ["a duplicate section", "[a]\n[b]\n[a]\n", "duplicate-section 3:2"],
    ["an invalid line in a block", "[a]\ns3 =\n  nonsense\n", "file-syntax 3:3"],
    ["no invalid line in a block of [DEFAULT] that no section inherits", "[DEFAULT]\ns3 =\n  nonsense\n", "accepted"],
    [
      "an invalid line in a block of [DEFAULT] that a section inherits",
      "[DEFAULT]\ns3 =\n  nonsense\n[a]\n",
      "file-syntax 3:3",
    ],
  ];
  for (const [what, text, problem] of rows) {
    test(what, () => expect(problemOf(text)).toBe(problem));
  }

  test("messages contain no value, which may be a secret", () => {
    try {
      parseIni("[a]\naws_secret_access_key = part/one\npart/two\n", "f");
      throw new Error("accepted");
    } catch (error) {
      expect(String(error)).not.toContain("part/");
    }
  });
});

describe("parseIni continues if the report returns:", () => {
  const rows: readonly [what: string, text: string, problems: readonly string[], sections: ReturnType<typeof read>][] =
    [
      ["a valid file", "[a]\nx = 1\n", [], { a: { x: "1" } }],
      ["keys before any section are reported once", "x = 1\ny = 2\nx = 3\n[a]\n", ["file-syntax 1:1"], { a: {} }],
      [
        "invalid lines are skipped",
        "[a]\nnonsense\n  x = 1\n= 2\ny = 3\n",
        ["file-syntax 2:1", "file-syntax 4:1"],
        { a: { x: "1", y: "3" } },
      ],
      [
        "a section header without ] ends with its line",
        "[a\nx = 1\n[b]\n",
        ["file-syntax 1:1"],
        { a: { x: "1" }, b: {} },
      ],
      [
        "a section header without ] may contain a separator",
        "[a = 1\nx = 1\n",
        ["file-syntax 1:1"],
        { "a = 1": { x: "1" } },
      ],
      [
        "a section header without ] whose name exists: its keys are dropped",
        "[a]\nx = 1\n[a\nx = 2\nx = 3\n",
        ["file-syntax 3:1", "duplicate-key 5:1"],
        { a: { x: "1" } },
      ],
      ["a section without a name: its keys are dropped", "[a]\n[]\nx = 1\nx = 2\n", ["file-syntax 2:1"], { a: {} }],
      [
        "a duplicate section adds to the first one",
        "[a]\nx = 1\n[b]\n[a]\ny = 2\nx = 3\n",
        ["duplicate-section 4:2"],
        { a: { x: "3", y: "2" }, b: {} },
      ],
      ["the last of duplicate keys is used", "[a]\nx = 1\nX = 2\n", ["duplicate-key 3:1"], { a: { x: "2" } }],
      [
        "invalid lines of a block are skipped",
        "[a]\ns3 =\n  no\n  x = 1\n  neither\n",
        ["file-syntax 3:3", "file-syntax 5:3"],
        { a: { s3: { x: "1" } } },
      ],
      [
        "invalid lines of a block of [DEFAULT] are reported once",
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
      // Without a report, the first problem is thrown.
      expect(problemOf(text)).toBe(problems[0] ?? "accepted");
    });
  }
});

describe("positions", () => {
  const section = (text: string) => [...parseIni(text, "f").sections.values()][0];

  test("of a section's name, a key and a value count lines and columns from 1", () => {
    const found = section("\n [profile a]\n  key  =   value\n");
    expect(found?.from).toEqual({ file: "f", line: 2, column: 3 });
    expect(found?.entries.get("key")?.keyFrom).toEqual({ file: "f", line: 3, column: 3 });
    expect(found?.entries.get("key")?.from).toEqual({ file: "f", line: 3, column: 12 });
  });

  test("count characters, not bytes or UTF-16 units", () => {
    expect(section("[a]\n🧀é = x\n")?.entries.get("🧀é")?.from).toEqual({ file: "f", line: 2, column: 6 });
  });

  test("of the value of a nested key", () => {
    const nested = section("[a]\nsts =\n  endpoint_url = http://x\n")?.entries.get("sts")?.nested;
    expect(nested?.get("endpoint_url")?.from).toEqual({ file: "f", line: 3, column: 18 });
  });

  test("do not count a byte order mark", () => {
    expect(section("\ufeff[a]\n")?.from.column).toBe(2);
  });
});

describe("parseIni is fast enough for", () => {
  test("a file of 100,000 lines", () => {
    const lines = Array.from(
      { length: 25_000 },
      (_, i) => `[profile p${i}]\nrole_arn = arn:${i}\nsource_profile = p${i + 1}\n`,
    );
    const { sections } = parseIni(lines.join("\n"), "f");
    expect(sections.size).toBe(25_000);
    expect(sections.get("profile p24999")?.entries.get("role_arn")?.from).toEqual({
      file: "f",
      line: 99_998,
      column: 12,
    });
  });

  test("a value of 100,000 lines", () => {
    const { sections } = parseIni(`[a]\nx = 0\n${"  1\n".repeat(100_000)}`, "f");
    expect(sections.get("a")?.entries.get("x")?.value.length).toBe(200_001);
  });

  test("a large [DEFAULT] and many sections", () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `k${i} = ${i}`).join("\n");
    const many = Array.from({ length: 10_000 }, (_, i) => `[p${i}]`).join("\n");
    const { sections } = parseIni(`[DEFAULT]\n${keys}\n${many}\n`, "f");
    expect(sections.get("p9999")?.entries.get("k9999")?.value).toBe("9999");
  });
});
