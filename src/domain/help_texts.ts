/** Help lines that more than one error or report shows. Each is an imperative. */

export const CHECK_CLOCK = "check this machine's clock";
export const CHECK_NETWORK = "check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and the region";

export const CHECK_INTERCEPTION = "check the endpoint, and whether a proxy or captive portal intercepts the request";
export const TRUST_CERTIFICATE =
  "if a proxy or a private CA signed the certificate, set ca_bundle, AWS_CA_BUNDLE or --ca-bundle to a file with the CA's certificate";

/** A response that needs more hops than the limit, 1 by default, never arrives. A container is one hop further away. */
export const RAISE_HOP_LIMIT =
  "in a container, set the instance's hop limit to 2: aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2";

export const LIST_COMMANDS = "run rolecall --help to list the commands";
export const RUN_PROBE = "run rolecall probe to check every credential source";

export const CHOOSE_PROFILE = "choose a profile with --profile";
export const CHOOSE_ROLE = "choose a role with --role-arn, or a profile that has role_arn with --profile";

export const BYPASS_CACHE = "use --no-cache if a cached session is the cause";
export const REPLACE_ENVIRONMENT_KEYS = "set new keys, or unset AWS_ACCESS_KEY_ID to use another source";
export const CHECK_TOKEN_WRITER = "check that the program that writes the token file (on EKS the kubelet) refreshes it";

export const USE_MFA_APP = "register an authenticator app (a virtual MFA device) as well, and use its ARN";

export const USE_FULL_PATH =
  "use the program's full path: it runs without a shell, so ~ and variables are not expanded";
export const USE_PATH_FOLDER = "use the program's full path, or add its folder to PATH";
export const USE_HTTP_URL = "use an http:// or https:// URL";
export const USE_TIMESTAMP = "use a timestamp with a time zone, such as 2026-01-02T03:04:05Z";

/** @param names the two settings. */
export function swapKeys(names: string): string {
  return `swap the values of ${names}, or copy both again`;
}

/**
 * Help for a command that is written for a shell. Only its operator is shown, because the other arguments may be
 * secrets.
 *
 * @returns no line for a command that needs no shell.
 */
export function needsShell(key: string, argv: readonly string[]): string[] {
  const operator = argv.slice(1).find((argument) => /^(\||\|\||&|&&|;|[0-9]?>{1,2}|<|[0-9]>&[0-9])$/.test(argument));
  if (operator === undefined) return [];
  return [`use ${key} = sh -c "…": no shell runs the command, so ${operator} is an argument of the program`];
}

/** The command is last, so that it can be copied. */
export function runCommand(command: string): string {
  return `run: ${command}`;
}

export function runWithCredentials(command: string): string {
  return `run rolecall exec -- ${command} to run a program with credentials`;
}

export function useOneOf(values: readonly string[]): string {
  return `use one of ${values.join(", ")}`;
}

/**
 * The only help line that is a question.
 *
 * @param detail more about the name, such as its position.
 */
export function didYouMeanName(name: string, detail?: string): string {
  return `did you mean "${name}"${detail === undefined ? "" : ` (${detail})`}?`;
}

/** For an option or a variable. Messages show them without quotes, because their form marks them as names. */
export function didYouMeanOption(name: string): string {
  return `did you mean ${name}?`;
}

/** For a profile that neither file has. */
export function checkAwsFiles(files: { readonly configFile: string; readonly credentialsFile: string }): string {
  return `check the files that were read: ${files.configFile}, ${files.credentialsFile}`;
}

/** @param other the position of the other section, such as `line 3` or `~/.aws/config:3`. */
export function mergeSections(other: string): string {
  return `move the keys of both sections into one (the other one is at ${other})`;
}
