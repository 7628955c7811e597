/** Weights in the order in which the tensors lie that they meet. */
import { type Operand, rowMajor } from "../../kernels/loops/operand.ts";

/** Row-major weights at other distances, what lies between them being 0. */
export function arrangeWeights(
  weights: Float32Array,
  shape: readonly number[],
  { strides }: Operand,
  elements: number,
): Float32Array {
  const from = rowMajor(shape).strides;
  const placed = new Float32Array(elements);
  const along = (axis: number, source: number, target: number): void => {
    if (axis === shape.length) {
      placed[target] = weights[source];
      return;
    }
    for (let i = 0; i < shape[axis]; i++) {
      along(axis + 1, source + i * from[axis], target + i * strides[axis]);
    }
  };
  along(0, 0, 0);
  return placed;
}
