/**
 * Measures rolecall as whole processes, beside other programs that run in turn with it: a compiled program that only
 * replaces itself (the floor), an empty one, and a program over the AWS SDK for Go. Prints each result with its bar.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Comparison, comparisons, type Measured, type Setting } from "./benchmarking/bars.ts";
import { loadServer } from "./benchmarking/load.ts";
import { type Cost, type Meter, type Program, startMeter } from "./benchmarking/measure.ts";
import { compileGoProgram, compileProgram, makeCertificate, makeHome } from "./benchmarking/programs.ts";
import type { ServicePorts } from "./benchmarking/services.ts";

const ROLECALL = fileURLToPath(new URL("../dist/rolecall", import.meta.url));
const SERVICES = fileURLToPath(new URL("benchmarking/services.ts", import.meta.url));

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean" }, only: { type: "string" } },
  allowPositionals: true,
});
const runs = Number(positionals[0] ?? 12);
const folder = mkdtempSync(join(tmpdir(), "rolecall-bench-"));
try {
  process.exitCode = await bench();
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns the exit code: 1 with `--check` if a bar is missed. */
async function bench(): Promise<number> {
  const certificate = makeCertificate(folder);
  if (certificate === undefined) throw new Error("openssl is needed to simulate STS");
  const services = Bun.spawn([process.execPath, SERVICES, certificate.certificate, certificate.key], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const meter = startMeter();
  try {
    const { value } = await services.stdout.getReader().read();
    const ports: ServicePorts = JSON.parse(new TextDecoder().decode(value));
    const setting = prepare(ports, certificate.certificate);
    console.log(`dist/rolecall: ${(statSync(ROLECALL).size / 1e6).toFixed(1)} MB; medians of ${runs} runs, in turn`);
    if (setting.go === undefined) console.log("without Go or its modules, nothing is measured beside Go");
    const missed = await compareAll(setting, meter);
    if (values.only === undefined) await measureOthers(setting, meter);
    return values.check === true && missed > 0 ? 1 : 0;
  } finally {
    meter.stop();
    services.stdin.end();
    await services.exited;
  }
}

function prepare(ports: ServicePorts, caBundle: string): Setting {
  const url = (port: number) => `http://127.0.0.1:${port}`;
  const noMetadata = { AWS_EC2_METADATA_DISABLED: "true" };
  const remoteSts = { AWS_ENDPOINT_URL_STS: `https://localhost:${ports.remoteSts}`, AWS_CA_BUNDLE: caBundle };
  return {
    rolecall: ROLECALL,
    empty: compileProgram("empty", folder),
    execOnly: process.platform === "linux" ? compileProgram("exec_only", folder) : undefined,
    go: compileGoProgram(folder),
    homes: {
      few: makeHome(folder, "few", "few"),
      many: makeHome(folder, "many", "many"),
      goFew: makeHome(folder, "go-few", "few"),
      goMany: makeHome(folder, "go-many", "many"),
    },
    near: { ...noMetadata, AWS_ENDPOINT_URL_STS: url(ports.sts) },
    remote: { ...noMetadata, ...remoteSts },
    remoteEc2: { ...remoteSts, AWS_EC2_METADATA_SERVICE_ENDPOINT: url(ports.metadata) },
    silent: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url(ports.silent) },
  };
}

/** Prints a line for each comparison. @returns the number of bars that are missed. */
async function compareAll(setting: Setting, meter: Meter): Promise<number> {
  const wanted = new RegExp(values.only ?? "", "i");
  console.log(`\n${line("", "bar", "measured", "", "wall ms", "cpu ms", "page faults", "peak MiB")}`);
  let missed = 0;
  for (const comparison of comparisons(setting)) {
    if (!wanted.test(comparison.what)) continue;
    const measured = await comparison.measure(meter, runs);
    if (measured !== undefined && measured.value > comparison.bar) missed++;
    console.log(resultLine(comparison, measured));
  }
  console.log(`${missed === 0 ? "no bar is missed" : `${missed} ${missed === 1 ? "bar is" : "bars are"} missed`}`);
  return missed;
}

function resultLine({ what, bar, unit }: Comparison, measured: Measured | undefined): string {
  const amount = (value: number) => (unit === "×" ? value.toFixed(2) : `${value.toFixed(0)} ${unit}`);
  if (measured === undefined) return line(what, amount(bar), "", "skipped");
  const { value, cost, beside } = measured;
  const both = (of: (cost: Cost) => number, digits: number) =>
    [cost, ...(beside === undefined ? [] : [beside])].map((one) => of(one).toFixed(digits)).join(" / ");
  return line(
    what,
    amount(bar),
    amount(value),
    value > bar ? "over" : "ok",
    both(({ wallMs }) => wallMs, 1),
    both(({ cpuMs }) => cpuMs, 1),
    both(({ pageFaults }) => pageFaults, 0),
    both(({ peakMiB }) => peakMiB, 0),
  );
}

function line(what: string, bar: string, measured: string, verdict: string, ...costs: readonly string[]): string {
  const start = `${what.padEnd(44)}${bar.padStart(8)}${measured.padStart(10)}  ${verdict.padEnd(6)}`;
  return `${start}${costs.map((cost) => cost.padStart(17)).join("")}`.trimEnd();
}

/** What has no bar. */
async function measureOthers({ rolecall, homes, near }: Setting, meter: Meter): Promise<void> {
  const program = (argv: readonly string[]): Program => ({
    argv,
    environment: { PATH: process.env.PATH ?? "", AWS_REGION: "us-east-1", ...near, HOME: homes.few },
  });
  const show = async (what: string, argv: readonly string[], times = runs) => {
    const { wallMs, peakMiB } = await meter.alone(program(argv), times);
    console.log(`${what}: ${wallMs.toFixed(1)} ms, ${peakMiB.toFixed(0)} MiB`);
  };
  console.log();
  await show("whoami, one AssumeRole", [rolecall, "whoami", "-p", "one", "--no-cache"]);
  const aws = Bun.which("aws");
  if (aws !== null) {
    // With static keys, because the AWS CLI would cache a role.
    await show("aws sts get-caller-identity, static keys", [aws, "sts", "get-caller-identity", "--profile", "keys"], 5);
  }
  console.log(await loadServer(program([rolecall, "serve", "-p", "one"]), 64, 5));
}
