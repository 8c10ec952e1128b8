/** Loaded before every test file (bunfig.toml), so that `bun test` alone and `./scripts/test` have the same limits. */
import { setDefaultTimeout } from "bun:test";

/** No test is timed. The limit only ends a test that hangs, also on a slow or busy machine. */
const TEST_TIMEOUT_MS = 60_000;

setDefaultTimeout(TEST_TIMEOUT_MS);
