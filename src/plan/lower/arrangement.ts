/**
 * Changes of shape, slices, permutations and concatenation: where possible nothing moves, and
 * no step is made.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { Operation } from "../../graph/operation.ts";
import { noMargin } from "../../kernels/loops/layout.ts";
import { arrangeWeights } from "./arrange-weights.ts";
import type { Lowering } from "./lowering.ts";
import {
  type Placed,
  arranged,
  orderOf,
  permuted,
  reshaped,
  rowMajorArranged,
  sliced,
  usualOrder,
  wholeVectors,
} from "../memory/placed.ts";
import type { Tensors } from "../memory/tensors.ts";

const IN_PLACE: ReadonlySet<Operation["family"]> = new Set([
  "parameter",
  "view",
  "permute",
  "slice",
  "split",
]);

/** Whether a node's outputs lie in memory that is there without it, if they can. */
export function isInPlace({ family }: Operation): boolean {
  return IN_PLACE.has(family);
}

/** A learned tensor is read where the weights are; maps have their channels last there too. */
export function lowerParameter(node: Node, lowering: Lowering): void {
  const { tensors, machine } = lowering;
  const [y] = node.outputs;
  const shape = tensors.shapeOf(y);
  const { operand, elements } = arranged(shape, usualOrder(shape.length), machine.vectorWidth);
  // A vector has nothing behind it, so that it may be filled up.
  const isVector = shape.filter((size) => size > 1).length <= 1;
  const filled = wholeVectors(elements, machine.vectorWidth);
  const { buffer, offset: first } = lowering.weightsFor(node, "value", (weights) =>
    arrangeWeights(weights, shape, operand, filled),
  );
  const own = isVector ? { ...operand, wholeVectors: true } : operand;
  tensors.placeAt(y, { shape, operand: own, margin: noMargin, buffer, first });
}

/**
 * A view has its input's elements in row-major order. Often other distances give them; and
 * linear layers read a flattened map as it lies, since for them it is a kernel as large as
 * the map. Everyone else gets a row-major copy.
 */
export function lowerView(node: Node, onlyLinearReads: boolean, lowering: Lowering): void {
  const { tensors } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const [y] = node.outputs;
  const shape = tensors.shapeOf(y);
  const view = reshaped(input, shape);
  if (view !== undefined) {
    tensors.placeAt(y, view);
    return;
  }
  const flattens = shape.length === 2 && input.shape.length === 4 && shape[0] === input.shape[0];
  if (flattens && onlyLinearReads && input.operand.strides[1] === 1) {
    tensors.placeAt(y, input);
    return;
  }
  const plain = tensors.own(input.shape, rowMajorArranged(input.shape));
  lowering.copy(node.name, node.kind, input, plain);
  tensors.placeAt(y, { ...plain, shape, operand: rowMajorArranged(shape).operand });
}

export function lowerPermute(
  { inputs: [x], outputs: [y] }: Node,
  order: readonly number[],
  { tensors }: Lowering,
): void {
  tensors.placeAt(y, permuted(tensors.placeOf(x), order));
}

export function lowerSlice(
  { inputs: [x], outputs: [y] }: Node,
  { axis, start, step }: Extract<Operation, { family: "slice" }>,
  { tensors }: Lowering,
): void {
  const size = tensors.shapeOf(y)[axis];
  tensors.placeAt(y, sliced(tensors.placeOf(x), axis, { start, size, step }));
}

export function lowerSplit({ inputs: [x], outputs }: Node, axis: number, lowering: Lowering): void {
  const { tensors } = lowering;
  let start = 0;
  for (const id of outputs) {
    const size = tensors.shapeOf(id)[axis];
    tensors.placeAt(id, sliced(tensors.placeOf(x), axis, { start, size, step: 1 }));
    start += size;
  }
}

/** Lets what readers of channels that are cut out need be there around the whole map. */
export function arrangeViews(
  graph: Graph,
  operationOf: (node: Node) => Operation,
  tensors: Tensors,
): void {
  for (const node of graph.nodes.toReversed()) {
    const operation = operationOf(node);
    const cutsChannels =
      (operation.family === "slice" && operation.step === 1) || operation.family === "split";
    if (!cutsChannels || operation.axis !== 1) continue;
    for (const id of node.outputs) tensors.needMargin(node.inputs[0], tensors.marginOf(id));
  }
}

/** Lets the inputs of every concat lie in its output from the start. */
export function arrangeConcats(
  graph: Graph,
  operationOf: (node: Node) => Operation,
  mayMove: (id: ValueId) => boolean,
  tensors: Tensors,
): void {
  const concats = graph.nodes.flatMap((node) => {
    const operation = operationOf(node);
    return operation.family === "concat" ? [concatOf(node, operation.axis, tensors)] : [];
  });
  for (const concat of concats) concat.parts.push(...shorterIn(concat, concats));
  // From the last: an inner concat then lies inside the outer one.
  for (const { whole, axis, parts } of concats.toReversed()) {
    for (const { id, start } of parts) {
      if (mayMove(id)) tensors.makePart(id, { whole, axis, start });
    }
  }
  // From the first: an inner concat has the margins of its parts before the outer one asks.
  for (const { whole, axis, parts } of concats) {
    if (axis !== 1) continue;
    for (const { id, start } of parts) {
      if (tensors.isPartAt(id, { whole, axis, start })) {
        tensors.needMargin(whole, tensors.marginOf(id));
      }
    }
  }
}

interface Concat {
  readonly whole: ValueId;
  readonly axis: number;
  readonly inputs: readonly ValueId[];
  /** What may lie in its output: the inputs first. */
  readonly parts: ConcatPart[];
}

function concatOf(node: Node, axis: number, tensors: Tensors): Concat {
  const { inputs, outputs } = node;
  return { whole: outputs[0], axis, inputs, parts: [...partsOf(node, axis, tensors)] };
}

/**
 * The concats of some of another's inputs that follow each other there, as dense blocks have
 * them: each layer reads all that came before it.
 */
function shorterIn(
  { axis, inputs, parts }: Concat,
  concats: readonly Concat[],
): readonly ConcatPart[] {
  return concats.flatMap((other) => {
    const at = inputs.indexOf(other.inputs[0]);
    const fits =
      at >= 0 &&
      other.axis === axis &&
      other.inputs.length < inputs.length &&
      other.inputs.every((id, i) => id === inputs[at + i]);
    return fits ? [{ id: other.whole, start: parts[at].start }] : [];
  });
}

/** Copies the inputs that could not be written into the output at once. */
export function lowerConcat(node: Node, axis: number, lowering: Lowering): void {
  const { tensors } = lowering;
  const [whole] = node.outputs;
  const parts = partsOf(node, axis, tensors);
  const output = lowering.outputIn(node, orderOfParts(node, tensors));
  for (const { id, start } of parts) {
    if (tensors.isPartAt(id, { whole, axis, start })) continue;
    const to = tensors.partOf(output, { axis, start }, tensors.shapeOf(id));
    lowering.copy(node.name, "concat", tensors.placeOf(id), to);
  }
}

/** That of the first part; a map has its channels last, so that its parts may become one. */
function orderOfParts({ inputs: [first] }: Node, tensors: Tensors): readonly number[] {
  const placed: Placed = tensors.placeOf(first);
  return placed.shape.length === 4 ? usualOrder(4) : orderOf(placed);
}

interface ConcatPart {
  readonly id: ValueId;
  readonly start: number;
}

function partsOf({ inputs }: Node, axis: number, tensors: Tensors): readonly ConcatPart[] {
  let next = 0;
  return inputs.map((id) => {
    const start = next;
    next += tensors.shapeOf(id)[axis];
    return { id, start };
  });
}
