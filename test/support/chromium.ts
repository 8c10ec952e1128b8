/** A real browser: headless Chromium, driven through the Chrome DevTools Protocol. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isInstalled } from "./machine.ts";
import type { TestHome } from "./subject.ts";
import { waitUntil } from "./wait_until.ts";

/** Debian's package `chromium`. */
export const HAS_CHROMIUM = isInstalled("chromium");

export interface Browser {
  /** The value of `BROWSER` that starts it. */
  readonly command: string;
  /** Waits until it has started, and returns its first page. */
  firstPage(): Promise<Page>;
  newPage(url: string): Promise<Page>;
  stop(): Promise<void>;
}

export interface Page {
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true in the page, which may load other documents meanwhile. */
  waitFor(expression: string): Promise<void>;
  /** Writes a PNG. */
  screenshot(path: string): Promise<void>;
  /** What the browser has reported: errors of scripts, and violations of the page's policy. */
  readonly reports: readonly string[];
}

/** @param hosts names that lead to 127.0.0.1. */
export function makeBrowser(home: TestHome, hosts: readonly string[] = []): Browser {
  const profile = join(home.path, "chromium");
  const pidFile = join(home.path, "chromium.pid");
  const flags = [
    ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    ...["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server"],
    ...["--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1000,700"],
    `--user-data-dir='${profile}'`,
    `--host-resolver-rules='${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(",")}'`,
  ];
  const command = home.write(
    "browser",
    `#!/bin/sh\necho $$ >'${pidFile}'\nexec chromium ${flags.join(" ")} "$1" >'${join(home.path, "chromium.log")}' 2>&1\n`,
    0o755,
  );
  const portFile = join(profile, "DevToolsActivePort");
  const port = async (): Promise<string> => {
    await waitUntil(() => existsSync(portFile) && readFileSync(portFile, "utf8").includes("\n"));
    return readFileSync(portFile, "utf8").split("\n")[0] ?? "";
  };
  const open: WebSocket[] = [];
  const attach = async (url: string): Promise<Page> => {
    const page = await connectPage(url);
    open.push(page.socket);
    return page;
  };
  return {
    command,
    async firstPage() {
      const devTools = `http://127.0.0.1:${await port()}/json`;
      for (;;) {
        const targets = (await (await fetch(devTools)).json()) as { type: string; webSocketDebuggerUrl: string }[];
        const target = targets.find(({ type }) => type === "page");
        if (target !== undefined) return await attach(target.webSocketDebuggerUrl);
      }
    },
    async newPage(url) {
      const created = await fetch(`http://127.0.0.1:${await port()}/json/new?${encodeURIComponent(url)}`, {
        method: "PUT",
      });
      return await attach(((await created.json()) as { webSocketDebuggerUrl: string }).webSocketDebuggerUrl);
    },
    async stop() {
      for (const socket of open) socket.close();
      if (!existsSync(pidFile)) return;
      const pid = Number(readFileSync(pidFile, "utf8"));
      try {
        process.kill(pid, "SIGTERM");
        await waitUntil(() => !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")));
      } catch {
        // It has ended.
      }
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly entry?: { readonly text: string };
    readonly exceptionDetails?: { readonly text: string };
  };
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly data?: string };
}

async function connectPage(url: string): Promise<Page & { readonly socket: WebSocket }> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (result: NonNullable<Message["result"]>) => void>();
  const reports: string[] = [];
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  socket.addEventListener("message", ({ data }) => {
    const { id, method, params, result }: Message = JSON.parse(String(data));
    if (id !== undefined) waiting.get(id)?.(result ?? {});
    if (method === "Log.entryAdded" && params?.entry !== undefined) reports.push(params.entry.text);
    if (method === "Runtime.exceptionThrown") reports.push(params?.exceptionDetails?.text ?? "");
  });
  let last = 0;
  const call = (method: string, params: object = {}) =>
    new Promise<NonNullable<Message["result"]>>((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call("Log.enable");
  await call("Runtime.enable");
  const evaluate = async (expression: string) =>
    (await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })).result?.value;
  return {
    socket,
    reports,
    evaluate,
    waitFor: (expression) => waitUntil(async () => (await evaluate(expression)) === true),
    async screenshot(path) {
      const { data = "" } = await call("Page.captureScreenshot", { format: "png" });
      writeFileSync(path, Buffer.from(data, "base64"));
    },
  };
}
