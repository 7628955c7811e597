/** What a kernel does with its accumulators before it stores them. */
import { type Activation, applyActivation } from "./activations.ts";
import type { KernelBuilder } from "./builder.ts";
import { type Buffer, type Index, type Vector, add, load } from "./ir.ts";
import { storeLanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";

/** `activation(result + bias + residual)`. */
export interface Epilogue {
  readonly bias: boolean;
  /** Where the tensor that is added lies; of the same shape as the result. */
  readonly residual?: Layout;
  readonly activation?: Activation;
}

export const plainEpilogue: Epilogue = { bias: false };

/** Stores up to one vector of neighbouring channels, whatever the layout. */
export function storeChannels(
  b: KernelBuilder,
  layout: Layout,
  to: { readonly buffer: Buffer; readonly index: Index },
  value: Vector,
  lanes: number,
  vectorWidth: number,
): void {
  const { c: stride, wholeVectors } = layout;
  storeLanes(b, to, value, { stride, lanes, width: vectorWidth, wholeVectors });
}

/** Loads neighbouring channels that lie next to each other. */
export function loadChannels(
  layout: Layout,
  from: { readonly buffer: Buffer; readonly index: Index },
  lanes: number,
  vectorWidth: number,
): Vector {
  const whole = lanes === vectorWidth || layout.wholeVectors;
  return load(from, whole ? undefined : lanes);
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
