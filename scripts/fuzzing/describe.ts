/** Describes what was mutated in a case, for a person who repeats it. */
import type { FuzzCase } from "./cases.ts";
import { FILES, RESPONSES, type ResponseName } from "./samples.ts";

const MAX_SHOWN = 4000;

export function describeCase({ target, argv, environment, files, responses }: FuzzCase): string {
  const changedFiles = Object.entries(files).filter(
    ([path, text]) => text !== FILES[path]?.text.replaceAll("{tokenEnd}", "{soon}"),
  );
  const changedResponses = Object.entries(responses).filter(
    ([name, { body, status }]) =>
      body !== RESPONSES[name as ResponseName].text || (status !== 200 && name !== "stsError"),
  );
  return [
    `target: ${target}`,
    `command line: ${JSON.stringify(argv)}`,
    `environment: ${JSON.stringify(environment)}`,
    ...changedFiles.map(([path, text]) => `file ${path}: ${shown(text)}`),
    ...changedResponses.map(([name, response]) => `response ${name}: ${shown(JSON.stringify(response))}`),
  ].join("\n");
}

function shown(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length <= MAX_SHOWN ? quoted : `${quoted.slice(0, MAX_SHOWN)}… (${quoted.length} characters)`;
}
