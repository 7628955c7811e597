/**
 * Layer normalisation in ONNX, whose operator (since opset 17) takes the last axes: others are
 * brought there and back.
 */
import { type OnnxResult, type OnnxTensor, type Opset, int64s, op } from "../onnx.ts";
import { scaledAndShifted, standardized } from "./onnx-statistics.ts";

interface LayerNorm {
  /** Ascending; the weights have their sizes. */
  readonly axes: readonly number[];
  readonly eps: number;
  readonly weights: Readonly<Record<string, OnnxTensor>>;
}

export function layerNormOnnx(
  x: OnnxTensor,
  { axes, eps, weights: { weight, bias } }: LayerNorm,
  opset: Opset,
): OnnxResult {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  if (opset < 17 || weight === undefined) {
    const y = standardized(x, axes, eps, opset);
    // The weights broadcast once they have a 1 for every other axis behind their first.
    const between = others.filter((axis) => axis > axes[0]).map((axis) => axis - axes[0]);
    const spread = (vector: OnnxTensor) =>
      between.length === 0 ? vector : op("Unsqueeze", [vector, int64s(...between)]);
    return weight === undefined
      ? y
      : scaledAndShifted(y, { weight: spread(weight), bias: spread(bias) });
  }
  const settings = { axis: { int: others.length }, epsilon: { float: eps } };
  const order = [...others, ...axes];
  if (order.every((axis, at) => axis === at)) {
    return op("LayerNormalization", [x, weight, bias], settings);
  }
  const last = op("Transpose", [x], { perm: { ints: order } });
  const y = op("LayerNormalization", [last, weight, bias], settings);
  return op("Transpose", [y], { perm: { ints: order.map((_, axis) => order.indexOf(axis)) } });
}
