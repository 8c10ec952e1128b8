/** A home for SDKs: rolecall is the credential_process of the profile `app`, and assumes the role of `m`. */
import type { Cloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

export function makeRoleHome({ user1, sts }: Cloud): TestHome {
  return makeHome({
    config: `[profile app]\ncredential_process = ${SUBJECT_COMMAND} export --profile m\n`,
    credentials: `${keysSection("user1", user1)}[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
    env: { AWS_ENDPOINT_URL_STS: sts.url, AWS_REGION: "eu-west-1" },
  });
}
