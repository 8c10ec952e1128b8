/** The JSON with credentials that both metadata services answer with. */
import type { Credentials } from "../domain/credentials.ts";
import { type JsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { MetadataError } from "./error.ts";

type Field = "AccessKeyId" | "SecretAccessKey" | "Token" | "Expiration";

/**
 * @param who the service, for messages.
 * @param required what has to be there, and not empty; but a user's own keys come with an empty `Token`.
 * @throws MetadataError `unexpected-response` or `reported-error`. Messages show no more of the answer than its own error.
 */
export function readCredentials(body: Uint8Array, who: string, required: readonly Field[]): Credentials {
  const answer = parseBody(body);
  if (answer === undefined)
    throw new MetadataError("unexpected-response", `${who} answered with something that is no JSON object`);
  const text = (name: string) => stringMember(answer, name);
  const isThere = (name: Field) => text(name) !== undefined || (name === "Token" && answer.Token === "");
  const missing = required.filter((name) => !isThere(name));
  if (missing.length > 0) throw reportedError(answer, who) ?? lacking(who, missing);
  const expirationText = text("Expiration");
  const expiration = expirationText === undefined ? undefined : parseTimestamp(expirationText);
  if (expirationText !== undefined && expiration === undefined) {
    throw new MetadataError("unexpected-response", `${who} answered with an Expiration that is no time`);
  }
  return {
    accessKeyId: text("AccessKeyId") ?? "",
    secretAccessKey: text("SecretAccessKey") ?? "",
    sessionToken: text("Token"),
    expiration,
    accountId: text("AccountId"),
  };
}

/** The service's own error: `Code` and `Message` from EC2, `code` and `message` from containers. */
export function reportedError(answer: unknown, who: string): MetadataError | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const fields = new Map(Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]));
  const code = fields.get("code");
  const message = fields.get("message");
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  return new MetadataError("reported-error", `${who} answered ${code}: ${message.slice(0, 300)}`);
}

/** @returns undefined for what is no JSON object in UTF-8. */
export function parseBody(body: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function lacking(who: string, missing: readonly string[]): MetadataError {
  return new MetadataError("unexpected-response", `${who} answered without ${missing.join(", ")}`);
}
