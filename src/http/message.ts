/** The bytes of HTTP/1.1 messages (RFC 9112): writes a request, and parses a response as its bytes arrive. */
import type { HttpRequest } from "../domain/http.ts";
import { HttpError } from "./error.ts";

/** As in Node.js, the maximum size of the status line and the headers. */
const MAX_HEAD_BYTES = 16 * 1024;

/** The maximum number of responses such as `100 Continue` before the final one. */
const MAX_INTERIM_RESPONSES = 10;

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

/**
 * The bytes of a request that asks the server to keep the connection open.
 *
 * @throws HttpError `protocol` if the method or a header contains a character that would change the meaning of the rest.
 */
export function requestBytes({ method, url, headers = {}, body }: HttpRequest): Uint8Array {
  const { host, pathname, search } = new URL(url);
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const added: Record<string, string> = {
    ...(names.has("host") ? {} : { host }),
    // Without a content-length the body would be chunked, which not every metadata service supports.
    ...(names.has("content-length") || (body === undefined && method !== "PUT")
      ? {}
      : { "content-length": String(Buffer.byteLength(body ?? "")) }),
  };
  const lines = Object.entries({ ...added, ...headers }).map(([name, value]) => headerLine(name, value));
  if (!TOKEN.test(method)) throw new HttpError("protocol", `invalid method ${JSON.stringify(method)}`);
  const head = `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const content = typeof body === "string" ? Buffer.from(body) : body;
  return content === undefined ? Buffer.from(head, "latin1") : Buffer.concat([Buffer.from(head, "latin1"), content]);
}

function headerLine(name: string, value: string): string {
  if (!TOKEN.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new HttpError("protocol", `the header ${JSON.stringify(name)} contains an invalid character`);
  }
  return `${name}: ${value}\r\n`;
}

export interface ParsedResponse {
  readonly status: number;
  /** The names are in lower case; the values of headers with the same name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Whether the connection can be used for another request. */
  readonly isReusable: boolean;
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isPersistent: boolean;
  readonly framing: "none" | "chunked" | "close" | { readonly length: number };
}

/** Parses one response. */
export class ResponseParser {
  readonly #method: string;
  readonly #maxBytes: number;
  /** What has not been parsed yet. */
  #rest: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #interimResponses = 0;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  /** Of a chunked body: the bytes that the current chunk lacks; undefined between chunks. */
  #chunkBytes: number | undefined;
  #isInTrailer = false;
  #trailerBytes = 0;

  /**
   * @param method of the request.
   * @param maxBytes the maximum size of the body.
   */
  constructor(method: string, maxBytes: number) {
    this.#method = method;
    this.#maxBytes = maxBytes;
  }

  /** Whether the headers are complete. */
  get hasHead(): boolean {
    return this.#head !== undefined;
  }

  /**
   * Parses further bytes.
   *
   * @returns the response, if it is complete.
   * @throws HttpError `protocol` or `too-large`.
   */
  push(bytes: Uint8Array): ParsedResponse | undefined {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    this.#head ??= this.#parseHead();
    if (this.#head === undefined) return undefined;
    switch (this.#head.framing) {
      case "none":
        return this.#complete(this.#head);
      case "close":
        this.#takeBody(this.#rest.length);
        return undefined;
      case "chunked":
        return this.#parseChunks() ? this.#complete(this.#head) : undefined;
      default: {
        const { length } = this.#head.framing;
        if (length > this.#maxBytes) throw this.#tooLarge();
        this.#takeBody(Math.min(this.#rest.length, length - this.#bodyBytes));
        return this.#bodyBytes === length ? this.#complete(this.#head) : undefined;
      }
    }
  }

  /**
   * The server has closed the connection.
   *
   * @param isReset whether it was closed by an error, such as a reset. Bytes may be missing then.
   * @returns the response, if the end of the connection is the end of its body.
   * @throws HttpError `reset`.
   */
  end({ isReset }: { readonly isReset: boolean }): ParsedResponse {
    if (this.#head?.framing === "close" && !isReset) return this.#complete(this.#head);
    const what = this.#head === undefined ? "without a response" : "in the middle of the response";
    throw new HttpError("reset", `the connection was closed ${what}`);
  }

  #complete({ status, headers, isPersistent, framing }: Head): ParsedResponse {
    const isReusable =
      isPersistent && framing !== "close" && this.#rest.length === 0 && !(framing === "none" && mayHaveBody(headers));
    return { status, headers, body: Buffer.concat(this.#body), isReusable };
  }

  #parseHead(): Head | undefined {
    for (;;) {
      // A response begins with `HTTP/`. Anything else is rejected at once, without waiting for an end of its headers.
      const start = this.#rest.subarray(0, 5).toString("latin1");
      if (!"HTTP/".startsWith(start)) throw new HttpError("protocol", "the response is not HTTP");
      const end = headEnd(this.#rest);
      if ((end ?? this.#rest.length) > MAX_HEAD_BYTES) {
        throw new HttpError("protocol", `the response headers are larger than ${MAX_HEAD_BYTES} bytes`);
      }
      if (end === undefined) return undefined;
      const head = parseHead(this.#rest.toString("latin1", 0, end), this.#method);
      this.#rest = this.#rest.subarray(end);
      if (head.status >= 200) return head;
      if (head.status === 101 || ++this.#interimResponses > MAX_INTERIM_RESPONSES) {
        throw new HttpError("protocol", `unexpected response with status ${head.status}`);
      }
    }
  }

  #takeBody(size: number): void {
    if (this.#bodyBytes + size > this.#maxBytes) throw this.#tooLarge();
    this.#bodyBytes += size;
    if (size > 0) this.#body.push(this.#rest.subarray(0, size));
    this.#rest = this.#rest.subarray(size);
  }

  #tooLarge(): HttpError {
    return new HttpError("too-large", `the response is larger than ${this.#maxBytes} bytes`);
  }

  /** Returns whether the last chunk and the trailer are complete. */
  #parseChunks(): boolean {
    for (;;) {
      if (this.#chunkBytes !== undefined && this.#chunkBytes > 0) {
        const size = Math.min(this.#chunkBytes, this.#rest.length);
        this.#takeBody(size);
        this.#chunkBytes -= size;
        if (this.#chunkBytes > 0) return false;
      }
      const line = this.#takeLine();
      if (line === undefined) return false;
      if (this.#isInTrailer) {
        this.#trailerBytes += line.length;
        if (this.#trailerBytes > MAX_HEAD_BYTES) throw invalidChunk();
        if (line === "") return true;
      } else if (this.#chunkBytes === 0) {
        // The end of a chunk's data.
        if (line !== "") throw invalidChunk();
        this.#chunkBytes = undefined;
      } else {
        const size = /^0*([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line)?.[1];
        if (size === undefined) throw invalidChunk();
        this.#chunkBytes = Number.parseInt(size, 16);
        if (this.#bodyBytes + this.#chunkBytes > this.#maxBytes) throw this.#tooLarge();
        if (this.#chunkBytes === 0) this.#isInTrailer = true;
      }
    }
  }

  #takeLine(): string | undefined {
    const end = this.#rest.indexOf("\n");
    if (end < 0) {
      if (this.#rest.length > MAX_HEAD_BYTES) throw invalidChunk();
      return undefined;
    }
    const line = this.#rest.toString("latin1", 0, end).replace(/\r$/, "");
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }
}

function invalidChunk(): HttpError {
  return new HttpError("protocol", "the chunks of the response are invalid");
}

/** The offset after the empty line that ends the headers. A line may end with LF alone (RFC 9112, section 2.2). */
function headEnd(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf("\n"); at >= 0; at = bytes.indexOf("\n", at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return undefined;
}

/** @throws HttpError `protocol`. */
function parseHead(text: string, method: string): Head {
  const [statusLine = "", ...lines] = text.trimEnd().split(/\r?\n/);
  const [, minor, code] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(statusLine) ?? [];
  if (code === undefined) throw new HttpError("protocol", "the response is not HTTP");
  const status = Number(code);
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    const key = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!TOKEN.test(key) || /[\0\r]/.test(value)) {
      throw new HttpError("protocol", "the response has an invalid header");
    }
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const connection = (headers.connection ?? "").toLowerCase().split(/[ \t]*,[ \t]*/);
  const isPersistent = minor === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status, headers: { ...headers }, isPersistent, framing: framingOf(status, method, headers) };
}

/** Whether a server may send a body where none is allowed. It would be read as the start of the next response. */
function mayHaveBody(headers: Head["headers"]): boolean {
  return (headers["content-length"] ?? "0") !== "0" || headers["transfer-encoding"] !== undefined;
}

/** How the end of the body is found (RFC 9112, section 6.3). */
function framingOf(status: number, method: string, headers: Readonly<Record<string, string>>): Head["framing"] {
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) return "none";
  const coding = headers["transfer-encoding"];
  if (coding !== undefined) {
    // A coding such as gzip is not requested. With both headers, the message may be an attack (section 6.1).
    if (coding.toLowerCase() !== "chunked" || headers["content-length"] !== undefined) {
      throw new HttpError("protocol", "the response has an unsupported transfer encoding");
    }
    return "chunked";
  }
  const length = headers["content-length"];
  if (length === undefined) return "close";
  const [first = "", ...others] = length.split(/[ \t]*,[ \t]*/);
  if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) {
    throw new HttpError("protocol", "the response has an invalid content-length");
  }
  return { length: Number(first) };
}
