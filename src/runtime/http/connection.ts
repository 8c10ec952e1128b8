/** A connection to an HTTP server over Bun's sockets, which load faster than node:http and keep connections open. */
import type { HttpRequest } from "../../domain/http.ts";
import { HttpError, toHttpError } from "../../http/error.ts";
import type { ParsedResponse, ResponseParser } from "../../http/message.ts";
import { trust } from "../../http/trust.ts";

/** Where a connection leads, and what it trusts. */
export interface Target extends Pick<HttpRequest, "url" | "ca"> {
  /** PEM certificates to trust, if `ca` is undefined. Undefined for all that the runtime contains. */
  readonly roots?: readonly string[] | undefined;
}

export interface Exchange {
  readonly response: ParsedResponse;
  /** Milliseconds from the request to the response headers. */
  readonly exchangeMs: number;
}

export interface Connection {
  /** Settles when the host has accepted the TCP connection. Never fails: `opened` does. */
  readonly accepted: Promise<void>;
  /**
   * Settles when a request can be sent: over TLS, after the handshake.
   *
   * @throws HttpError
   */
  readonly opened: Promise<void>;
  /** Whether it can be used: false once it has failed, or the server has closed it. */
  readonly isOpen: () => boolean;
  /** Whether any byte has arrived since the request was sent. */
  readonly hasResponded: () => boolean;
  /**
   * Sends a request when the connection is open, and waits for its response. One at a time.
   *
   * @throws HttpError
   */
  send(request: Uint8Array, parser: ResponseParser): Promise<Exchange>;
  close(): void;
}

/** Starts to connect. TLS connections trust the certificates of `trust.ts` alone. */
export function connect({ url, ca, roots }: Target): Connection {
  const { protocol, hostname, port } = new URL(url);
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const accepted = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  // Nobody waits for a connection that was opened in advance.
  opened.promise.catch(() => {});
  let socket: Bun.Socket<undefined> | undefined;
  let isOpen = true;
  let unsent: Uint8Array = new Uint8Array();
  let hasResponded = false;
  let exchange: { readonly parser: ResponseParser; readonly done: PromiseWithResolvers<Exchange> } | undefined;
  let sentAt = 0;
  let exchangeMs = 0;

  const end = (error: HttpError) => {
    isOpen = false;
    accepted.resolve();
    opened.reject(error);
    exchange?.done.reject(error);
    exchange = undefined;
    socket?.terminate();
  };
  const write = () => {
    if (socket === undefined || unsent.length === 0) return;
    unsent = unsent.subarray(Math.max(0, socket.write(unsent)));
  };
  const finish = (response: ParsedResponse) => {
    const done = exchange?.done;
    exchange = undefined;
    if (!response.isReusable || unsent.length > 0) {
      isOpen = false;
      socket?.end();
    }
    // An idle connection does not keep the process alive.
    socket?.unref();
    done?.resolve({ response, exchangeMs });
  };
  const receive = (parse: (parser: ResponseParser) => ParsedResponse | undefined) => {
    if (exchange === undefined) return end(closed());
    try {
      const response = parse(exchange.parser);
      if (exchangeMs === 0 && exchange.parser.hasHead) exchangeMs = performance.now() - sentAt;
      if (response !== undefined) finish(response);
    } catch (error) {
      end(toHttpError(error));
    }
  };

  Bun.connect<undefined>({
    hostname: host,
    port: port === "" ? (isTls ? 443 : 80) : Number(port),
    ...(isTls ? { tls: { ...trust(ca ?? roots), serverName: host } } : {}),
    socket: {
      open(opening) {
        socket = opening;
        if (!isOpen) return void opening.terminate();
        accepted.resolve();
        if (!isTls) opened.resolve();
      },
      handshake(_, isVerified, error) {
        if (isVerified) opened.resolve();
        else end(toHttpError(error ?? closed()));
      },
      data(_, bytes) {
        hasResponded = true;
        receive((parser) => parser.push(bytes));
      },
      drain: write,
      error: (_, error) => end(toHttpError(error)),
      close(_, error) {
        isOpen = false;
        receive((parser) => parser.end({ isReset: error !== undefined }));
      },
    },
  }).catch((error: unknown) => end(toHttpError(error)));

  return {
    accepted: accepted.promise,
    opened: opened.promise,
    isOpen: () => isOpen,
    hasResponded: () => hasResponded,
    async send(request, parser) {
      hasResponded = false;
      exchangeMs = 0;
      const done = Promise.withResolvers<Exchange>();
      // If the connection cannot be opened, `opened` has the error, too.
      done.promise.catch(() => {});
      exchange = { parser, done };
      await opened.promise;
      socket?.ref();
      sentAt = performance.now();
      unsent = request;
      write();
      return await done.promise;
    },
    close: () => end(closed()),
  };
}

function closed(): HttpError {
  return new HttpError("reset", "the connection was closed without a response");
}
