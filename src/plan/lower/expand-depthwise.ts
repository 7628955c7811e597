/** Pairs of a 1×1 convolution and the depthwise one that alone reads it, as one step of the plan. */
import type { Node } from "../../graph/graph.ts";
import type { Uses } from "../../graph/uses.ts";
import { packDepthwise, depthwisePackedLength } from "../../kernels/convolution/depthwise.ts";
import { packDirect, packedLength } from "../../kernels/convolution/direct/pack.ts";
import {
  type ExpandDepthwiseProblem,
  expandDepthwise,
  expandDepthwiseTiling,
} from "../../kernels/convolution/expand-depthwise.ts";
import { type ConvolutionProblem, multiplyAdds } from "../../kernels/convolution/problem.ts";
import { channelsLast } from "../../kernels/loops/layout.ts";
import type { Machine } from "../../kernels/machine.ts";
import { firstElement } from "../memory/placed.ts";
import type { Place } from "../plan.ts";
import type { ChosenConvolution } from "./convolution.ts";
import { activationOf, describe, epilogueOf } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";

/** More rows that are computed twice, where bands meet, cost more than the caches give. */
const REPEATED = 0.05;

/** A 1×1 convolution and what was chosen for it. */
export interface Expansion {
  readonly node: Node;
  readonly chosen: ChosenConvolution;
}

/** By the depthwise convolution, the 1×1 convolution that is computed with it. */
export function expansionsOf(
  uses: Uses,
  chosen: ReadonlyMap<Node, ChosenConvolution>,
  lowering: Lowering,
): ReadonlyMap<Node, Expansion> {
  const { algorithms } = lowering.options;
  const found = new Map<Node, Expansion>();
  for (const [node, depthwise] of chosen) {
    const [x] = node.inputs;
    const maker = uses.maker(x);
    const expand = maker && chosen.get(maker);
    if (maker === undefined || expand === undefined) continue;
    if (depthwise.choice.algorithm !== "depthwise" || !isPointwise(expand)) continue;
    // What the user chose for one layer is for that layer alone.
    if (algorithms?.has(node.name) || algorithms?.has(maker.name)) continue;
    if (uses.onlyReader(x) !== node || maker.inputs.length > 1) continue;
    const { repeated } = expandDepthwiseTiling(
      provisional(expand, depthwise, lowering.machine),
      lowering.machine,
    );
    if (repeated <= REPEATED) found.set(node, { node: maker, chosen: expand });
  }
  return found;
}

/** Before the tensors are placed: without gaps. */
function provisional(
  expand: ChosenConvolution,
  depthwise: ChosenConvolution,
  { vectorWidth }: Machine,
): ExpandDepthwiseProblem {
  const { batch, inChannels, outChannels, outputSize } = expand.shape;
  const epilogue = { bias: false };
  const filled = (pitch: number) => ({ pitch, vectorWidth });
  const input = channelsLast([batch, inChannels, ...outputSize], filled(inChannels));
  const outputShape = [batch, outChannels, ...depthwise.shape.outputSize] as const;
  const output = channelsLast(outputShape, filled(outChannels));
  return {
    expand: { ...expand.shape, input, epilogue },
    depthwise: { ...depthwise.shape, output, epilogue },
    padding: depthwise.margin,
  };
}

function isPointwise({ shape, margin }: ChosenConvolution): boolean {
  const padding = Object.values(margin).some((size) => size > 0);
  const { groups, kernel, stride } = shape;
  return groups === 1 && !padding && [...kernel, ...stride].every((n) => n === 1);
}

export function lowerExpandDepthwise(
  expansion: Expansion,
  node: Node,
  { shape, choice, margin }: ChosenConvolution,
  lowering: Lowering,
): void {
  const { machine, draft } = lowering;
  const { node: expandNode, chosen } = expansion;
  const input = lowering.mapOf(expandNode.inputs[0]);
  const output = lowering.outputMapOf(node);
  const { epilogue, residual } = epilogueOf(node, (id) => lowering.mapOf(id));
  const problem: ExpandDepthwiseProblem = {
    expand: {
      ...chosen.shape,
      input: input.layout,
      epilogue: { bias: expandNode.weights.bias !== undefined, ...activationOf(expandNode) },
    },
    depthwise: { ...shape, output: output.layout, epilogue },
    padding: margin,
  };
  const { expand, depthwise, tile, scratch } = expandDepthwiseTiling(problem, machine);
  const kernel = expandDepthwise(problem, machine);
  const biasOf = (owner: Node, { epilogue: { bias }, outChannels }: ConvolutionProblem): Place[] =>
    bias ? [lowering.biasFor(owner, outChannels)] : [];
  draft.step({
    nodes: [expandNode.name, node.name],
    operation: [expandNode, node].map(describe).join(" + "),
    algorithm: `${kernel.name}: what lies between stays in the caches`,
    kernel,
    arguments: [
      firstElement(input),
      lowering.weightsFor(
        expandNode,
        "weight",
        (weights) => packDirect(expand, tile, machine, weights),
        packedLength(expand, machine),
      ),
      ...biasOf(expandNode, expand),
      lowering.weightsFor(
        node,
        "weight",
        (weights) => packDepthwise(depthwise, machine, weights),
        depthwisePackedLength(depthwise, machine),
      ),
      ...biasOf(node, depthwise),
      ...residual,
      firstElement(output),
      { buffer: draft.buffer("scratch", scratch), offset: 0 },
    ],
    macs: multiplyAdds(expand) + multiplyAdds(depthwise),
    cycles: chosen.choice.cycles + choice.cycles,
  });
}
