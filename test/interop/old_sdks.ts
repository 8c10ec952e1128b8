/** Prepares programs that print the access key ID that an older SDK finds, if the SDK and its language are available. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TOOLS = fileURLToPath(new URL("../../.tmp/", import.meta.url));

export interface OldSdk {
  readonly name: string;
  /** The program's argv, for a home folder. Undefined if it is not available. */
  readonly argv: ((home: string) => readonly string[]) | undefined;
  /** Whether it knows `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
  readonly findsServer: boolean;
}

export const OLD_SDKS: readonly OldSdk[] = [
  { name: "the AWS SDK for JavaScript v2", argv: prepareJavaScript(), findsServer: true },
  { name: "the AWS SDK for Java v1", argv: prepareJava(), findsServer: true },
  ...prepareGo(),
  { name: "the AWS SDK for Ruby", ...prepareRuby() },
];

function prepareJavaScript(): OldSdk["argv"] {
  const version = "2.1693.0";
  const folder = join(TOOLS, `aws-sdk-js-${version}`);
  const script = join(folder, "key_id.cjs");
  if (!existsSync(script)) {
    mkdirSync(folder, { recursive: true });
    const install = [
      "install",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      `aws-sdk@${version}`,
    ];
    if (!succeeds("npm", install, folder)) return undefined;
    writeFileSync(
      script,
      "require('aws-sdk/lib/maintenance_mode_message').suppress = true;\nconst AWS = require('aws-sdk');\n" +
        "AWS.config.getCredentials((error) => console.log(error ? String(error) : AWS.config.credentials.accessKeyId));\n",
    );
  }
  return () => ["node", "--no-warnings", script];
}

function prepareJava(): OldSdk["argv"] {
  const source = join(HERE, "java_v1");
  const libraries = join(TOOLS, "aws-sdk-java-1.12.797");
  if (!existsSync(join(libraries, "KeyId.class"))) {
    const isReady =
      succeeds("mvn", ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${libraries}`], source) &&
      succeeds("javac", ["-cp", join(libraries, "*"), "-d", libraries, join(source, "KeyId.java")], source);
    if (!isReady) return undefined;
  }
  // Java takes the home folder from the system's list of users, not from HOME.
  return (home) => ["java", `-Duser.home=${home}`, "-cp", `${libraries}:${join(libraries, "*")}`, "KeyId"];
}

function prepareGo(): readonly OldSdk[] {
  const client = join(TOOLS, "go-v1-client");
  mkdirSync(TOOLS, { recursive: true });
  const isBuilt = succeeds("go", ["build", "-o", client, "."], join(HERE, "go_v1"));
  return [
    { name: "the AWS SDK for Go v1", argv: isBuilt ? () => [client] : undefined, findsServer: true },
    { name: "minio-go", argv: isBuilt ? () => [client, "minio"] : undefined, findsServer: true },
  ];
}

/** Debian has the SDK as the package ruby-aws-sdk-core. */
function prepareRuby(): Omit<OldSdk, "name"> {
  const client = "Aws::STS::Client.new(region: 'eu-west-1')";
  const script = `require 'aws-sdk-core'\nputs ${client}.config.credentials.credentials.access_key_id`;
  // The version of Debian 12 asks the server only if RELATIVE_URI is set.
  const usesFullUri =
    "require 'aws-sdk-core'\nexit File.read($LOADED_FEATURES.grep(/provider_chain/).first).include?('FULL_URI')";
  return {
    argv: succeeds("ruby", ["-e", "require 'aws-sdk-core'"], HERE) ? () => ["ruby", "-e", script] : undefined,
    findsServer: succeeds("ruby", ["-e", usesFullUri], HERE),
  };
}

function succeeds(program: string, args: readonly string[], cwd: string): boolean {
  return spawnSync(program, args, { cwd, stdio: "ignore", timeout: 300_000 }).status === 0;
}
