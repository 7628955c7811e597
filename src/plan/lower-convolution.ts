/** Convolutions and linear layers as steps of the plan. */
import type { Node } from "../graph/graph.ts";
import type { ConvolutionOperation } from "../graph/operation.ts";
import { type ConvolutionProblem, multiplyAdds } from "../kernels/convolution/problem.ts";
import type { Margin } from "../kernels/layout.ts";
import {
  type ConvolutionChoice,
  type ConvolutionShape,
  chooseConvolution,
  convolutionShape,
} from "./convolution.ts";
import { epilogueOf, describe } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type Place, type Placed, firstPixel } from "./plan.ts";

/** A chosen algorithm, before the tensors are placed. */
export interface ChosenConvolution {
  readonly shape: ConvolutionShape;
  readonly choice: ConvolutionChoice;
  readonly padding: Pick<Margin, "top" | "left">;
}

/** Chooses the algorithm and asks for the margin that it reads. */
export function chooseForConvolution(
  node: Node,
  operation: ConvolutionOperation,
  lowering: Lowering,
): ChosenConvolution {
  const { tensors } = lowering;
  const [x] = node.inputs;
  const input = tensors.mapShapeOf(x);
  const shape = convolutionShape(operation, input, tensors.mapShapeOf(node.outputs[0]));
  const choice = chooseConvolution(shape, lowering.chooseOptions(node));
  const [top, left] = operation.padding;
  const [, , height, width] = input;
  tensors.needMargin(x, {
    top,
    left,
    bottom: Math.max(0, choice.inputSize[0] - height - top),
    right: Math.max(0, choice.inputSize[1] - width - left),
  });
  return { shape, choice, padding: { top, left } };
}

export function lowerConvolution(
  node: Node,
  { shape, choice, padding }: ChosenConvolution,
  lowering: Lowering,
): void {
  const input = lowering.tensors.placeOf(node.inputs[0]);
  const { layout } = input.region;
  const corner = padding.top * layout.h + padding.left * layout.w;
  const place = firstPixel(input);
  const first = { ...place, offset: place.offset - corner };
  addStep(node, { shape, choice, input, first }, lowering);
}

/** A linear layer is a convolution whose kernel is as large as the map that was flattened. */
export function lowerLinear(node: Node, lowering: Lowering): void {
  const { tensors } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const [batch, inChannels, height, width] = input.region.shape;
  const shape: ConvolutionShape = {
    batch,
    inChannels,
    outChannels: tensors.mapShapeOf(node.outputs[0])[1],
    groups: 1,
    kernel: [height, width],
    stride: [1, 1],
    dilation: [1, 1],
    outputSize: [1, 1],
  };
  const choice = chooseConvolution(shape, lowering.chooseOptions(node));
  addStep(node, { shape, choice, input, first: firstPixel(input) }, lowering);
}

interface Arranged {
  readonly shape: ConvolutionShape;
  readonly choice: ConvolutionChoice;
  readonly input: Placed;
  /** The first tap of the first output. */
  readonly first: Place;
}

function addStep(node: Node, { shape, choice, input, first }: Arranged, lowering: Lowering): void {
  const { draft } = lowering;
  const output = lowering.outputOf(node);
  const epilogue = epilogueOf(node, lowering);
  const problem: ConvolutionProblem = {
    ...shape,
    input: input.region.layout,
    output: output.region.layout,
    epilogue: epilogue.epilogue,
  };
  const kernel = choice.kernel(problem);
  const packed = lowering.weightsFor(node, "weight", (weights) => choice.pack(problem, weights));
  const scratch = choice.scratch(problem).map((elements) => draft.buffer("scratch", elements));
  draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: `${kernel.name}: ${choice.reason}`,
    kernel,
    arguments: [
      first,
      packed,
      ...(epilogue.epilogue.bias ? [lowering.biasFor(node, shape.outChannels)] : []),
      ...epilogue.residual,
      firstPixel(output),
      ...scratch.map((buffer) => ({ buffer, offset: 0 })),
    ],
    macs: multiplyAdds(problem),
    cycles: choice.cycles,
  });
}
