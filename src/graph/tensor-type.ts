/** The type of a value that flows through a graph. */
import { type Dim, formatShape, sameDim } from "./dim.ts";

/** Tensors are float32; shapes are `[N, C, H, W]` for maps and `[N, F]` for vectors. */
export interface TensorType {
  readonly dtype: "f32";
  readonly shape: readonly Dim[];
}

export function tensorType(shape: readonly Dim[]): TensorType {
  return { dtype: "f32", shape };
}

export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]));
}

export function formatType(type: TensorType): string {
  return formatShape(type.shape);
}
