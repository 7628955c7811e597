/**
 * Tensors of any rank as kernels walk over them: a distance in memory for each axis of the
 * problem. Slices, broadcasts, permutations and reshapes are other distances, not other code.
 */
import type { Layout } from "./layout.ts";
import { type Axis, joinAxes } from "./tiles.ts";

export interface Operand {
  /** Elements between neighbours along each axis of the problem; 0 where the tensor stretches. */
  readonly strides: readonly number[];
  /** As in `Layout`, for the axis whose stride is 1. */
  readonly wholeVectors: boolean;
}

/** Along `[N, C, H, W]`. */
export function operandOf({ n, c, h, w, wholeVectors }: Layout): Operand {
  return { strides: [n, c, h, w], wholeVectors };
}

/** A tensor without gaps, its last axis fastest. */
export function rowMajor(shape: readonly number[]): Operand {
  let next = 1;
  const strides = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = next;
    next *= shape[axis];
  }
  return { strides, wholeVectors: false };
}

/**
 * The axes of a problem from the slowest to the fastest of the `leading` operand, joined
 * where they are one axis in all operands. Where every operand has whole vectors of channels
 * (or stretches along them), what fills them up counts as channels.
 */
export function axesOf(
  shape: readonly number[],
  operands: readonly Operand[],
  leading: Operand,
  vectorWidth: number,
): readonly Axis[] {
  const fast = fastestAxis(shape, leading);
  const fills = operands.every(({ strides, wholeVectors }) =>
    strides[fast] === 1 ? wholeVectors : strides[fast] === 0,
  );
  const extents = shape.map((size, axis) =>
    axis === fast && fills ? Math.ceil(size / vectorWidth) * vectorWidth : size,
  );
  const axes = extents
    .map((extent, axis) => ({ extent, axis }))
    .filter(({ extent }) => extent > 1)
    .sort((a, b) => leading.strides[b.axis] - leading.strides[a.axis]);
  return joinAxes(
    axes.map(({ extent, axis }) => ({ extent, strides: operands.map((o) => o.strides[axis]) })),
  );
}

/** The axis whose elements lie next to each other, -1 without one. */
export function fastestAxis(shape: readonly number[], { strides, wholeVectors }: Operand): number {
  const contiguous = shape.map((_, axis) => axis).filter((axis) => strides[axis] === 1);
  const [longest = -1] = contiguous.sort((a, b) => shape[b] - shape[a]);
  return longest >= 0 && (shape[longest] > 1 || wholeVectors) ? longest : -1;
}
