/** A model to be run by onnxruntime, and what the reference interpreter makes of its inputs. */
import type { Tensor } from "../../src/graph/tensor.ts";

export interface Case {
  /** In words, for a failure. */
  readonly what: string;
  readonly model: Uint8Array;
  readonly opset: number;
  /** By name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Largest difference, relative to the largest output. */
  readonly tolerance: number;
}

/** As float32, which is what both sides are given. */
export function rounded({ shape, data }: Tensor): Tensor {
  return { shape, data: Float64Array.from(Float32Array.from(data)) };
}
