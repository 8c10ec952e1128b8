/** Reads the JSON with credentials that both metadata services return. */
import type { Credentials } from "../domain/credentials.ts";
import type { HttpResponse } from "../domain/http.ts";
import { asJsonObject, type JsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { redactExcerpt } from "../text/redact.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { MetadataError } from "./error.ts";

type Member = "AccessKeyId" | "SecretAccessKey" | "Token" | "Expiration";

/**
 * Reads credentials.
 *
 * @param service the name of the service, for messages.
 * @param required the members that must be present and not empty. `Token` may be empty: long-term keys have none.
 * @throws MetadataError `unexpected-response` or `reported-error`. The message contains nothing of the response except
 * its error code and error message.
 */
export function readCredentials(body: Uint8Array, service: string, required: readonly Member[]): Credentials {
  const json = parseBody(body);
  if (json === undefined) throw unexpectedResponse(`${service} returned a response that is not a JSON object`);
  const isPresent = (name: Member) => stringMember(json, name) !== undefined || (name === "Token" && json.Token === "");
  const missing = required.filter((name) => !isPresent(name));
  if (missing.length > 0) {
    throw (
      reportedError(json, service) ?? unexpectedResponse(`${service} returned a response without ${missing.join(", ")}`)
    );
  }
  const expirationText = stringMember(json, "Expiration");
  const expiration = expirationText === undefined ? undefined : parseTimestamp(expirationText);
  if (expirationText !== undefined && expiration === undefined) {
    throw unexpectedResponse(`${service} returned an Expiration that is not a timestamp`);
  }
  return {
    accessKeyId: stringMember(json, "AccessKeyId") ?? "",
    secretAccessKey: stringMember(json, "SecretAccessKey") ?? "",
    sessionToken: stringMember(json, "Token"),
    expiration,
    accountId: stringMember(json, "AccountId"),
  };
}

/**
 * The error document of a service: `Code` and `Message` from EC2, `code` and `message` from containers.
 *
 * @param json the parsed body of the response.
 * @returns undefined if the response is not an error document.
 */
export function reportedError(json: unknown, service: string, response?: HttpResponse): MetadataError | undefined {
  const members = new Map(Object.entries(asJsonObject(json) ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const code = members.get("code");
  const message = members.get("message");
  if (typeof code !== "string" || typeof message !== "string") return undefined;
  const text = `${service} returned ${code}: ${redactExcerpt(message, 300)}`;
  return new MetadataError("reported-error", text, undefined, response);
}

/** @returns undefined if the body is not a JSON object in UTF-8. */
export function parseBody(body: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function unexpectedResponse(message: string): MetadataError {
  return new MetadataError("unexpected-response", message);
}
