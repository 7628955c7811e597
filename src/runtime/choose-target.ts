/** The target that is asked for by name, with its threads started. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import type { WasmPlanOptions } from "../targets/wasm/plan-graph.ts";
import { probeFeatures } from "../targets/wasm/features.ts";
import { type Target, referenceTarget } from "./target.ts";
import { wasmTargetWith } from "./wasm-target.ts";
import { Team } from "./wasm/team.ts";

export interface TargetOptions extends Pick<WasmPlanOptions, "algorithms" | "precise"> {
  /**
   * `wasm`, unless given, compiles; `reference` runs the layers' own definitions in float64,
   * slowly.
   */
  readonly target?: Target | "wasm" | "reference";
  /** Threads that share the work of every layer, this one included; one unless given. */
  readonly threads?: number;
}

export interface ChosenTarget {
  readonly target: Target;
  readonly warning?: Problem;
}

export async function chooseTarget(options: TargetOptions): Promise<ChosenTarget> {
  const { target, threads = 1, ...plan } = options;
  if (target === "reference") return { target: referenceTarget };
  if (target !== undefined && target !== "wasm") return { target };
  const team = threads > 1 ? await startTeam(threads) : undefined;
  if (team === undefined || team instanceof Team) {
    return { target: wasmTargetWith({ ...plan, ...(team && { team }) }) };
  }
  return { target: wasmTargetWith(plan), warning: team };
}

async function startTeam(threads: number): Promise<Team | Problem> {
  if (!probeFeatures().threads) {
    return problem("CNN5065", { threads, reason: "shared memory is not available here" });
  }
  try {
    return await Team.start(threads);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return problem("CNN5065", { threads, reason: `workers cannot be started: ${why}` });
  }
}
