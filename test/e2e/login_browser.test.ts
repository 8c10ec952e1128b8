/** `login` in a real browser, which a hostile page shares. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { type LoopbackServer, serve } from "../cloud/server.ts";
import { type Browser, HAS_CHROMIUM, makeBrowser, type Page } from "../support/chromium.ts";
import { HAS_PTY } from "../support/machine.ts";
import { makeSignInHome, type SignInHome } from "../support/sign_in_home.ts";
import { SUBJECT_ARGV } from "../support/subject.ts";
import { runAtTerminal } from "../support/terminal.ts";

/** Where to write screenshots; they are only written if the variable is set. */
const SCREENSHOTS = process.env.ROLECALL_SCREENSHOTS;

let cloud: Cloud;
let home: SignInHome;
let browser: Browser;
let hostile: LoopbackServer | undefined;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeSignInHome(cloud);
  browser = makeBrowser(home, ["rebound.example"]);
});
afterEach(async () => {
  await browser.stop();
  await hostile?.stop();
  hostile = undefined;
  home.remove();
  await cloud.stop();
});

const signIn = (...args: readonly string[]) =>
  runAtTerminal([...SUBJECT_ARGV, "login", ...args], {
    env: home.environment({ BROWSER: browser.command }),
    cwd: home.path,
    streams: "stderr",
  });

async function take(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot(join(SCREENSHOTS, `${name}.png`));
}

/** The heading of the page that the callback server sends. */
const heading = (text: string) => `document.querySelector("h1")?.textContent === ${JSON.stringify(text)}`;

describe.skipIf(!HAS_CHROMIUM || !HAS_PTY)("a real browser (needs chromium)", () => {
  test("signs in to IAM Identity Center", async () => {
    const run = signIn("-p", "dev");
    const page = await browser.firstPage();
    await page.waitFor('document.querySelector("#allow") !== null');
    await take(page, "authorize");
    await page.evaluate('document.querySelector("#allow").click()');
    await page.waitFor(heading("Signed in"));
    await take(page, "signed-in");
    expect(await page.evaluate("document.body.innerText")).toContain(
      'rolecall is signed in to the sso-session "corp" (https://d-1234567890.awsapps.com/start).',
    );
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe("rgb(11, 107, 50)");
    expect(await page.evaluate("document.scripts.length + document.images.length")).toBe(0);
    // Neither the page nor its style violates its own policy.
    expect(page.reports).toEqual([]);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toStartWith("signed in to");
  });

  test("shows that the access was denied", async () => {
    const run = signIn("-p", "dev");
    const page = await browser.firstPage();
    await page.waitFor('document.querySelector("#deny") !== null');
    await page.evaluate('document.querySelector("#deny").click()');
    await page.waitFor(heading("Not signed in"));
    await take(page, "denied");
    expect((await run.ended).exitCode).toBe(1);
  });

  test("signs in for console credentials", async () => {
    const run = signIn("-p", "console");
    const page = await browser.firstPage();
    await page.waitFor('document.querySelector("#allow") !== null');
    await page.evaluate('document.querySelector("#allow").click()');
    await page.waitFor(heading("Signed in"));
    await take(page, "console");
    expect(await page.evaluate("document.body.innerText")).toContain(
      "You are signed in as arn:aws:iam::123456789012:user/person.",
    );
    expect((await run.ended).exitCode).toBe(0);
  });

  test("confirms a device code", async () => {
    const run = signIn("-p", "dev", "--use-device-code");
    const page = await browser.firstPage();
    await page.waitFor('document.querySelector("#allow") !== null');
    await page.evaluate('document.querySelector("#allow").click()');
    expect((await run.ended).exitCode).toBe(0);
  });

  test("with a session there comes back before anything is clicked", async () => {
    cloud.signIn.oidc.warmPerson = "person";
    const run = signIn("-p", "dev");
    const page = await browser.firstPage();
    await page.waitFor(heading("Signed in"));
    expect((await run.ended).exitCode).toBe(0);
  });

  test("with a hostile page signs in the person, and nobody else", async () => {
    const run = signIn("-p", "dev");
    const page = await browser.firstPage();
    await page.waitFor('document.querySelector("#allow") !== null');
    const url = /^ {2}(http\S+)\r?$/m.exec(run.written())?.[1] ?? "";
    const port = new URL(new URL(url).searchParams.get("redirect_uri") ?? "").port;
    // The worst case: the page knows the port, the client and the challenge, and has a code of another person for them.
    const attack = new URL(url);
    attack.searchParams.set("state", "00000000-0000-4000-8000-000000000000");
    const stolen = new URL(cloud.signIn.oidc.decide(attack.href, "allow", "attacker"));
    hostile = await serve(() => ({
      headers: { "content-type": "text/html" },
      body: hostilePage(port, stolen.search),
    }));
    const other = await browser.newPage(`${hostile.url.replace("127.0.0.1", "localhost")}/`);
    await other.waitFor("window.isDone === true");
    expect(await other.evaluate("window.sent")).toBe(ATTEMPTS);
    await take(other, "hostile");
    // The hostile page has neither signed in nor ended the sign-in.
    expect(home.token("corp")).toBeUndefined();
    expect(cloud.signIn.requests.some(({ target }) => target === "/token")).toBe(false);
    const probe = await browser.newPage(`http://127.0.0.1:${port}/oauth/callback${stolen.search}`);
    await probe.waitFor(heading("Nothing happened"));
    await take(probe, "nothing-happened");
    await page.evaluate('document.querySelector("#allow").click()');
    await page.waitFor(heading("Signed in"));
    const { exitCode } = await run.ended;
    expect(exitCode).toBe(0);
    expect(cloud.signIn.oidc.people.get(String(home.token("corp")?.accessToken))).toBe("person");
  });
});

/** Requests of the hostile page: 100 rounds of six kinds. */
const ATTEMPTS = 600;

/** A page that tries the port in every way that a browser allows, as fast as it can, and keeps connections open. */
function hostilePage(port: string, stolenQuery: string): string {
  return `<!doctype html><h1>Hostile</h1><script>
window.sent = 0;
const guess = () => crypto.randomUUID();
const base = "http://127.0.0.1:${port}/oauth/callback";
const rebound = "http://rebound.example:${port}/oauth/callback";
const settle = (promise) => promise.catch(() => {}).then(() => { window.sent++; });
const image = (src) => new Promise((resolve) => {
  const element = new Image();
  element.onload = element.onerror = resolve;
  element.src = src;
});
const frame = (src) => new Promise((resolve) => {
  const element = document.createElement("iframe");
  element.onload = element.onerror = () => { element.remove(); resolve(); };
  element.src = src;
  document.body.append(element);
});
const socket = (src) => new Promise((resolve) => {
  const opened = new WebSocket(src);
  opened.onopen = opened.onerror = opened.onclose = resolve;
});
(async () => {
  for (let round = 0; round < 100; round++) {
    await Promise.all([
      settle(fetch(base + ${JSON.stringify(stolenQuery)}, { mode: "no-cors" })),
      settle(fetch(base + "?error=access_denied&state=" + guess(), { mode: "no-cors", method: "POST", body: "x".repeat(5000) })),
      settle(image(base + "?code=x&state=" + guess())),
      settle(fetch(rebound + ${JSON.stringify(stolenQuery)}, { mode: "no-cors" })),
      settle(round % 10 === 0 ? frame(base + "?error=server_error") : fetch(base + "/", { mode: "no-cors" })),
      settle(round % 10 === 0 ? socket("ws://127.0.0.1:${port}/oauth/callback") : fetch(base, { mode: "no-cors" })),
    ]);
  }
  window.isDone = true;
})();
</script>`;
}
