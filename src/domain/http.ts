/** HTTP requests as an effect: what is sent, within which limits, and what comes back. */

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Undefined for a direct connection, even if the environment names a proxy. */
  readonly proxy?: URL | undefined;
  /** PEM certificates to trust instead of the built-in ones. */
  readonly ca?: string | undefined;
}

export interface HttpLimits {
  /** Milliseconds until the host has accepted the connection. */
  readonly connectMs: number;
  /** Milliseconds from then until the response is complete, however slowly its bytes arrive. */
  readonly responseMs: number;
  /** Milliseconds for both together. */
  readonly totalMs: number;
  /** Bytes of the response body. */
  readonly maxBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** The names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds from the connection (after the TLS handshake, if any) to the response headers: about a round trip. */
  readonly exchangeMs: number;
}

/** A client that does not follow redirects, does not decompress, and uses a proxy only if the request names it. */
export interface HttpClient {
  /**
   * Sends a request, over a connection that is still open if there is one.
   *
   * @throws HttpError
   */
  request(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse>;
  /**
   * Starts to open a connection for a later request. If it fails, the later request opens its own. Does nothing in a
   * runtime whose client opens a connection for each request.
   *
   * @param onOpened called when it is open.
   * @returns a promise that is settled when the first packet has most likely been sent, after a few milliseconds at most.
   */
  open(target: Pick<HttpRequest, "url" | "ca">, onOpened: () => void): Promise<void>;
}
