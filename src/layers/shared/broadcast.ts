/** The shape rule of broadcasting: PyTorch's, on symbolic sizes. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { equals } from "../../graph/condition.ts";
import { type Dim, formatDim, formatShape, isKnown, sameDim } from "../../graph/dim.ts";
import { type TensorType, tensorType } from "../../graph/tensor-type.ts";
import type { Requirement, ShapeResult } from "../layer.ts";
import { axisName } from "./axes.ts";

/**
 * The type of an element-by-element operation: shapes are aligned at their last axis, and a
 * size of 1 stretches. A symbolic size counts as larger than 1, so that two different ones
 * must be equal.
 */
export function broadcast(kind: string, inputs: readonly TensorType[]): ShapeResult {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const requires: Requirement[] = [];
  const shape = Array.from({ length: rank }, (_, axis): Dim => {
    const sizes = inputs.map((type) => sizeAt(type, axis, rank));
    const first = sizes.findIndex((size) => size !== 1);
    if (first < 0) return 1;
    const others = sizes.flatMap((size, input) =>
      size === 1 || sameDim(size, sizes[first]) ? [] : [input],
    );
    for (const other of others) requires.push(mismatch(kind, axis, inputs, [first, other]));
    return [first, ...others].map((input) => sizes[input]).find(isKnown) ?? sizes[first];
  });
  return { outputs: [tensorType(shape)], requires };
}

/** 1 for an axis that the tensor lacks. */
function sizeAt({ shape }: TensorType, axis: number, rank: number): Dim {
  return shape[axis - rank + shape.length] ?? 1;
}

/** @param pair the two of the inputs that do not fit together */
function mismatch(
  kind: string,
  axis: number,
  inputs: readonly TensorType[],
  pair: readonly [number, number],
): Requirement {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const [a, b] = pair.map((input) => inputs[input]);
  const [left, right] = [sizeAt(a, axis, rank), sizeAt(b, axis, rank)];
  const facts = {
    layer: kind,
    axis: axisName(axis, rank),
    left: formatDim(left),
    right: formatDim(right),
    leftShape: formatShape(a.shape),
    rightShape: formatShape(b.shape),
    ranksDiffer: a.shape.length !== b.shape.length,
  };
  const blame = pair.map((input) => ({
    input,
    axis: axis - rank + inputs[input].shape.length,
  }));
  return {
    condition: equals(left, right),
    problem: { ...problem("CNN2051", facts), blame },
  };
}
