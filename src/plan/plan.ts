/**
 * The execution plan: kernels in order, with the buffers they work on. It names no target;
 * each target prints the kernels and gives the buffers addresses.
 */
import type { WeightOf, WeightSource } from "../graph/tensor.ts";
import type { Expansion } from "../kernels/convolution/expansion.ts";
import type { Kernel } from "../kernels/ir/ir.ts";
import type { Arena } from "./memory/arena.ts";

export interface Plan {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly buffers: readonly PlanBuffer[];
  readonly steps: readonly Step[];
  readonly arena: Arena;
}

/** A tensor that users give or get, row-major. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly buffer: BufferId;
}

export type BufferId = number;

export type PlanBuffer =
  | TensorBuffer
  /** Filled once, when the weights are bound. */
  | WeightsBuffer;

/** A place in the arena. */
export interface TensorBuffer {
  readonly role: TensorRole;
  /** For each thread, of working memory. */
  readonly elements: number;
  /** Bytes from the start of the arena. */
  readonly offset: number;
}

export type TensorRole =
  /** Written by users before a run. No run changes it: the next one may be without new input. */
  | "input"
  /** Read by users between runs. */
  | "output"
  /** Lives within a run. */
  | "intermediate"
  /** Working memory of one kernel. */
  | "scratch";

export type WeightsBuffer = PackedWeights | ExpandedWeights;

export interface PackedWeights {
  readonly role: "weights";
  readonly elements: number;
  readonly pack: Pack;
}

/** The weights of a buffer in the order in which its kernel reads them. */
export type Pack = (weights: WeightOf) => Float32Array;

/** Made by kernels, a part at a time, of plain weights that are smaller. */
export interface ExpandedWeights {
  readonly role: "weights";
  readonly elements: number;
  readonly plain: PlainWeights;
  readonly expansion: Expansion;
}

/** The weights in the order in which an expansion reads them. */
export type PlainWeights = (weights: WeightOf) => Pick<WeightSource, "read">;

/** One kernel with its addresses. */
export interface Step {
  /** Names of the nodes that it computes. */
  readonly nodes: readonly string[];
  /** What it computes: `conv + relu`. */
  readonly operation: string;
  /** How: `winograd F(4×4,3×3)`, and why. */
  readonly algorithm: string;
  readonly kernel: Kernel;
  /** In the order of the kernel's buffers. */
  readonly arguments: readonly Place[];
  readonly macs: number;
  /** On one core, where the algorithm was chosen by such an estimate. */
  readonly cycles?: number;
  /** All threads work on it; of fewer than two, and where it is too short for that, one does. */
  readonly shared: boolean;
}

export interface Place {
  readonly buffer: BufferId;
  /** In elements. */
  readonly offset: number;
}
