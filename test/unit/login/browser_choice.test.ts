/** When a sign-in opens the browser. */
import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserInputs, chooseBrowser, findPlace, isElsewhere } from "../../../src/login/browser_choice.ts";
import { systemError, testEffects } from "../../support/test_effects.ts";

const bin = mkdtempSync(join(tmpdir(), "rolecall-openers-"));
afterAll(() => rmSync(bin, { recursive: true }));
for (const name of ["xdg-open", "wslview", "open", "my-browser"]) {
  writeFileSync(join(bin, name), "#!/bin/sh\n");
  chmodSync(join(bin, name), 0o755);
}

const choose = ({ environment = {}, ...inputs }: Partial<BrowserInputs>) =>
  chooseBrowser({
    platform: "linux",
    place: "here",
    hasTerminal: true,
    isForbidden: false,
    environment: { PATH: bin, ...environment },
    ...inputs,
  });

describe("chooseBrowser", () => {
  const display = { DISPLAY: ":0" };
  const rows: readonly [what: string, inputs: Partial<BrowserInputs>, opener: string | undefined, reason?: string][] = [
    ["a desktop", { environment: display }, "xdg-open"],
    ["a Wayland desktop", { environment: { WAYLAND_DISPLAY: "wayland-0" } }, "xdg-open"],
    ["macOS", { platform: "darwin" }, "open"],
    ["--no-browser", { environment: display, isForbidden: true }, undefined, "--no-browser was given"],
    ["no terminal", { environment: display, hasTerminal: false }, undefined, "there is no terminal"],
    [
      "no terminal, but BROWSER",
      { environment: { BROWSER: "my-browser" }, hasTerminal: false },
      undefined,
      "there is no terminal",
    ],
    ["SSH", { place: "ssh" }, undefined, "this is an SSH session"],
    ["SSH with a forwarded display", { place: "ssh", environment: display }, undefined, "this is an SSH session"],
    ["SSH with BROWSER, as VS Code sets it", { place: "ssh", environment: { BROWSER: "my-browser" } }, "my-browser"],
    ["no display", {}, undefined, "there is no display"],
    ["a container", { place: "container" }, undefined, "this is a container without a display"],
    ["a container with a display", { place: "container", environment: display }, "xdg-open"],
    ["WSL", { place: "wsl" }, "wslview"],
    [
      "no opener",
      { environment: { ...display, PATH: "/nonexistent" } },
      undefined,
      "no program found that opens a browser (set BROWSER)",
    ],
  ];
  for (const [what, inputs, opener, reason] of rows) {
    test(what, () => {
      const choice = choose(inputs);
      expect(choice.argv).toEqual(opener === undefined ? undefined : [join(bin, opener), "%s"]);
      expect(choice.reason).toBe(reason);
    });
  }
});

test("the browser may be on another machine unless it was opened here", () => {
  expect(isElsewhere(choose({ environment: { DISPLAY: ":0" } }))).toBe(false);
  expect(isElsewhere(choose({}))).toBe(true);
  expect(isElsewhere(choose({ place: "wsl" }))).toBe(true);
});

describe("findPlace", () => {
  const kernel = { "/proc/sys/kernel/osrelease": "5.15.153.1-microsoft-standard-WSL2\n" };
  const rows: readonly [
    what: string,
    environment: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string | Error>>,
    place: ReturnType<typeof findPlace>,
  ][] = [
    ["a machine", {}, { "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n" }, "here"],
    ["SSH", { SSH_CONNECTION: "1.2.3.4 5 6.7.8.9 22" }, {}, "ssh"],
    ["SSH into a container", { SSH_TTY: "/dev/pts/0" }, { "/.dockerenv": "" }, "ssh"],
    ["Docker", {}, { "/.dockerenv": "" }, "container"],
    ["Podman", {}, { "/run/.containerenv": "" }, "container"],
    ["systemd-nspawn", { container: "systemd-nspawn" }, {}, "container"],
    ["Kubernetes", { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, {}, "container"],
    ["Docker in WSL", {}, { ...kernel, "/.dockerenv": "" }, "container"],
    ["WSL by its kernel", {}, kernel, "wsl"],
    ["WSL by its variable", { WSL_DISTRO_NAME: "Debian" }, {}, "wsl"],
    ["a file that cannot be read", {}, { "/proc/sys/kernel/osrelease": systemError("EACCES") }, "here"],
  ];
  for (const [what, environment, files, place] of rows) {
    test(what, () => expect(findPlace(testEffects({ environment, files }))).toBe(place));
  }
});
