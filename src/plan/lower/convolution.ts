/** Convolutions and linear layers as steps of the plan. */
import type { Node } from "../../graph/graph.ts";
import type { ConvolutionOperation } from "../../graph/operation.ts";
import { type ConvolutionProblem, multiplyAdds } from "../../kernels/convolution/problem.ts";
import type { Margin } from "../../kernels/loops/layout.ts";
import {
  type ConvolutionChoice,
  type ConvolutionShape,
  convolutionShape,
} from "../convolution-problem.ts";
import { type PlannedEpilogue, describe, epilogueOf } from "./epilogue.ts";
import type { PoolBehind } from "./fused-pool.ts";
import { convolutionWeights } from "./convolution-weights.ts";
import type { Lowering } from "./lowering.ts";
import { type PlacedMap, firstElement } from "../memory/placed.ts";
import type { Place } from "../plan.ts";

/** A chosen algorithm, before the tensors are placed. */
export interface ChosenConvolution {
  readonly shape: ConvolutionShape;
  readonly choice: ConvolutionChoice;
  /** The zeros around the map that it reads. */
  readonly margin: Margin;
  /** The pool behind it that its kernel does too. */
  readonly pool?: PoolBehind;
}

/**
 * Chooses the algorithm and asks for the margin that it reads.
 * @param behind a pool that alone reads its output
 */
export function chooseForConvolution(
  node: Node,
  operation: ConvolutionOperation,
  behind: PoolBehind | undefined,
  lowering: Lowering,
): ChosenConvolution {
  const { tensors } = lowering;
  const [x] = node.inputs;
  const input = tensors.mapShapeOf(x);
  const shape = convolutionShape(operation, input, tensors.mapShapeOf(node.outputs[0]));
  const choice = lowering.choose(node, shape);
  const [top, left] = operation.padding;
  const [, , height, width] = input;
  const margin = {
    top,
    left,
    bottom: Math.max(0, choice.inputSize[0] - height - top),
    right: Math.max(0, choice.inputSize[1] - width - left),
  };
  tensors.needMargin(x, margin);
  return { shape, choice, margin, ...(behind && choice.pools && { pool: behind }) };
}

export function lowerConvolution(
  node: Node,
  { shape, choice, margin, pool }: ChosenConvolution,
  lowering: Lowering,
): void {
  const input = lowering.mapOf(node.inputs[0], margin);
  const { layout } = input;
  const corner = margin.top * layout.h + margin.left * layout.w;
  const place = firstElement(input);
  const first = { ...place, offset: place.offset - corner };
  const output = lowering.outputMapOf(pool?.node ?? node);
  const epilogue = epilogueOf(node, (id) => lowering.mapOf(id));
  addStep(node, { shape, choice, input, first, output, epilogue, ...(pool && { pool }) }, lowering);
}

/**
 * A linear layer is a convolution of single pixels, whose channels are the last axis; of a map
 * that was flattened, it is one whose kernel is as large as the map.
 */
export function lowerLinear(node: Node, lowering: Lowering): void {
  const { tensors } = lowering;
  const [x] = node.inputs;
  const flattened = tensors.placeOf(x).shape.length !== tensors.shapeOf(x).length;
  const input = flattened ? lowering.mapOf(x) : lowering.pixelsOf(x);
  const output = lowering.outputPixelsOf(node);
  const [batch, inChannels, height, width] = input.shape;
  const shape: ConvolutionShape = {
    batch,
    inChannels,
    outChannels: output.shape[1],
    groups: 1,
    kernel: flattened ? [height, width] : [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    outputSize: flattened ? [1, 1] : [height, width],
  };
  const choice = lowering.choose(node, shape);
  const epilogue = epilogueOf(node, (id) => lowering.pixelsOf(id));
  addStep(node, { shape, choice, input, first: firstElement(input), output, epilogue }, lowering);
}

interface Arranged {
  readonly shape: ConvolutionShape;
  readonly choice: ConvolutionChoice;
  readonly input: PlacedMap;
  /** The first tap of the first output. */
  readonly first: Place;
  readonly output: PlacedMap;
  readonly epilogue: PlannedEpilogue;
  readonly pool?: PoolBehind;
}

function addStep(node: Node, given: Arranged, lowering: Lowering): void {
  const { shape, choice, input, first, output, epilogue, pool } = given;
  const { draft } = lowering;
  const problem: ConvolutionProblem = {
    ...shape,
    input: input.layout,
    output: output.layout,
    epilogue: { ...epilogue.epilogue, ...(pool && { pool: pool.pool }) },
  };
  const kernel = lowering.kernels.of([choice.algorithm, problem], () => choice.kernel(problem));
  const scratch = choice.scratch(problem).map((elements) => draft.buffer("scratch", elements));
  draft.step({
    nodes: [node, ...(pool ? [pool.node] : [])].map(({ name }) => name),
    operation: [node, ...(pool ? [pool.node] : [])].map(describe).join(" + "),
    algorithm: `${kernel.name}: ${choice.reason}`,
    kernel,
    arguments: [
      first,
      convolutionWeights(node, { problem, choice }, lowering),
      ...(epilogue.epilogue.bias ? [lowering.biasFor(node, shape.outChannels)] : []),
      ...epilogue.residual,
      firstElement(output),
      ...scratch.map((buffer) => ({ buffer, offset: 0 })),
    ],
    macs: multiplyAdds(problem),
    cycles: choice.cycles,
  });
}
