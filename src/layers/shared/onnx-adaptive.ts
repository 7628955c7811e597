/**
 * Adaptive pools in ONNX, which has none: global pools, plain pools where the parts are equal,
 * and otherwise, for averages, a product with a matrix of shares for each axis, and for maxima
 * one reduction a part.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Pair } from "../../graph/attributes.ts";
import { formatDim, isKnown, namesIn } from "../../graph/dim.ts";
import {
  type OnnxExpression,
  type OnnxResult,
  type OnnxTensor,
  type OnnxValue,
  type Opset,
  floatTensor,
  int64s,
  op,
} from "../onnx.ts";
import { undilatedAttributes } from "./onnx-window.ts";
import { reduce } from "./onnx-statistics.ts";
import { type Tap, adaptiveTaps } from "./taps.ts";

type Reducer = "average" | "max";

const GLOBAL = { average: "GlobalAveragePool", max: "GlobalMaxPool" } as const;
const POOL = { average: "AveragePool", max: "MaxPool" } as const;

export function adaptiveOnnx(
  reducer: Reducer,
  size: Pair,
  x: OnnxTensor,
  opset: Opset,
): OnnxExpression {
  const [rows, columns] = size;
  if (rows === 1 && columns === 1) return op(GLOBAL[reducer], [x]);
  const [, , height, width] = x.shape;
  if (!isKnown(height) || !isKnown(width)) {
    const open = [...namesIn(width, namesIn(height))];
    return problem("CNN5080", {
      layer: `adaptive_${reducer === "max" ? "max" : "avg"}_pool`,
      reason: `the parts of a map of ${formatDim(height)}×${formatDim(width)} are not known`,
      remedy: `give values: ${open.map((name) => `\`--set ${name}=…\``).join(", ")}`,
    });
  }
  if (height % rows === 0 && width % columns === 0) {
    const kernel: Pair = [height / rows, width / columns];
    const window = { kernel, stride: kernel, padding: [0, 0, 0, 0] } as const;
    return op(POOL[reducer], [x], undilatedAttributes(window));
  }
  if (reducer === "max") {
    const down = partMaxima(x, { axis: 2, inputs: height, outputs: rows }, opset);
    return partMaxima(down, { axis: 3, inputs: width, outputs: columns }, opset);
  }
  const down = floatTensor(shares(height, rows), [rows, height]);
  const across = floatTensor(transposed(shares(width, columns), columns, width), [width, columns]);
  return op("MatMul", [op("MatMul", [down, x]), across]);
}

/** `[outputs, inputs]`: how much each output takes of each input. */
function shares(inputs: number, outputs: number): readonly number[] {
  const taps = adaptiveTaps(inputs, outputs);
  const parts = Map.groupBy(taps, ({ output }) => output);
  const matrix = Array.from({ length: outputs * inputs }, () => 0);
  for (const { output, input } of taps) {
    matrix[output * inputs + input] = 1 / (parts.get(output)?.length ?? 1);
  }
  return matrix;
}

function transposed(matrix: readonly number[], rows: number, columns: number): readonly number[] {
  return matrix.map((_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]);
}

/** An axis that is cut into parts. */
interface Parts {
  readonly axis: number;
  readonly inputs: number;
  readonly outputs: number;
}

function partMaxima(x: OnnxValue, { axis, inputs, outputs }: Parts, opset: Opset): OnnxResult {
  const parts = [...Map.groupBy(adaptiveTaps(inputs, outputs), ({ output }) => output).values()];
  const maxima = parts.map((taps: readonly Tap[]) => {
    const start = taps[0].input;
    const part = op("Slice", [x, int64s(start), int64s(start + taps.length), int64s(axis)]);
    return reduce("ReduceMax", { x: part, axes: [axis], keepdim: true, opset });
  });
  return op("Concat", maxima, { axis: { int: axis } });
}
