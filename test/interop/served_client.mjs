/** The AWS SDK for JavaScript as the client of a server: calls until its input ends, and prints what came of it as JSON. */
import { createRequire } from "node:module";

const { STSClient, GetCallerIdentityCommand } = createRequire(`${process.cwd()}/`)("@aws-sdk/client-sts");
const client = new STSClient({ region: "eu-west-1" });
const keys = new Set();
const failures = [];
let calls = 0;
let goesOn = true;
process.stdin.resume().on("end", () => {
  goesOn = false;
});
console.log("started");
while (goesOn) {
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
