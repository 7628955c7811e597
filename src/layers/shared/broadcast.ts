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
export function broadcast(kind: string, a: TensorType, b: TensorType): ShapeResult {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [left, right] = [padded(a.shape, rank), padded(b.shape, rank)];
  const requires: Requirement[] = [];
  const shape = left.map((size, axis) => {
    const other = right[axis];
    if (other === 1 || sameDim(size, other)) return size;
    if (size === 1) return other;
    requires.push(mismatch(kind, axis, size, other, a, b));
    return isKnown(size) ? size : other;
  });
  return { outputs: [tensorType(shape)], requires };
}

function padded(shape: readonly Dim[], rank: number): readonly Dim[] {
  return [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
}

function mismatch(
  kind: string,
  axis: number,
  left: Dim,
  right: Dim,
  a: TensorType,
  b: TensorType,
): Requirement {
  const rank = Math.max(a.shape.length, b.shape.length);
  const facts = {
    layer: kind,
    axis: axisName(axis, rank),
    left: formatDim(left),
    right: formatDim(right),
    leftShape: formatShape(a.shape),
    rightShape: formatShape(b.shape),
    ranksDiffer: a.shape.length !== b.shape.length,
  };
  const blame = [a, b].map(({ shape }, input) => ({ input, axis: axis - rank + shape.length }));
  return {
    condition: equals(left, right),
    problem: { ...problem("CNN2051", facts), blame },
  };
}
