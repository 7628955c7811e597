/** Means, variances and what is normalised by them, as expressions of ONNX. */
import { isKnown } from "../../graph/dim.ts";
import {
  type OnnxResult,
  type OnnxTensor,
  type OnnxValue,
  type Opset,
  constant,
  floatTensor,
  flag,
  int64s,
  op,
} from "../onnx.ts";
import { perChannel } from "./onnx-shape.ts";

export type Reducer =
  | "ReduceL1"
  | "ReduceL2"
  | "ReduceLogSumExp"
  | "ReduceMax"
  | "ReduceMean"
  | "ReduceMin"
  | "ReduceProd"
  | "ReduceSum";

/** What is reduced, and over which axes. */
export interface Reduced {
  readonly x: OnnxValue;
  readonly axes: readonly number[];
  readonly keepdim: boolean;
  readonly opset: Opset;
}

/** The axes of these became an input in opset 18, and those of ReduceSum in 13. */
export function reduce(type: Reducer, { x, axes, keepdim, opset }: Reduced): OnnxResult {
  return opset >= 18 || type === "ReduceSum"
    ? op(type, [x, int64s(...axes)], { keepdims: flag(keepdim) })
    : op(type, [x], { axes: { ints: axes }, keepdims: flag(keepdim) });
}

/** `(x - mean) / √(variance + eps)` by the statistics over `axes`. */
export function standardized(
  x: OnnxValue,
  axes: readonly number[],
  eps: number,
  opset: Opset,
): OnnxResult {
  const mean = (of: OnnxValue): OnnxResult =>
    reduce("ReduceMean", { x: of, axes, keepdim: true, opset });
  const centred = op("Sub", [x, mean(x)]);
  const variance = mean(op("Mul", [centred, centred]));
  return op("Div", [centred, op("Sqrt", [op("Add", [variance, constant(eps)])])]);
}

/** Each channel of each image by its own statistics, without scale and shift. */
export function standardizedChannels(x: OnnxTensor, eps: number, opset: Opset): OnnxResult {
  const [, channels] = x.shape;
  const pixels = x.shape.map((_, axis) => axis).slice(2);
  if (!isKnown(channels)) return standardized(x, pixels, eps, opset);
  return op("InstanceNormalization", [x, repeated(1, channels), repeated(0, channels)], {
    epsilon: { float: eps },
  });
}

/** A vector of one number. */
export function repeated(value: number, count: number): OnnxValue {
  return floatTensor(Array.from({ length: count }, () => value));
}

interface Affine {
  readonly weight: OnnxValue;
  readonly bias: OnnxValue;
}

/** The learned scale and shift as they broadcast over channels; undefined where there is none. */
export function channelAffine(
  { weight, bias }: Readonly<Record<string, OnnxTensor>>,
  rank: number,
): Affine | undefined {
  if (weight === undefined) return undefined;
  return { weight: perChannel(weight, rank), bias: perChannel(bias, rank) };
}

export function scaledAndShifted(x: OnnxResult, affine: Affine | undefined): OnnxResult {
  return affine === undefined ? x : op("Add", [op("Mul", [x, affine.weight]), affine.bias]);
}
