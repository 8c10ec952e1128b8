/** The HTTP client of the current runtime. */
import type { HttpClient } from "../../domain/http.ts";

/** The client, loaded at the first request. Bun's does not open tunnels through a proxy; the portable one does. */
export function currentHttpClient(): HttpClient {
  let bun: Promise<HttpClient> | undefined;
  const loadBun = () => {
    bun ??= import("./bun_client.ts").then(({ bunHttpClient }) => bunHttpClient());
    return bun;
  };
  const isBun = process.versions.bun !== undefined;
  return {
    async request(request, limits) {
      const client =
        isBun && request.proxy === undefined
          ? await loadBun()
          : (await import("../../http/request.ts")).portableHttpClient;
      return await client.request(request, limits);
    },
    async open(target, onOpened) {
      if (isBun) await (await loadBun()).open(target, onOpened);
    },
  };
}
