/** The errors of the INI parser. Messages name the key or the section, never a value, which may be a secret. */
import { RolecallError } from "../domain/errors.ts";
import { mergeSections } from "../domain/help_texts.ts";
import type { FilePosition } from "../domain/origin.ts";
import { lengthOf, type Span } from "./spans.ts";

/** The error for a line before the first section. */
export function lineOutsideSection(line: Span): RolecallError {
  if (line.text.startsWith("[")) return invalidHeader(line);
  return syntaxError(line, "this line is outside any section", ["add a section header above it, such as [default]"]);
}

/** The error for a line in a section that is neither a key nor a section header. */
export function invalidLine(line: Span): RolecallError {
  if (line.text.startsWith("[")) return invalidHeader(line);
  return syntaxError(line, "this line is neither `key = value` nor a `[section]`", [
    "to continue the value above, indent the line deeper than the key; to write a comment, start the line with #",
  ]);
}

export function keyMissing(line: Span): RolecallError {
  return syntaxError(line, "this line has no key", ["write it as key = value"]);
}

/** @param key the key whose value is the block. */
export function invalidBlockLine(line: Span, key: string): RolecallError {
  return syntaxError(line, `this line of the block "${key}" is not \`key = value\``, [
    `write a plain value on the line of its key (${key} = …): a value that starts on the next line is a block of keys`,
  ]);
}

export function duplicateSection(header: Span, first: FilePosition): RolecallError {
  return new RolecallError("duplicate-section", `duplicate section [${header.text}]`, {
    at: header.from,
    length: lengthOf(header.text),
    notes: ["the AWS CLI rejects the file; other AWS SDKs merge the two sections"],
    help: [mergeSections(`line ${first.line}`)],
  });
}

export function duplicateKey(key: Span, first: FilePosition, section: string): RolecallError {
  // A key that is not made of words of ordinary length may be the second half of a secret.
  const name = /^(?:[\w.-]{1,15}|\w+_[\w.-]{1,30})$/.test(key.text) ? `duplicate key "${key.text}"` : "duplicate key";
  return new RolecallError("duplicate-key", `${name} in the section [${section}]`, {
    at: key.from,
    length: lengthOf(key.text),
    notes: ["the AWS CLI rejects the file; other AWS SDKs use the last of the keys"],
    help: [`remove one of the two (the other one is at line ${first.line}); the case of a key does not matter`],
  });
}

function invalidHeader(line: Span): RolecallError {
  return line.text.startsWith("[]")
    ? syntaxError(line, "this section has no name", ["write a name between the brackets, such as [default]"])
    : syntaxError(line, "this section header has no ]", ["add the ] after the section's name"]);
}

function syntaxError(line: Span, message: string, help: readonly string[]): RolecallError {
  return new RolecallError("file-syntax", message, { at: line.from, length: lengthOf(line.text), help });
}
