/** A client of a server: calls STS by the AWS SDK for JavaScript until its input ends, and prints the outcome as JSON. */
import { createRequire } from "node:module";

const { STSClient, GetCallerIdentityCommand } = createRequire(`${process.cwd()}/`)("@aws-sdk/client-sts");
const client = new STSClient({ region: "eu-west-1" });
const keys = new Set();
const failures = [];
let calls = 0;
let inputEnded = false;
process.stdin.resume().on("end", () => {
  inputEnded = true;
});
console.log("started");
while (!inputEnded) {
  calls++;
  try {
    keys.add((await client.config.credentials()).accessKeyId);
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (!Arn.includes(":assumed-role/marketingadminrole/")) failures.push(Arn);
  } catch (error) {
    failures.push(String(error));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(JSON.stringify({ calls, sets: keys.size, failures: failures.slice(0, 5) }));
process.exit(0);
