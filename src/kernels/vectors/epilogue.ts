/** What a kernel does with its accumulators before it stores them. */
import { type Activation, applyActivation } from "./activations.ts";
import type { KernelBuilder } from "../ir/builder.ts";
import { type Vector, add, constant, multiply } from "../ir/ir.ts";
import type { Layout } from "../loops/layout.ts";
import { reducers } from "./reducers.ts";

/** `activation(result + bias + residual)`, pooled if so wanted. */
export interface Epilogue {
  readonly bias: boolean;
  /** Where the tensor that is added lies; of the same shape as the result. */
  readonly residual?: Layout;
  readonly activation?: Activation;
  /** The output is then that of the pool. */
  readonly pool?: FusedPool;
}

/**
 * Windows of 2×2 with stride 2 over the result. A last row or column that fills no window is left
 * out.
 */
export interface FusedPool {
  readonly kind: "max" | "mean";
  /** Of what is left of a window. */
  readonly activation?: Activation;
}

/** The result with the residual added and the activation applied. */
export function finish(
  b: KernelBuilder,
  epilogue: Epilogue,
  result: Vector,
  residual: (() => Vector) | undefined,
): Vector {
  const sum = residual ? add(result, residual()) : result;
  return epilogue.activation ? applyActivation(b, epilogue.activation, sum) : sum;
}

/** Values of a window, or part of one, as one; means are sums until they are finished. */
export function combineWindow({ kind }: FusedPool, values: readonly Vector[]): Vector {
  const { combine } = reducers[kind === "mean" ? "sum" : "max"];
  return values.reduce(combine);
}

/** What a pool gives for a window. */
export function finishWindow(b: KernelBuilder, pool: FusedPool, window: Vector): Vector {
  const { kind, activation } = pool;
  const value = kind === "mean" ? multiply(window, constant(1 / 4)) : window;
  return activation ? applyActivation(b, activation, value) : value;
}
