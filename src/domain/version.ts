/** What `--version` names: the version of rolecall, and the commit and the target of a build. */
import manifest from "../../package.json" with { type: "json" };

/** The version of `package.json`. */
export const VERSION: string = manifest.version;

/** The compiler replaces these names with strings (`scripts/compile.ts`). */
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_TARGET: string | undefined;

/** The commit that the program was built from; undefined if the source is run. */
export const COMMIT: string | undefined = typeof BUILD_COMMIT === "undefined" ? undefined : BUILD_COMMIT;

/** The target that the program was built for, such as `linux-x64-musl`; undefined if the source is run. */
export const TARGET: string | undefined = typeof BUILD_TARGET === "undefined" ? undefined : BUILD_TARGET;
