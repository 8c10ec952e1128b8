/**
 * A client of a server: calls STS by the AWS SDK for JavaScript until its input ends. Prints a line for each new set of
 * credentials, and the outcome as JSON.
 */
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { defaultProvider } = require("@aws-sdk/credential-provider-node");
// The default of one second is not enough on a busy machine. Without retries, every error of the server counts.
const credentials = defaultProvider({ timeout: 60_000, maxRetries: 0 });
const client = new STSClient({ region: "eu-west-1", credentials });
const keys = new Set();
const failures = [];
let calls = 0;
let inputEnded = false;
process.stdin.resume().on("end", () => {
  inputEnded = true;
});
while (!inputEnded) {
  calls++;
  try {
    const { accessKeyId } = await client.config.credentials();
    if (!keys.has(accessKeyId)) console.log(`set ${keys.add(accessKeyId).size}`);
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (!Arn.includes(":assumed-role/marketingadminrole/")) failures.push(Arn);
  } catch (error) {
    failures.push(String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(JSON.stringify({ calls, sets: keys.size, failures: failures.slice(0, 5) }));
process.exit(0);
