/** rolecall's own settings file. It is TOML, because INI cannot express tags, lists or a chain of roles. */
import { parse, TomlError } from "smol-toml";
import { type Report, RolecallError } from "../domain/errors.ts";
import type { FilePosition, Sourced } from "../domain/origin.ts";
import { LINE_END } from "../ini/spans.ts";
import { parseDuration } from "../text/duration.ts";
import { didYouMean } from "../text/suggest.ts";

export interface Settings {
  readonly file: string;
  readonly region?: Sourced<string> | undefined;
  /** Seconds. */
  readonly minTtl?: Sourced<number> | undefined;
  readonly metadata: {
    /** Seconds. */
    readonly timeout?: Sourced<number> | undefined;
    readonly attempts?: Sourced<number> | undefined;
    readonly imdsV1?: Sourced<boolean> | undefined;
  };
  readonly roles: ReadonlyMap<string, RoleSettings>;
}

/** The settings of a table `[role.NAME]`. */
export interface RoleSettings {
  readonly from: FilePosition;
  readonly roleArn: Sourced<string>;
  readonly sourceProfile: Sourced<string> | undefined;
  readonly credentialSource: Sourced<string> | undefined;
  readonly externalId: Sourced<string> | undefined;
  readonly roleSessionName: Sourced<string> | undefined;
  /** As written in the file. */
  readonly duration: Sourced<string> | undefined;
  readonly mfaSerial: Sourced<string> | undefined;
  readonly mfaProcess: Sourced<string> | undefined;
  readonly sourceIdentity: Sourced<string> | undefined;
  /** JSON. */
  readonly policy: Sourced<string> | undefined;
  readonly policyArns: readonly Sourced<string>[];
  /** `KEY=VALUE` each. */
  readonly tags: readonly Sourced<string>[];
  readonly transitiveTagKeys: readonly Sourced<string>[];
  /** ARNs of roles that are assumed first, in order. */
  readonly via: readonly Sourced<string>[];
}

/**
 * Parses the settings. An unknown key and a value of the wrong type are errors.
 *
 * @param file the file's path, for the positions.
 * @param report receives the problems, as `settings-invalid` with file, line and column. If it returns, the setting is
 *   skipped.
 */
export function parseSettings(text: string, file: string, report: Report): Settings {
  const root = new Table(parseToml(text, file, report), [], { text, file, report });
  const metadata = root.table("metadata");
  const roles = root.table("role");
  const settings: Settings = {
    file,
    region: root.text("region"),
    minTtl: root.duration("min_ttl"),
    metadata: {
      timeout: metadata?.duration("timeout"),
      attempts: metadata?.count("attempts"),
      imdsV1: metadata?.boolean("imds_v1"),
    },
    roles: new Map(
      roles?.names().flatMap((name) => {
        const role = readRole(roles, name, report);
        return role === undefined ? [] : [[name, role]];
      }),
    ),
  };
  root.rejectUnknownKeys();
  metadata?.rejectUnknownKeys();
  return settings;
}

function readRole(roles: Table, name: string, report: Report): RoleSettings | undefined {
  const role = roles.table(name);
  if (role === undefined) return undefined;
  const roleArn = role.text("role_arn");
  if (!role.names().includes("role_arn")) {
    report(new RolecallError("settings-invalid", `the role "${name}" has no role_arn`, { at: role.position }));
  }
  const settings = {
    from: role.position,
    sourceProfile: role.text("source_profile"),
    credentialSource: role.text("credential_source"),
    externalId: role.text("external_id"),
    roleSessionName: role.text("role_session_name"),
    duration: role.text("duration"),
    mfaSerial: role.text("mfa_serial"),
    mfaProcess: role.text("mfa_process"),
    sourceIdentity: role.text("source_identity"),
    policy: role.text("policy"),
    policyArns: role.list("policy_arns"),
    tags: role.pairs("tags"),
    transitiveTagKeys: role.list("transitive_tag_keys"),
    via: role.list("via"),
  };
  role.rejectUnknownKeys();
  return roleArn === undefined ? undefined : { ...settings, roleArn };
}

function parseToml(text: string, file: string, report: Report): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    report(
      new RolecallError("settings-invalid", `the settings file is not valid TOML: ${message}`, {
        at: { file, line: error.line, column: error.column },
      }),
    );
    return {};
  }
}

interface Document {
  readonly text: string;
  readonly file: string;
  readonly report: Report;
}

/** A table that records the keys that were read, to report the others as unknown. */
class Table {
  readonly position: FilePosition;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: readonly string[];
  readonly #document: Document;
  readonly #known: string[] = [];

  constructor(values: Readonly<Record<string, unknown>>, path: readonly string[], document: Document) {
    this.#values = values;
    this.#path = path;
    this.#document = document;
    this.position = locate(document, path);
  }

  names(): string[] {
    return Object.keys(this.#values);
  }

  table(key: string): Table | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (!isTable(value)) {
      this.#reject(key, `${key} must be a table`);
      return undefined;
    }
    return new Table(value, [...this.#path, key], this.#document);
  }

  text(key: string): Sourced<string> | undefined {
    return this.#typed(key, "a non-empty string", (value) =>
      typeof value === "string" && value !== "" ? value : undefined,
    );
  }

  boolean(key: string): Sourced<boolean> | undefined {
    return this.#typed(key, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  count(key: string): Sourced<number> | undefined {
    return this.#typed(key, "a whole number, at least 1", (value) =>
      typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : undefined,
    );
  }

  /** In seconds. */
  duration(key: string): Sourced<number> | undefined {
    return this.#typed(key, 'a duration such as "90s", "15m" or "1h"', (value) =>
      typeof value === "string" ? parseDuration(value) : undefined,
    );
  }

  list(key: string): readonly Sourced<string>[] {
    const list = this.#typed(key, "a list of non-empty strings", (value) =>
      isStringList(value) && !value.includes("") ? value : undefined,
    );
    return list?.value.map((value) => ({ value, from: list.from })) ?? [];
  }

  /** The `KEY=VALUE` pairs of a table of strings. */
  pairs(key: string): readonly Sourced<string>[] {
    const pairs = this.#typed(key, "a table of strings", (value) =>
      isTable(value) && isStringList(Object.values(value))
        ? Object.entries(value).map(([name, text]) => `${name}=${text}`)
        : undefined,
    );
    return pairs?.value.map((value) => ({ value, from: pairs.from })) ?? [];
  }

  /** Reports the keys that were not read. */
  rejectUnknownKeys(): void {
    for (const unknown of this.names().filter((name) => !this.#known.includes(name))) {
      const help = didYouMean(unknown, this.#known, `use one of ${this.#known.join(", ")}`);
      this.#reject(unknown, `unknown setting "${unknown}"`, help);
    }
  }

  #reject(key: string, message: string, help: readonly string[] = []): void {
    const at = locate(this.#document, [...this.#path, key]);
    this.#document.report(new RolecallError("settings-invalid", message, { at, length: key.length, help }));
  }

  #typed<T>(key: string, what: string, read: (value: unknown) => T | undefined): Sourced<T> | undefined {
    const found = this.#get(key);
    if (found === undefined) return undefined;
    const value = read(found);
    if (value === undefined) {
      this.#reject(key, `${key} must be ${what}`);
      return undefined;
    }
    return { value, from: locateValue(this.#document, [...this.#path, key]) };
  }

  #get(key: string): unknown {
    this.#known.push(key);
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** The position of a key's value, without its quotes. */
function locateValue(document: Document, path: readonly string[]): FilePosition {
  const position = locate(document, path);
  const line = document.text.split(LINE_END)[position.line - 1] ?? "";
  const upToValue = /^[\w."'\s-]+=\s*(?:"""|'''|["'])?/.exec(line.slice(position.column - 1))?.[0] ?? "";
  return { ...position, column: position.column + upToValue.length };
}

/**
 * The position of a key. The TOML parser does not return positions, so this searches for the key's line, below the
 * header of its table. A key that has no line of its own, as in `metadata = { … }`, has the position of its table.
 */
function locate({ text, file }: Pick<Document, "text" | "file">, path: readonly string[]): FilePosition {
  const wanted = path.join(".");
  let table = "";
  let best: { position: FilePosition; depth: number } = { position: { file, line: 1, column: 1 }, depth: 0 };
  for (const [index, line] of text.split(LINE_END).entries()) {
    const header = /^(\s*\[+\s*)([^\]]+?)\s*\]/.exec(line);
    const key = header === null ? /^(\s*)([\w."'-]+(?:\s*\.\s*[\w."'-]+)*)\s*=/.exec(line) : null;
    const found = header ?? key;
    if (found === null) continue;
    const [, before = "", written = ""] = found;
    const name = written.replace(/["'\s]/g, "");
    if (header !== null) table = name;
    const full = header !== null || table === "" ? name : `${table}.${name}`;
    if (wanted !== full && !wanted.startsWith(`${full}.`)) continue;
    const depth = full.split(".").length;
    if (depth > best.depth) best = { position: { file, line: index + 1, column: before.length + 1 }, depth };
  }
  return best.position;
}
