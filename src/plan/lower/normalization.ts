/** Layers that look at many elements before they change one: norms, softmax. */
import type { Node } from "../../graph/graph.ts";
import type { LrnOperation, NormalizationOperation } from "../../graph/operation.ts";
import { lrn } from "../../kernels/statistics/lrn.ts";
import { type NormalizationAffine, normalization } from "../../kernels/statistics/normalization.ts";
import type { Operand } from "../../kernels/loops/operand.ts";
import { softmax, softmaxAlgorithm } from "../../kernels/statistics/softmax.ts";
import { arrangeWeights } from "./arrange-weights.ts";
import { activationOf, describe } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type Placed, arranged, firstElement, orderOf } from "../memory/placed.ts";
import type { Place } from "../plan.ts";

export function lowerNormalization(
  node: Node,
  operation: NormalizationOperation,
  lowering: Lowering,
): void {
  const { tensors, draft, machine } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node, input);
  const { groups, eps } = operation;
  const cut = (operand: Operand): Operand =>
    groups === undefined ? operand : inGroups(operand, input.shape[1] / groups);
  const affine = affineOf(node, operation, input, lowering);
  const kernel = normalization(
    {
      shape: groups === undefined ? input.shape : groupedShape(input.shape, groups),
      folded: foldedAxes(input.shape.length, operation),
      input: cut(input.operand),
      output: cut(output.operand),
      eps,
      ...(affine && {
        affine: {
          scale: cut(affine.scale),
          shift: cut(affine.shift),
          scaleOffset: affine.scaleOffset,
        },
      }),
      ...activationOf(node),
    },
    machine,
  );
  draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "mean and variance, then element by element",
    kernel,
    arguments: [
      firstElement(input),
      ...(affine?.places ?? []),
      firstElement(output),
      ...lowering.scratchOf(kernel),
    ],
  });
}

/** `[N, C, …]` as `[N, G, C / G, …]`. */
function groupedShape([batch, channels, ...rest]: readonly number[], groups: number) {
  return [batch, groups, channels / groups, ...rest];
}

function inGroups({ strides: [n, c, ...rest] }: Operand, perGroup: number): Operand {
  return { strides: [n, c * perGroup, c, ...rest], wholeVectors: false };
}

function foldedAxes(rank: number, { axes, groups }: NormalizationOperation): readonly boolean[] {
  const folded = Array.from({ length: rank }, (_, axis) => axes.includes(axis));
  return groups === undefined ? folded : folded.toSpliced(1, 1, false, true);
}

interface PlacedAffine extends NormalizationAffine {
  readonly places: readonly Place[];
}

/** Along the axes of the input. */
function affineOf(
  node: Node,
  { affine }: NormalizationOperation,
  input: Placed,
  lowering: Lowering,
): PlacedAffine | undefined {
  if (affine === "none") return undefined;
  const { tensors, machine } = lowering;
  const { shape } = input;
  if (affine === "style") {
    const [, style] = node.inputs;
    const placed = tensors.placeOf(style);
    const [n, c] = placed.operand.strides;
    const operand = { strides: shape.map((_, axis) => [n, c][axis] ?? 0), wholeVectors: false };
    const first = firstElement(placed);
    const shift = { ...first, offset: first.offset + shape[1] * c };
    return { scale: operand, shift: operand, scaleOffset: 1, places: [first, shift] };
  }
  const own = shape.map((size, axis) => (affine.axes.includes(axis) ? size : 1));
  const { operand, elements } = arranged(own, orderOf(input), machine.vectorWidth);
  const strides = operand.strides.map((stride, axis) => (affine.axes.includes(axis) ? stride : 0));
  const pack = (weights: Float32Array): Float32Array =>
    arrangeWeights(weights, own, operand, elements);
  return {
    scale: { ...operand, strides },
    shift: { ...operand, strides },
    scaleOffset: 0,
    places: ["weight", "bias"].map((role) => lowering.weightsFor(node, role, pack)),
  };
}

export function lowerLrn(
  node: Node,
  { size, alpha, beta, k }: LrnOperation,
  lowering: Lowering,
): void {
  const input = lowering.mapOf(node.inputs[0]);
  const output = lowering.outputMapOf(node, input);
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: `squares of ${size} channels`,
    kernel: lrn(
      {
        shape: input.shape,
        input: input.operand,
        output: output.operand,
        size,
        alpha,
        beta,
        k,
        ...activationOf(node),
      },
      lowering.machine,
    ),
    arguments: [firstElement(input), firstElement(output)],
  });
}

export function lowerSoftmax(
  node: Node,
  kind: "softmax" | "log_softmax",
  axis: number,
  lowering: Lowering,
): void {
  const input = lowering.tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node, input);
  const { shape, operand } = input;
  const problem = { kind, shape, axis, input: operand, output: output.operand };
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: softmaxAlgorithm(problem),
    kernel: softmax(problem, lowering.machine),
    arguments: [firstElement(input), firstElement(output)],
  });
}
