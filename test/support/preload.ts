/** Loaded before every test file (bunfig.toml), so that `bun test` alone and `./scripts/test` have the same limits. */
import { readFileSync } from "node:fs";
import { plugin } from "bun";

/** No test is timed. The limit only ends a test that hangs, also on a slow or busy machine. */
const TEST_TIMEOUT_MS = 600_000;

// A call of setDefaultTimeout here would only count for the first test file (github.com/oven-sh/bun/issues/43787), so
// each file gets one. The call is put on the first line, so that line numbers in errors stay right.
plugin({
  name: "time limit of tests",
  setup(build) {
    build.onLoad({ filter: /\.test\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents:
        `import { setDefaultTimeout as setTimeLimit } from "bun:test"; setTimeLimit(${TEST_TIMEOUT_MS}); ` +
        readFileSync(path, "utf8"),
    }));
  },
});
