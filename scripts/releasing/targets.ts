/** The machines that rolecall is released for. */

export interface Target {
  /** The name in `dist/`, in the names of the archives and in `--version`. */
  readonly name: string;
  /** The values of Node's `process.platform` and `process.arch`. */
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "x64" | "arm64";
  /** The C library, on Linux. */
  readonly libc?: "glibc" | "musl";
  /** Bun's own name of the target. */
  readonly bunTarget: string;
  /** The npm package that has Bun's executable for it. */
  readonly runtimePackage: string;
  /** The file name of the executable. */
  readonly executable: "rolecall" | "rolecall.exe";
}

/** Bun's package for x64 is the baseline build, which needs SSE4.2 but not AVX2. */
export const TARGETS: readonly Target[] = [
  linux("x64", "glibc"),
  linux("arm64", "glibc"),
  linux("x64", "musl"),
  linux("arm64", "musl"),
  other("darwin", "arm64"),
  other("darwin", "x64"),
  other("win32", "x64"),
  other("win32", "arm64"),
];

/** @throws Error that lists the known names, if the name is not one of them. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((known) => known.name === name);
  if (target !== undefined) return target;
  throw new Error(`unknown target "${name}": choose from ${TARGETS.map((known) => known.name).join(", ")}`);
}

function linux(cpu: Target["cpu"], libc: "glibc" | "musl"): Target {
  const suffix = libc === "musl" ? "-musl" : "";
  return {
    name: `linux-${cpu}${suffix}`,
    os: "linux",
    cpu,
    libc,
    bunTarget: `bun-linux-${cpu}${suffix}`,
    runtimePackage: `@oven/bun-linux-${packageCpu(cpu)}${suffix}`,
    executable: "rolecall",
  };
}

function other(os: "darwin" | "win32", cpu: Target["cpu"]): Target {
  const system = os === "win32" ? "windows" : os;
  return {
    name: `${system}-${cpu}`,
    os,
    cpu,
    bunTarget: `bun-${system}-${cpu}`,
    runtimePackage: `@oven/bun-${system}-${packageCpu(cpu)}`,
    executable: os === "win32" ? "rolecall.exe" : "rolecall",
  };
}

function packageCpu(cpu: Target["cpu"]): string {
  return cpu === "arm64" ? "aarch64" : cpu;
}
