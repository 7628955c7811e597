/**
 * From a graph of known sizes to its plan for WebAssembly, or to the reasons why there is none:
 * what running, showing and packaging a network begin with.
 */
import type { SizeProblem } from "../../analysis/instantiate.ts";
import { parameterCount } from "../../analysis/cost.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Machine } from "../../kernels/machine.ts";
import { type OptimizeOptions, optimize } from "../../optimize/optimize.ts";
import { algorithmProblems } from "../../plan/algorithm-choices.ts";
import type { Algorithm } from "../../plan/convolution-problem.ts";
import { makePlan } from "../../plan/make-plan.ts";
import type { Plan } from "../../plan/plan.ts";
import { wasmMachine } from "./machine.ts";
import { LARGEST_MEMORY, memoryOf } from "./memory-layout.ts";

/** What a plan is made for: the engine, its threads, and how exact it has to be. */
export interface WasmPlanOptions extends Pick<OptimizeOptions, "stopAfter"> {
  /** Whether the plan is made for an engine with fused multiply-add. */
  readonly relaxedSimd: boolean;
  readonly threads: number;
  /** Algorithms by the names of convolutions: `{ conv3: "winograd4" }`. */
  readonly algorithms?: Readonly<Record<string, Algorithm>>;
  /** Never trade accuracy for speed: no Winograd. */
  readonly precise?: boolean;
  /**
   * Kernels for vectors of 256 bits, written as pairs of 128. They are about twice as fast where
   * the engine joins such pairs, and slower elsewhere.
   */
  readonly wide?: boolean;
}

export interface WasmPlan {
  /** The graph after the passes; its weights are made by `deriveWeights`. */
  readonly optimized: Graph;
  readonly plan: Plan;
  readonly machine: Machine;
}

export type WasmPlanning = WasmPlan | { readonly problems: readonly SizeProblem[] };

/** @param graph as checked and instantiated */
export function planForWasm(graph: Graph, options: WasmPlanOptions): WasmPlanning {
  const {
    relaxedSimd,
    threads,
    stopAfter,
    algorithms = {},
    precise = false,
    wide = false,
  } = options;
  const optimized = optimize(graph, stopAfter === undefined ? {} : { stopAfter });
  const chosen = new Map(Object.entries(algorithms));
  const refused = withoutRoom(graph.name, "weights", weightBytes(optimized));
  if (refused !== undefined) return { problems: [refused] };
  const problems = algorithmProblems(optimized, chosen);
  if (problems.length > 0) return { problems };
  const machine = wasmMachine({ relaxedSimd, threads, wide });
  const plan = makePlan(optimized, { machine, algorithms: chosen, precise });
  const tooLarge = withoutRoom(graph.name, "weights and tensors", memoryOf(plan, threads));
  return tooLarge === undefined ? { optimized, plan, machine } : { problems: [tooLarge] };
}

function withoutRoom(
  model: string,
  what: "weights" | "weights and tensors",
  bytes: number,
): SizeProblem | undefined {
  if (bytes <= LARGEST_MEMORY) return undefined;
  return { problem: problem("CNN5060", { model, what, bytes, limit: LARGEST_MEMORY }) };
}

/** Of the weights as the graph has them; packed they may take somewhat more. */
function weightBytes(graph: Graph): number {
  return 4 * (Number(parameterCount(graph)) + Number(parameterCount(graph, "buffer")));
}
