/** Opening the folder of a file so that nobody can redirect the write. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolder, openFolderOf } from "../../../src/files/open_folder.ts";
import { othersCanWrite } from "../../../src/files/owner.ts";
import { replaceFile } from "../../../src/files/replace_file.ts";
import { IS_ROOT } from "../../support/machine.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-folder-")));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (name: string) => join(root, name);

describe("openFolder", () => {
  test.skipIf(process.platform !== "linux")("keeps the folder, whatever its name leads to afterwards", () => {
    mkdirSync(at("mine"));
    mkdirSync(at("other"));
    const folder = openFolder(at("mine"), {});
    renameSync(at("mine"), at("moved"));
    symlinkSync(at("other"), at("mine"));
    writeFileSync(folder.at("file"), "text");
    folder.close();
    expect([readdirSync(at("moved")), readdirSync(at("other"))]).toEqual([["file"], []]);
  });

  test("creates missing folders with mode 0700 whatever the umask is", () => {
    const umask = process.umask(0o777);
    try {
      openFolder(at("a/b/c"), { create: true }).close();
    } finally {
      process.umask(umask);
    }
    expect(["a", "a/b", "a/b/c"].map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  });

  test("follows the links of this user, relative and absolute ones, and those that lead to others", () => {
    mkdirSync(at("x/target"), { recursive: true });
    symlinkSync("./x/../x/target", at("relative"));
    symlinkSync(at("relative"), at("absolute"));
    const folder = openFolder(at("absolute"), {});
    expect(folder.path).toBe(at("x/target"));
    folder.close();
  });

  const errors: readonly [what: string, prepare: () => void, path: string, message: RegExp][] = [
    ["a link to itself", () => symlinkSync("loop", at("loop")), "loop", /ELOOP/],
    ["a file", () => writeFileSync(at("file"), ""), "file", /ENOTDIR/],
    ["a path through a file", () => writeFileSync(at("file"), ""), "file/x", /ENOTDIR/],
    ["a missing folder", () => {}, "none", /ENOENT/],
    ["a dangling link", () => symlinkSync("none", at("dangling")), "dangling", /ENOENT/],
    [
      "a folder that all can write to",
      () => {
        mkdirSync(at("shared"));
        chmodSync(at("shared"), 0o777);
      },
      "shared",
      /^other users can write to the folder \S+\/shared \(mode 0777\)$/,
    ],
    [
      "a link in a folder that all can write to",
      () => {
        mkdirSync(at("shared/x"), { recursive: true });
        symlinkSync("x", at("shared/link"));
        chmodSync(at("shared"), 0o777);
      },
      "shared/link",
      /^the symbolic link \S+\/shared\/link is in a folder that other users can write to$/,
    ],
  ];
  for (const [what, prepare, path, message] of errors) {
    test(`fails for ${what}`, () => {
      prepare();
      expect(() => openFolder(at(path), {})).toThrow(message);
    });
  }

  test.skipIf(!IS_ROOT)("as root accepts another owner only if the rules do (needs root)", () => {
    mkdirSync(at("theirs"));
    lchownSync(at("theirs"), 65534, 65534);
    expect(() => openFolder(at("theirs"), {})).toThrow(/belongs to another user \(uid 65534\)/);
    expect(() => openFolder(at("theirs"), { acceptsOwner: (uid) => uid === 1 })).toThrow(/belongs to another user/);
    openFolder(at("theirs"), { acceptsOwner: (uid) => uid === 65534 }).close();
  });
});

describe("openFolderOf", () => {
  test("returns the folder and the name of a link's target", () => {
    mkdirSync(at("dotfiles"));
    symlinkSync("dotfiles/config", at("config"));
    const { folder, name } = openFolderOf(at("config"), {});
    expect([folder.path, name]).toEqual([at("dotfiles"), "config"]);
    folder.close();
  });

  test("fails for a folder", () => expect(() => openFolderOf(root, {})).toThrow(/is a folder/));
});

describe("other users can write to a folder", () => {
  const rows: readonly [mode: number, uid: number, gid: number, expected: boolean][] = [
    [0o700, 1000, 1000, false],
    [0o755, 1000, 1000, false],
    [0o777, 1000, 1000, true],
    [0o702, 1000, 1000, true],
    [0o775, 1000, 100, true],
    // The private group of the user: the umask is 0002 on many systems.
    [0o775, 1000, 1000, false],
    [0o775, 0, 0, true],
  ];
  for (const [mode, uid, gid, expected] of rows) {
    test(`mode ${mode.toString(8)}, user ${uid}, group ${gid}: ${expected}`, () => {
      expect(othersCanWrite({ mode, uid, gid }, root)).toBe(expected);
    });
  }
});

describe("replaceFile", () => {
  test("replaces a link, and not its target", () => {
    writeFileSync(at("target"), "precious");
    symlinkSync("target", at("file"));
    replaceFile(at("file"), "new", root);
    expect(readdirSync(root).sort()).toEqual(["file", "target"]);
    expect([statSync(at("file")).mode & 0o777, statSync(at("target")).size]).toEqual([0o600, "precious".length]);
  });

  test("leaves nothing behind if the file cannot be replaced", () => {
    mkdirSync(at("file"));
    expect(() => replaceFile(at("file"), "new", root)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(root)).toEqual(["file"]);
  });
});
