/** Pools with a sliding window in ONNX. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { isKnown, namesIn } from "../../graph/dim.ts";
import {
  type OnnxResult,
  type OnnxTensor,
  type Opset,
  constant,
  flag,
  floatTensor,
  int64s,
  op,
} from "../onnx.ts";
import type { SpatialIndex } from "./map.ts";
import { roundedPadding, undilatedAttributes, windowAttributes } from "./onnx-window.ts";
import { countPositions, windowTaps } from "./taps.ts";
import { type Rounding, type Window, countedTaps } from "./window.ts";

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

interface AveragePool {
  readonly window: Window;
  readonly rounding: Rounding;
  /** Whether padding counts in the divisor. */
  readonly counts: boolean;
}

/** What `ceil_mode` adds at the end never counts in the divisor, so counted padding stands apart. */
export function averagePoolOnnx(
  x: OnnxTensor,
  { window, rounding, counts }: AveragePool,
  opset: Opset,
): OnnxResult | Problem {
  const dilated = window.dilation.some((step) => step !== 1);
  if (dilated && opset < 19) return averageByMatrices(x, { window, rounding, counts });
  const stated = window.padding;
  const padding = roundedPadding(window, x.shape, rounding);
  const attributesOf = dilated ? windowAttributes : undilatedAttributes;
  const pool = (from: OnnxTensor | OnnxResult, sides: Window["padding"], counted: boolean) =>
    op("AveragePool", [from], {
      ...attributesOf({ ...window, padding: sides }),
      count_include_pad: flag(counted),
    });
  const added = padding.map((side, at) => side - stated[at]);
  const [, , bottom, right] = added;
  if (!counts || (bottom === 0 && right === 0)) return pool(x, padding, counts);
  if (stated.every((side) => side === 0)) return pool(x, padding, false);
  const [top, left, below, behind] = stated;
  const padded = op("Pad", [x, int64s(0, 0, top, left, 0, 0, below, behind), constant(0)]);
  return pool(padded, [0, 0, bottom, right], false);
}

/** Each row and column of the output as shares of the input's: a product with two matrices. */
function averageByMatrices(x: OnnxTensor, pool: AveragePool): OnnxResult | Problem {
  const [, , height, width] = x.shape;
  if (!isKnown(height) || !isKnown(width)) {
    const open = [...namesIn(width, namesIn(height))];
    return problem("CNN5080", {
      layer: "avg_pool",
      reason: "opsets before 19 can only say its dilation for known sizes",
      remedy: `give values: ${open.map((name) => `\`--set ${name}=…\``).join(", ")}`,
    });
  }
  const down = sharesAlong(pool, 0, height);
  const across = sharesAlong(pool, 1, width);
  const rows = floatTensor(down.flat(), [down.length, height]);
  const turned = Array.from({ length: width }, (_, input) => across.map((row) => row[input]));
  const columns = floatTensor(turned.flat(), [width, across.length]);
  return op("MatMul", [op("MatMul", [rows, x]), columns]);
}

/** For every output, how much it takes of each input. */
function sharesAlong(
  { window, rounding, counts }: AveragePool,
  axis: SpatialIndex,
  length: number,
): readonly (readonly number[])[] {
  const outputs = countPositions(window, axis, length, rounding);
  const byOutput = Map.groupBy(windowTaps(window, axis, length, outputs), ({ output }) => output);
  return Array.from({ length: outputs }, (_, output) => {
    const taps = byOutput.get(output) ?? [];
    const divisor = counts ? countedTaps(window, axis, length, output) : taps.length;
    const shares = Array.from({ length }, () => 0);
    for (const { input } of taps) shares[input] = 1 / divisor;
    return shares;
  });
}
