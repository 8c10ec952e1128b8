/** The JSON with credentials that both metadata services answer with. */
import type { Credentials } from "../credentials.ts";
import { parseTimestamp } from "../timestamp.ts";
import { MetadataFailure } from "./failure.ts";

type Field = "AccessKeyId" | "SecretAccessKey" | "Token" | "Expiration";

/**
 * @param who the service, for messages.
 * @param required what has to be there, and not empty; but a user's own keys come with an empty `Token`.
 * @throws MetadataFailure `wrong-answer` or `reported-error`. Messages show no more of the answer than its own error.
 */
export function readCredentials(body: Uint8Array, who: string, required: readonly Field[]): Credentials {
  const answer = parseObject(body);
  if (answer === undefined)
    throw new MetadataFailure("wrong-answer", `${who} answered with something that is no JSON object`);
  const text = (name: string): string | undefined => {
    const value = answer[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const isThere = (name: Field) => text(name) !== undefined || (name === "Token" && answer.Token === "");
  const missing = required.filter((name) => !isThere(name));
  if (missing.length > 0) throw reportedError(answer, who) ?? lacking(who, missing);
  const expirationText = text("Expiration");
  const expiration = expirationText === undefined ? undefined : parseTimestamp(expirationText);
  if (expirationText !== undefined && expiration === undefined) {
    throw new MetadataFailure("wrong-answer", `${who} answered with an Expiration that is no time`);
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
export function reportedError(answer: unknown, who: string): MetadataFailure | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const fields = new Map(Object.entries(answer).map(([name, value]) => [name.toLowerCase(), value]));
  const code = fields.get("code");
  const message = fields.get("message");
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  return new MetadataFailure("reported-error", `${who} answered ${code}: ${message.slice(0, 300)}`);
}

export function parseObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function lacking(who: string, missing: readonly string[]): MetadataFailure {
  return new MetadataFailure("wrong-answer", `${who} answered without ${missing.join(", ")}`);
}
