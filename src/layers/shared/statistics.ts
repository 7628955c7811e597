/** What layers that take mean and variance of their own input cost and require. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { atLeast } from "../../graph/condition.ts";
import { formatShape, isKnown, mul, product } from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Cost, Requirement } from "../layer.ts";

/** One for the sum of squares of the variance, one for the scale and shift. */
export function statisticsCost({ shape }: TensorType): Cost {
  return { macs: mul(2, product(shape)) };
}

/**
 * The statistics of a single pixel say nothing: the output would be 0 for every image. Named
 * sizes are let through, since what matters are layers that always end in one pixel, and a
 * contract such as `H·W - 2·H - 2·W + 4 ≥ 2` would tell nobody anything.
 */
export function severalPixels(kind: string, { shape }: TensorType): readonly Requirement[] {
  const [, , height, width] = shape;
  const pixels = mul(height, width);
  if (!isKnown(pixels)) return [];
  return [
    {
      condition: atLeast(pixels, 2),
      problem: problem("CNN2014", { layer: kind, shape: formatShape(shape) }),
    },
  ];
}
