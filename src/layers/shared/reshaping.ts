/** The same elements in the same order under another shape: the reference of such layers. */
import type { Tensor } from "../../graph/tensor.ts";

export function reshaped({ data }: Tensor, shape: readonly number[]): Tensor {
  return { shape, data: Float64Array.from(data) };
}
