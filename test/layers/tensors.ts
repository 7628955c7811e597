/** The tensors that layers are tested on, the same in every run. */
import { type Tensor, sizeOf, tensor } from "../../src/graph/tensor.ts";

/**
 * Values in the range; unless given of both signs, away from 0, where divisions and bends
 * would spoil differences.
 */
export function inputTensor(
  shape: readonly number[],
  random: () => number,
  range?: readonly [low: number, high: number],
): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, () => {
    if (range !== undefined) return range[0] + (range[1] - range[0]) * random();
    const size = 0.3 + 1.7 * random();
    return random() < 0.5 ? -size : size;
  });
  return tensor(shape, values);
}

/** Positive, as a running variance must be. */
export function weightTensor(shape: readonly number[], random: () => number): Tensor {
  return tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, () => 0.5 + random()),
  );
}
