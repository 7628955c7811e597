/**
 * Shape rule, weights, cost and reference of a convolution with groups: what `conv` writes
 * out and `depthwise` fills in.
 */
import { InternalFault, type Problem } from "../../diagnostics/diagnostic.ts";
import { type Dim, mul, product } from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type {
  Cost,
  GradientCall,
  Gradients,
  ReferenceCall,
  ReferenceResult,
  ShapeResult,
  WeightShapes,
} from "../layer.ts";
import { type OnnxCall, type OnnxResult, op } from "../onnx.ts";
import { groupsDivide, perGroup } from "./channels.ts";
import { convolve, convolveBackward } from "./convolution.ts";
import { known } from "./known.ts";
import { type FeatureMap, mapType } from "./map.ts";
import { windowAttributes } from "./onnx-window.ts";
import { type SlidingAttributes, slide, windowOf } from "./slide.ts";
import { countPositions } from "./taps.ts";

export interface ConvolutionAttributes extends SlidingAttributes {
  readonly out: Dim;
  readonly groups: Dim;
  readonly bias: boolean;
}

export function convolutionShape(
  kind: string,
  attributes: ConvolutionAttributes,
  map: FeatureMap,
): ShapeResult | Problem {
  const groups = groupsDivide(kind, attributes.groups, map.channels, attributes.out);
  if ("code" in groups) return groups;
  const slid = slide(kind, attributes, map, "floor");
  return {
    outputs: [mapType(map.batch, attributes.out, slid.size)],
    requires: [...groups, ...slid.requires],
  };
}

/** `weight` [out, C/groups, kernel height, kernel width], `bias` [out]. */
export function convolutionWeights(
  { out, groups, kernel, bias }: ConvolutionAttributes,
  x: TensorType,
): WeightShapes {
  const depth = depthOf(x, groups);
  const init = { uniformFanIn: mul(depth, kernel[0], kernel[1]) };
  return {
    weight: { shape: [out, depth, kernel[0], kernel[1]], role: "parameter", init },
    ...(bias ? { bias: { shape: [out], role: "parameter", init } } : {}),
  };
}

/** Taps on padding count, as is usual. */
export function convolutionCost(
  { groups, kernel }: ConvolutionAttributes,
  x: TensorType,
  y: TensorType,
): Cost {
  return { macs: mul(product(y.shape), depthOf(x, groups), kernel[0], kernel[1]) };
}

export function convolutionReference({
  attributes,
  inputs: [x],
  weights,
}: ReferenceCall<ConvolutionAttributes>): ReferenceResult {
  const window = windowOf(attributes);
  const bias = attributes.bias ? weights.bias : undefined;
  const [batch, , height, width] = x.shape;
  const shape = [
    batch,
    weights.weight.shape[0],
    countPositions(window, 0, height, "floor"),
    countPositions(window, 1, width, "floor"),
  ];
  return { outputs: [convolve(x, { weight: weights.weight, bias, window }, shape)] };
}

export function convolutionBackward({
  attributes,
  inputs: [x],
  weights,
  outputGradients: [dy],
}: GradientCall<ConvolutionAttributes>): Gradients {
  const bias = attributes.bias ? weights.bias : undefined;
  const filters = { weight: weights.weight, bias, window: windowOf(attributes) };
  return convolveBackward(x, filters, dy);
}

export function convolutionOnnx({
  attributes,
  inputs: [x],
  weights: { weight, bias },
}: OnnxCall<ConvolutionAttributes>): OnnxResult {
  return op("Conv", [x, weight, bias], {
    ...windowAttributes(windowOf(attributes)),
    group: { int: known(attributes.groups) },
  });
}

/** Channels that one output channel reads. */
function depthOf(x: TensorType, groups: Dim): Dim {
  const depth = perGroup(x.shape[1], groups);
  if (depth === undefined) throw new InternalFault("groups divide the channels");
  return depth;
}
