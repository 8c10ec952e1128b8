/** Login sessions as the AWS SDKs use them: `test/cases/login-provider-test-cases.json`. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../cloud/server.ts";
import { cases } from "../support/cases.ts";
import { makeHome } from "../support/subject.ts";

interface Case {
  readonly documentation: string;
  readonly configContents: string;
  readonly cacheContents: Readonly<Record<string, object>>;
  readonly mockApiCalls?: readonly {
    readonly request: { readonly tokenInput: object };
    readonly response?: { readonly tokenOutput: object };
    readonly responseCode?: number;
  }[];
  readonly outcomes: readonly (Readonly<Record<string, unknown>> & { readonly result: string })[];
}

describe("login-provider-test-cases.json", () => {
  for (const testCase of cases<readonly Case[]>("login-provider-test-cases.json")) {
    test(testCase.documentation, async () => {
      const requests: unknown[] = [];
      const signIn = await serve((request) => {
        requests.push(JSON.parse(request.body));
        const call = testCase.mockApiCalls?.[0];
        return { status: call?.responseCode ?? 200, body: JSON.stringify(call?.response?.tokenOutput ?? {}) };
      });
      const home = makeHome({
        config: testCase.configContents,
        env: { AWS_ENDPOINT_URL_SIGNIN: signIn.url, AWS_REGION: "eu-west-1" },
      });
      for (const [file, content] of Object.entries(testCase.cacheContents)) {
        home.write(`.aws/login/cache/${file}`, JSON.stringify(content));
      }
      try {
        const { exitCode, stdout } = await home.run(["export", "--profile", "signin"]);
        expect(requests).toEqual((testCase.mockApiCalls ?? []).map((call) => call.request.tokenInput));
        for (const { result, ...expected } of testCase.outcomes) {
          if (result === "error") {
            expect([exitCode, stdout]).toEqual([1, ""]);
          } else if (result === "credentials") {
            expect(JSON.parse(stdout)).toMatchObject({
              AccessKeyId: expected.accessKeyId,
              SecretAccessKey: expected.secretAccessKey,
              SessionToken: expected.sessionToken,
            });
          } else {
            for (const [file, content] of Object.entries(expected)) {
              const written = JSON.parse(readFileSync(join(home.path, ".aws/login/cache", file), "utf8"));
              // The case was recorded at another time, so the times differ.
              expect(withoutTimes(written)).toEqual(withoutTimes(content));
            }
          }
        }
      } finally {
        home.remove();
        await signIn.stop();
      }
    });
  }
});

function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner) => (key === "expiresAt" ? undefined : inner)));
}
