/**
 * Vectors of 256 bits for WebAssembly, which by itself has 128. Node's V8 can join neighbouring
 * operations on x86-64 with AVX2. It does so only when it is told to, by an experimental flag that
 * a program may set. Chromium takes the flag too, but was not built with what it switches on.
 */

/** V8's flag. */
export const WIDE_FLAG = "--experimental-wasm-revectorize";

/**
 * Tells the engine to join pairs of vectors, for all that this process compiles from now on.
 * @returns why there will be no wide vectors, or nothing
 */
export function joinVectorPairs(): string | undefined {
  const { process } = globalThis;
  const v8 = process?.getBuiltinModule?.("node:v8");
  if (v8 === undefined) return "only Node joins vectors of WebAssembly to 256 bits";
  if (process.arch !== "x64") {
    return `V8 has vectors of 256 bits on x86-64 alone, and this is ${process.arch}`;
  }
  try {
    v8.setFlagsFromString(WIDE_FLAG);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `the engine takes no flags: ${why}`;
  }
  return undefined;
}
