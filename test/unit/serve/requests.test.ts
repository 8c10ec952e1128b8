/** Which requests the servers accept, and how refused ones are logged. */
import { expect, test } from "bun:test";
import { isLoopbackHost } from "../../../src/serve/error_responses.ts";
import { refusalLine, refusalLog } from "../../../src/serve/refusal_log.ts";

test("the host of a request is a loopback address or localhost, with the server's port or none", () => {
  const rows: readonly [host: string, port: number | undefined, isAccepted: boolean][] = [
    ["127.0.0.1:9911", 9911, true],
    ["127.0.0.1", 9911, true],
    ["localhost:9911", 9911, true],
    ["LocalHost", 9911, true],
    ["[::1]:9911", 9911, true],
    ["[::1]", 9911, true],
    ["localhost", undefined, true],
    ["127.0.0.1", undefined, true],
    ["localhost:80", undefined, false],
    ["127.0.0.1:9912", 9911, false],
    ["127.0.0.1:09911", 9911, false],
    ["127.0.0.1:", 9911, false],
    ["localhost.", 9911, false],
    ["localhost.evil.example", 9911, false],
    ["evil-localhost", 9911, false],
    ["127.0.0.1.evil.example", 9911, false],
    ["127.1", 9911, false],
    ["0.0.0.0:9911", 9911, false],
    ["2130706433", 9911, false],
    ["::1", 9911, false],
    ["[::ffff:127.0.0.1]", 9911, false],
    ["user@localhost", 9911, false],
    [" localhost", 9911, false],
    ["localhost\n", 9911, false],
    ["", 9911, false],
  ];
  expect(rows.map(([host, port]) => [host, port, isLoopbackHost(host, port)])).toEqual(rows.map((row) => [...row]));
});

test("the line for a refused request has its method, path, status and reason, and nothing that could be a secret", () => {
  const token = "0123456789abcdef0123456789abcdef0";
  const rows: readonly [path: string, shown: string][] = [
    ["/", "/"],
    ["/latest/meta-data/iam/security-credentials-extended/", "/latest/meta-data/iam/security-credentials-extended/"],
    [`/${token}`, "/…"],
    [`/credentials/${token}`, "/credentials/…"],
    [`/credentials?token=${token}`, "/credentials?…"],
    [`http://${token}:x@host/`, "http://…/"],
    [`/${"a/".repeat(200)}`, `/${"a/".repeat(99)}a…`],
  ];
  const lines = rows.map(([path]) =>
    refusalLine({ request: { method: "GET", path }, status: 404, reason: "no such path" }),
  );
  expect(lines).toEqual(rows.map(([, shown]) => `refused GET ${shown} (HTTP 404): no such path`));
  expect(refusalLine({ request: undefined, status: 400, reason: "it is not HTTP" })).toBe(
    "refused a request (HTTP 400): it is not HTTP",
  );
});

test("the log of refused requests has at most 100 lines a minute, and says so", () => {
  const lines: string[] = [];
  let now = 0;
  const log = refusalLog(
    (line) => lines.push(line),
    () => new Date(now),
  );
  const refused = { request: { method: "GET", path: "/" }, status: 404, reason: "no such path" };
  for (let times = 0; times < 150; times++) log(refused);
  expect([lines.length, lines[99], lines[100]]).toEqual([
    101,
    "refused GET / (HTTP 404): no such path",
    "too many refused requests: further ones are not logged for up to a minute",
  ]);
  now = 60_000;
  log(refused);
  expect(lines.length).toBe(102);
  // The clock is set back.
  now = 0;
  log(refused);
  expect(lines.length).toBe(103);
});
