/** What can be wrong in an INI file. Messages name the key or the section, never a value: that may be a secret. */
import { RolecallError } from "../domain/errors.ts";
import { mergeSections } from "../domain/help_texts.ts";
import type { FilePosition } from "../domain/origin.ts";
import { lengthOf, type Span } from "./spans.ts";

/** A line before the first section that is no section either. */
export function lineOutsideSection(line: Span): RolecallError {
  if (line.text.startsWith("[")) return wrongHeader(line);
  return wrong(line, "this line stands in no section", ["put the line of its section above it, such as [default]"]);
}

/** A line of a section that is neither a key nor another section. */
export function invalidLine(line: Span): RolecallError {
  if (line.text.startsWith("[")) return wrongHeader(line);
  return wrong(line, "this line is neither `key = value` nor a `[section]`", [
    "if it continues the value above it, indent it deeper than that value's key; if it is a comment, begin it with #",
  ]);
}

export function keyMissing(line: Span): RolecallError {
  return wrong(line, "this line has no key", ["write it as key = value"]);
}

/** @param key the key whose value is the block. */
export function invalidBlockLine(line: Span, key: string): RolecallError {
  return wrong(line, `this line of the block "${key}" is not \`key = value\``, [
    `a value that begins on the line below its key is a block of such lines; a plain value stands beside it: ${key} = …`,
  ]);
}

export function duplicateSection(header: Span, first: FilePosition): RolecallError {
  return new RolecallError("duplicate-section", `the section [${header.text}] stands in this file twice`, {
    at: header.from,
    length: lengthOf(header.text),
    help: [mergeSections(`line ${first.line}`), "the AWS CLI refuses such a file, too; other AWS SDKs merge the two"],
  });
}

export function duplicateKey(key: Span, first: FilePosition, section: string): RolecallError {
  // What is no word of usual length may be the rest of a secret.
  const name = /^(?:[\w.-]{1,15}|\w+_[\w.-]{1,30})$/.test(key.text) ? `the key "${key.text}"` : "this key";
  return new RolecallError("duplicate-key", `${name} stands in the section [${section}] twice`, {
    at: key.from,
    length: lengthOf(key.text),
    help: [
      `the first one is in line ${first.line}; remove one of them (keys are equal in upper and lower case)`,
      "the AWS CLI refuses such a file, too; other AWS SDKs take the last one",
    ],
  });
}

function wrongHeader(line: Span): RolecallError {
  return line.text.startsWith("[]")
    ? wrong(line, "this section has no name", ["write its name between the brackets, such as [default]"])
    : wrong(line, "this section's name has no end", ["add the ] after the name"]);
}

function wrong(line: Span, message: string, help: readonly string[]): RolecallError {
  return new RolecallError("file-syntax", message, { at: line.from, length: lengthOf(line.text), help });
}
