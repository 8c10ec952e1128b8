/** Puts a load on `rolecall serve`. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import type { Program } from "./measure.ts";

/**
 * Sends requests over several connections, each of which sends its next request as soon as it has the response.
 *
 * @param server the command line of `serve`.
 * @returns the result as a line.
 */
export async function loadServer(
  { argv, environment }: Program,
  connections: number,
  seconds: number,
): Promise<string> {
  const server = Bun.spawn([...argv], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const { value } = await server.stdout.getReader().read();
  const variables = new TextDecoder().decode(value);
  const url = /http:\S+/.exec(variables)?.[0] ?? "";
  const authorization = /TOKEN=(\S+)/.exec(variables)?.[1] ?? "";
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const timeRequest = () =>
    new Promise<number>((resolve, reject) => {
      const started = performance.now();
      request(url, { agent, headers: { authorization } }, (response) => {
        response.resume();
        response.once("end", () =>
          response.statusCode === 200
            ? resolve(performance.now() - started)
            : reject(new Error(`HTTP ${response.statusCode}`)),
        );
      })
        .once("error", reject)
        .end();
    });
  const ms: number[] = [];
  const end = performance.now() + seconds * 1000;
  const connection = async () => {
    while (performance.now() < end) ms.push(await timeRequest());
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const memory = /^Anonymous:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/smaps_rollup`, "utf8"))?.[1];
  server.kill();
  await server.exited;
  ms.sort((a, b) => a - b);
  const percentile = (part: number) => (ms[Math.floor(ms.length * part)] ?? 0).toFixed(1);
  return `serve, ${connections} connections: ${Math.round(ms.length / seconds)} requests per second, median ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, ${(Number(memory) / 1024).toFixed(0)} MiB of private memory`;
}
