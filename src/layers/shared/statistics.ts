/** What layers that take mean and variance of their own input cost and require. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { atLeast } from "../../graph/condition.ts";
import { formatShape, mul, product } from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Cost, Requirement } from "../layer.ts";

/** One for the sum of squares of the variance, one for the scale and shift. */
export function statisticsCost({ shape }: TensorType): Cost {
  return { macs: mul(2, product(shape)) };
}

/** The statistics of a single pixel say nothing: the output would be 0 for every image. */
export function severalPixels(kind: string, { shape }: TensorType): Requirement {
  const [, , height, width] = shape;
  return {
    condition: atLeast(mul(height, width), 2),
    problem: problem("CNN2014", { layer: kind, shape: formatShape(shape) }),
  };
}
