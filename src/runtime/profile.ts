/** Measures every kernel of a network where it stands: all of them in order, many times over. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import { knownShape } from "../graph/access.ts";
import { type Tensor, sizeOf, tensor } from "../graph/tensor.ts";
import type { WasmNetwork } from "./wasm-target.ts";

export interface StepTime {
  /** Of all rounds, in seconds. */
  readonly minimum: number;
  readonly median: number;
}

/** Long enough for the engine to have compiled every kernel with its optimising compiler. */
const WARM_UP_SECONDS = 0.3;
const SECONDS = 1;
const ROUNDS = { least: 5, most: 2000 };

/**
 * Kernels run in the order of the plan, so that each finds in the caches what it finds in use.
 * @param network prepared with `steps`, for one thread
 */
export function profileSteps({ plan, exports, input }: WasmNetwork): readonly StepTime[] {
  for (const port of plan.inputs) input(port).set(noise(input(port).length, 1));
  const steps = plan.steps.map((_, at) => {
    const step = exports[`step${at}`];
    if (typeof step !== "function") throw new InternalFault(`step ${at} is not exported`);
    return step;
  });
  rounds(steps, WARM_UP_SECONDS);
  return rounds(steps, SECONDS).map((times) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { minimum: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
  });
}

/** Times of each step in seconds, round by round. */
function rounds(steps: readonly Function[], seconds: number): readonly (readonly number[])[] {
  const times = steps.map((): number[] => []);
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < ROUNDS.most; round++) {
    for (const [at, step] of steps.entries()) {
      const start = performance.now();
      Reflect.apply(step, undefined, []);
      times[at].push((performance.now() - start) / 1000);
    }
    if (round + 1 >= ROUNDS.least && performance.now() > end) break;
  }
  return times;
}

/** Weights that keep the size of activations, so that no number is too small to be fast. */
export function profileWeights(graph: Graph): ReadonlyMap<string, Tensor> {
  return new Map(
    [...graph.weights.values()].map(({ name, shape, role }, seed) => {
      const known = knownShape(shape);
      const fanIn = Math.max(1, sizeOf(known) / known[0]);
      const values = noise(sizeOf(known), seed + 2).map((v) => v * Math.sqrt(3 / fanIn));
      return [name, tensor(known, role === "buffer" ? values.fill(1) : values)];
    }),
  );
}

/** Numbers in [-1, 1), by the generator of "Numerical Recipes". */
function noise(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
