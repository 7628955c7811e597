/** Which inputs each output of a pool sees along one axis, cut to the map. */
import type { WindowPoolOperation } from "../../graph/operation.ts";
import type { AxisWindow } from "../../kernels/pool/pool.ts";

/** Sliding windows; places in the padding are left out, and count in the divisor if asked. */
export function slidingWindows(
  operation: WindowPoolOperation,
  axis: 0 | 1,
  length: number,
  outputs: number,
): readonly AxisWindow[] {
  const [kernel, stride, dilation] = [
    operation.kernel[axis],
    operation.stride[axis],
    operation.dilation[axis],
  ];
  const before = operation.padding[axis];
  const after = operation.padding[axis + 2];
  return Array.from({ length: outputs }, (_, output) => {
    const start = output * stride - before;
    const skipped = Math.max(0, Math.ceil(-start / dilation));
    const end = Math.min(kernel, Math.ceil((length - start) / dilation));
    const counted = Math.min(kernel, Math.ceil((length + after - start) / dilation));
    return {
      start: start + skipped * dilation,
      taps: end - skipped,
      divisor: operation.countPadding ? counted : end - skipped,
    };
  });
}

/** PyTorch's rule: output `i` of `n` sees `floor(i·L/n) … ceil((i+1)·L/n) - 1`. */
export function adaptiveWindows(length: number, outputs: number): readonly AxisWindow[] {
  return Array.from({ length: outputs }, (_, output) => {
    const start = Math.floor((output * length) / outputs);
    const taps = Math.ceil(((output + 1) * length) / outputs) - start;
    return { start, taps, divisor: taps };
  });
}
