/** Creates a virtual environment with moto, boto3 and the AWS CLI, if Python and a package index are available. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VENV = fileURLToPath(new URL("../../.tmp/venv/", import.meta.url));
const PACKAGES = ["moto[server]==5.2.5", "boto3[crt]==1.44.8", "awscli==1.46.3"];

/** The environment's folder of programs. Undefined if it cannot be created; tests that need it are then skipped. */
export const PYTHON_BIN: string | undefined = prepare();

/** The AWS CLI. Its own first line does not work if the project's folder has blanks in its name. */
export const AWS_CLI: readonly string[] = ["python", "aws"].map((name) => join(PYTHON_BIN ?? "", name));

function prepare(): string | undefined {
  const bin = join(VENV, "bin");
  const ready = join(VENV, `ready-${PACKAGES.join("-").replace(/[^\w.-]/g, "_")}`);
  if (existsSync(ready)) return bin;
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: "ignore", timeout: 300_000 }).status === 0;
  const isCreated =
    run("python3", "-m", "venv", "--clear", VENV) &&
    run(join(bin, "pip"), "install", "--quiet", "--retries", "1", "--timeout", "10", ...PACKAGES) &&
    run("touch", ready);
  return isCreated ? bin : undefined;
}
