/** Names for the profiles of accounts and roles, which every tool can read. */
import { invalidValue } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import type { Assignment } from "./assignments.ts";

export const DEFAULT_NAME_FORMAT = "{account_name}-{role_name}";

const PLACEHOLDERS = ["account_name", "account_id", "role_name", "sso_session"];

/** @throws RolecallError `invalid-option` for a placeholder that does not exist. */
export function requireNameFormat(format: Sourced<string>): string {
  const unknown = [...format.value.matchAll(/\{([^{}]*)\}/g)].find(([, name = ""]) => !PLACEHOLDERS.includes(name));
  if (unknown === undefined) return format.value;
  const known = new Intl.ListFormat("en").format(PLACEHOLDERS.map((name) => `{${name}}`));
  throw invalidValue("name format", format, [`use ${known} in place of ${unknown[0]}`]);
}

/**
 * The names of profiles, in the order of the assignments. A name that two of them would get, or that is taken, is made
 * unique by the id of the account.
 *
 * @param format text with placeholders in braces.
 * @param taken names of existing profiles.
 */
export function profileNames(
  assignments: readonly Assignment[],
  format: string,
  session: string,
  taken: Iterable<string>,
): readonly string[] {
  const wanted = assignments.map((assignment) => nameOf(assignment, format, session));
  // A profile of this name would be used wherever no profile is named.
  const used = new Set([...taken, "default"]);
  const counts = Map.groupBy(wanted, (name) => name);
  return wanted.map((name, index) => {
    const unique = (counts.get(name)?.length ?? 0) > 1 || used.has(name);
    const base = unique ? `${name}-${assignments[index]?.accountId}` : name;
    let result = base;
    for (let number = 2; used.has(result); number++) result = `${base}-${number}`;
    used.add(result);
    return result;
  });
}

function nameOf({ accountId, accountName, roleName }: Assignment, format: string, session: string): string {
  const values: Readonly<Record<string, string>> = {
    // A name in another script leaves nothing.
    account_name: safeName(accountName) || accountId,
    account_id: accountId,
    role_name: safeName(roleName) || "role",
    sso_session: safeName(session) || "sso",
  };
  return safeName(format.replace(/\{(\w+)\}/g, (text, name: string) => values[name] ?? text)) || accountId;
}

/** Letters without a decomposition in Unicode. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: "ss", ẞ: "SS", æ: "ae", Æ: "AE", œ: "oe", Œ: "OE", ø: "o", Ø: "O", ł: "l", Ł: "L" },
  ...{ đ: "d", Đ: "D", ð: "d", Ð: "D", þ: "th", Þ: "Th", ı: "i" },
};

/**
 * A name of ASCII letters, digits and `_ . @ + -`, which needs no quotes in a section header or in a shell. The AWS CLI
 * reads the files in the encoding of the locale, so that other letters would not always be the same.
 */
function safeName(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x00-\x7f]/gu, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^\w.@+-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
}
