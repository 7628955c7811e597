/** How kernels make packed weights of plain ones, once, where the network is loaded. */
import type { Kernel } from "../ir/ir.ts";

/** In the order in which the plain weights lie. */
export type Expansion = readonly ExpansionPart[];

export interface ExpansionPart {
  /** Buffers: plain weights of the part, its packed weights. */
  readonly kernel: Kernel;
  /** Plain weights, in elements. */
  readonly elements: number;
  /** Where its packed weights start, in elements. */
  readonly to: number;
}

export function plainLength(expansion: Expansion): number {
  return expansion.reduce((length, { elements }) => length + elements, 0);
}
