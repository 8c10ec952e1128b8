/** Builds the programs that rolecall is compared with, and writes the AWS files that all of them read. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** How a compiled program without rolecall's own choices is built. */
const FLAGS = [
  ...["--compile", "--bytecode", "--format=esm", "--minify", "--no-compile-autoload-dotenv"],
  ...["--no-compile-autoload-bunfig", "--no-compile-autoload-tsconfig", "--no-compile-autoload-package-json"],
];

/** Compiles a file of this folder with Bun. @returns the path of the executable. */
export function compileProgram(name: string, folder: string): string {
  const executable = join(folder, name);
  const source = join(HERE, `${name}.ts`);
  runOrThrow([process.execPath, "build", ...FLAGS, "--outfile", executable, source], folder);
  return executable;
}

/** Compiles the program over the AWS SDK for Go. @returns undefined without Go, or without its modules. */
export function compileGoProgram(folder: string): string | undefined {
  const executable = join(folder, "go_exec");
  const { status } = spawnSync("go", ["build", "-o", executable, "."], {
    cwd: join(HERE, "go"),
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: "ignore",
  });
  return status === 0 ? executable : undefined;
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate for localhost, which signs itself. @returns undefined without openssl. */
export function makeCertificate(folder: string): Certificate | undefined {
  const files = { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
  const { status } = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-keyout", files.key, "-out", files.certificate],
  ]);
  return status === 0 ? files : undefined;
}

const ROLE = "arn:aws:iam::123456789012:role/";
const KEYS = "[keys]\naws_access_key_id = AKIABENCHUSER0000001\naws_secret_access_key = benchUserSecret\n";

/** The profiles of a home with few of them. */
const FEW = `[profile keys]
region = us-east-1

[profile one]
role_arn = ${ROLE}one
source_profile = keys
region = us-east-1

[profile two]
role_arn = ${ROLE}two
source_profile = one
region = us-east-1

[profile ec2]
role_arn = ${ROLE}ec2
credential_source = Ec2InstanceMetadata
region = us-east-1
`;

const MANY = Array.from(
  { length: 10_000 },
  (_, index) => `[profile p${index}]\nrole_arn = ${ROLE}r${index}\nsource_profile = keys\nregion = eu-west-1\n\n`,
).join("");

/** Writes a home folder whose config file has a few profiles, or ten thousand. @returns its path. */
export function makeHome(folder: string, name: string, profiles: "few" | "many"): string {
  const home = join(folder, name);
  const aws = join(home, ".aws");
  mkdirSync(aws, { recursive: true });
  writeFileSync(join(aws, "config"), profiles === "few" ? FEW : MANY, { mode: 0o600 });
  writeFileSync(join(aws, "credentials"), KEYS, { mode: 0o600 });
  return home;
}

function runOrThrow([program = "", ...args]: readonly string[], folder: string): void {
  const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${stderr}`);
}
