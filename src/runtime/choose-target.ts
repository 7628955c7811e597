/** The target that is asked for by name, with its threads started. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import type { WasmPlanOptions } from "../targets/wasm/plan-graph.ts";
import { MOST_THREADS } from "../targets/wasm/control.ts";
import { probeFeatures } from "../targets/wasm/features.ts";
import { type Target, referenceTarget } from "./target.ts";
import { wasmTarget, wasmTargetWith } from "./wasm-target.ts";
import { Team } from "./wasm/team.ts";
import { joinVectorPairs } from "./wide-vectors.ts";

/** What runs a network, and with how many threads. */
export interface TargetOptions extends Pick<WasmPlanOptions, "algorithms" | "precise"> {
  /**
   * Vectors of 256 bits: up to twice as fast on x86-64 with AVX2, where V8 joins pairs of
   * WebAssembly's vectors. This sets V8's experimental flag `--experimental-wasm-revectorize`
   * for the whole process. In Node alone; elsewhere the usual code runs, with a warning.
   */
  readonly wide?: boolean;
  /**
   * `wasm`, unless given, compiles; `reference` runs the layers' own definitions in float64,
   * slowly.
   */
  readonly target?: Target | "wasm" | "reference";
  /** Threads of `wasm` that share the work of every layer, this one included; one unless given. */
  readonly threads?: number;
}

export interface ChosenTarget {
  readonly target: Target;
  readonly warnings: readonly Problem[];
}

/** @throws TypeError or RangeError of what only callers without types give */
export async function chooseTarget(options: TargetOptions): Promise<ChosenTarget> {
  const { target = wasmTarget, threads = 1, wide = false, ...plan } = options;
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(`threads: ${threads} is no whole number from 1 to ${MOST_THREADS}`);
  }
  if (target === "reference") return { target: referenceTarget, warnings: [] };
  if (target !== "wasm" && target !== wasmTarget) {
    if (typeof target?.prepare === "function") return { target, warnings: [] };
    throw new TypeError(`target: ${String(target)} is neither "wasm" nor "reference"`);
  }
  const team = threads > 1 ? await startTeam(threads) : undefined;
  const narrow = wide ? joinVectorPairs() : undefined;
  const warnings: Problem[] = [];
  if (team !== undefined && !(team instanceof Team)) warnings.push(team);
  if (narrow !== undefined) warnings.push(problem("CNN5068", { reason: narrow }));
  const own = { ...plan, wide: wide && narrow === undefined };
  return { target: wasmTargetWith(team instanceof Team ? { ...own, team } : own), warnings };
}

async function startTeam(threads: number): Promise<Team | Problem> {
  if (!probeFeatures().threads) {
    const reason = "shared memory is not available here";
    return problem("CNN5065", { threads, reason, needsIsolation: needsIsolation() });
  }
  try {
    return await Team.start(threads);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const reason = `workers cannot be started: ${why}`;
    return problem("CNN5065", { threads, reason, needsIsolation: needsIsolation() });
  }
}

/** Browsers alone know this word, and say false to pages without the headers. */
function needsIsolation(): boolean {
  return Reflect.get(globalThis, "crossOriginIsolated") === false;
}
