/** When the runtime compiles functions to machine code. */

/**
 * Compiles functions as early as the runtime does by default. The executable starts with a policy that compiles later
 * (`scripts/compile.ts`), because `exec` ends before the machine code would pay off.
 */
export function compileEarly(): void {
  if (process.versions.bun !== undefined) Bun.unsafe.setJITPolicy(1);
}
