/**
 * Hides variables from the runtime that are meant for the user's own programs: `NODE_TLS_REJECT_UNAUTHORIZED=0` would stop
 * rolecall from verifying certificates, `NODE_EXTRA_CA_CERTS` would change which ones it trusts, `SSLKEYLOGFILE` would write
 * down the keys of its connections, and `BUN_OPTIONS` would run other code. Every program that rolecall runs inherits them.
 *
 * In the compiled program on Linux, the prologue hides them before Bun starts: it clears three bits of the first
 * character, so that `BUN_OPTIONS` becomes `\x02UN_OPTIONS`. Elsewhere they are removed before the first request, and
 * those that the runtime reads at its start (`BUN_OPTIONS`) cannot be hidden.
 */
import { variableKey } from "../../domain/environment.ts";

/** What the names begin with. `BUN_JSC_useJIT` stays: users set it if there is no executable memory. */
const RUNTIME_VARIABLE = /^(?:NODE|BUN_(?!JSC_useJ)|SSL_|SSLK|MIMA|DENO_(?!DIR|NO_UPDATE))/;

/** The first characters of the names, without the three bits. */
const HIDDEN_NAME = /^[\x02\x0d\x0e\x13](?=UN_|IMA|ODE|SL_|SLK)/;

let inherited: NodeJS.ProcessEnv | undefined;

/** Returns the variables that the process started with. At its first call, it removes those of the runtime. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  if (inherited !== undefined) return inherited;
  inherited = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [inheritedName(name), value]));
  for (const name of Object.keys(process.env)) {
    if (RUNTIME_VARIABLE.test(variableKey(inheritedName(name), process.platform))) delete process.env[name];
  }
  return inherited;
}

/** The name of a variable that the prologue may have hidden. */
function inheritedName(name: string): string {
  return name.replace(HIDDEN_NAME, (character) => String.fromCharCode(character.charCodeAt(0) | 0x40));
}

/** As `inheritedName`, for an entry of /proc/self/environ. */
export function inheritedEntry(entry: Uint8Array): Uint8Array {
  const start = new TextDecoder("latin1").decode(entry.subarray(0, 4));
  return HIDDEN_NAME.test(start) ? new Uint8Array([(entry[0] ?? 0) | 0x40, ...entry.subarray(1)]) : entry;
}
