/** A scale and a shift for each channel: batch_norm that did not fold, and normalize. */
import { add, argument, multiply } from "../../graph/element.ts";
import type { Node } from "../../graph/graph.ts";
import type { WeightOf } from "../../graph/tensor.ts";
import { elementwise } from "../../kernels/elementwise.ts";
import { describe, finished } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { alongChannels, firstElement, wholeVectors } from "../memory/placed.ts";
import type { Pack } from "../plan.ts";

export function lowerBatchNorm(node: Node, eps: number, lowering: Lowering): void {
  const { weight, bias, running_mean: mean, running_var: variance } = node.weights;
  addAffine(node, lowering, (weights, channels) => {
    const valueOf = (name: string | undefined, c: number, otherwise: number): number =>
      name === undefined ? otherwise : weights(name).data[c];
    const scale = Array.from(
      { length: channels },
      (_, c) => valueOf(weight, c, 1) / Math.sqrt(valueOf(variance, c, 1) + eps),
    );
    const shift = scale.map((s, c) => valueOf(bias, c, 0) - valueOf(mean, c, 0) * s);
    return { scale, shift };
  });
}

export function lowerChannelAffine(
  node: Node,
  affine: { readonly scale: readonly number[]; readonly shift: readonly number[] },
  lowering: Lowering,
): void {
  addAffine(node, lowering, (_, channels) => ({
    scale: spread(affine.scale, channels),
    shift: spread(affine.shift, channels),
  }));
}

/** One number for each channel. */
function spread(values: readonly number[], channels: number): readonly number[] {
  return Array.from({ length: channels }, (_, c) => values[c % values.length]);
}

type Affine = (
  weights: WeightOf,
  channels: number,
) => { readonly scale: readonly number[]; readonly shift: readonly number[] };

const AFFINE = add(multiply(argument(0), argument(1)), argument(2));

function addAffine(node: Node, lowering: Lowering, affine: Affine): void {
  const { tensors, draft, machine } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node, input);
  const { shape } = output;
  const [, channels] = shape;
  const elements = wholeVectors(channels, machine.vectorWidth);
  const pack =
    (part: "scale" | "shift"): Pack =>
    (weights) => {
      const filled = new Float32Array(elements);
      filled.set(affine(weights, channels)[part]);
      return filled;
    };
  const perChannel = alongChannels(shape.length);
  draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "element by element",
    kernel: elementwise(
      {
        shape,
        inputs: [input.operand, perChannel, perChannel],
        element: finished(node, AFFINE),
        output: output.operand,
      },
      machine,
    ),
    arguments: [
      firstElement(input),
      { buffer: draft.weights(elements, pack("scale")), offset: 0 },
      { buffer: draft.weights(elements, pack("shift")), offset: 0 },
      firstElement(output),
    ],
  });
}
