/** Pools with a sliding window in ONNX. */
import { type OnnxResult, type OnnxTensor, constant, flag, int64s, op } from "../onnx.ts";
import { roundedPadding, undilatedAttributes, windowAttributes } from "./onnx-window.ts";
import type { Rounding, Window } from "./window.ts";

export function maxPoolOnnx(x: OnnxTensor, window: Window, rounding: Rounding): OnnxResult {
  const padding = roundedPadding(window, x.shape, rounding);
  const pool = (from: OnnxTensor | OnnxResult, sides: Window["padding"]) =>
    op("MaxPool", [from], windowAttributes({ ...window, padding: sides }));
  const [top, left, bottom, right] = padding;
  const [rows, columns] = window.kernel;
  if (bottom < rows && right < columns) return pool(x, padding);
  // More padding than a kernel without its gaps is refused by onnxruntime.
  const behind = int64s(0, 0, 0, 0, 0, 0, bottom, right);
  return pool(op("Pad", [x, behind, constant(-Infinity)]), [top, left, 0, 0]);
}

/** What `ceil_mode` adds at the end never counts in the divisor, so counted padding stands apart. */
export function averagePoolOnnx(
  x: OnnxTensor,
  window: Window,
  rounding: Rounding,
  countPadding: boolean,
): OnnxResult {
  const stated = window.padding;
  const padding = roundedPadding(window, x.shape, rounding);
  const pool = (from: OnnxTensor | OnnxResult, sides: Window["padding"], counted: boolean) =>
    op("AveragePool", [from], {
      ...undilatedAttributes({ ...window, padding: sides }),
      count_include_pad: flag(counted),
    });
  const added = padding.map((side, at) => side - stated[at]);
  const [, , bottom, right] = added;
  if (!countPadding || (bottom === 0 && right === 0)) return pool(x, padding, countPadding);
  if (stated.every((side) => side === 0)) return pool(x, padding, false);
  const [top, left, below, behind] = stated;
  const padded = op("Pad", [x, int64s(0, 0, top, left, 0, 0, below, behind), constant(0)]);
  return pool(padded, [0, 0, bottom, right], false);
}
