/** Views and concatenation: where possible nothing moves, and no step is made. */
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import type { Lowering } from "./lowering.ts";
import type { Placed } from "./plan.ts";
import { rowMajorRegion } from "./region.ts";
import type { Tensors } from "./tensors.ts";

/**
 * A view has its input's elements in row-major order. A map of one pixel, or of one channel,
 * has them so already; and linear layers read a flattened map as it lies, since for them it is
 * a kernel as large as the map. Everyone else gets a row-major copy.
 */
export function lowerView(node: Node, onlyLinearReads: boolean, lowering: Lowering): void {
  const { tensors, draft } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const [y] = node.outputs;
  const flattens =
    tensors.shapeOf(y).length === 2 && tensors.shapeOf(y)[0] === input.region.shape[0];
  if (flattens && (onlyLinearReads || isVector(input))) {
    tensors.placeAt(y, input);
    return;
  }
  const plain = rowMajorRegion(input.region.shape);
  const buffer = draft.buffer("arena", plain.elements);
  lowering.copy(node.name, node.kind, input, { region: plain, buffer, offset: 0 });
  const region = rowMajorRegion(tensors.mapShapeOf(y));
  tensors.placeAt(y, { region, buffer, offset: 0 });
}

function isVector({ region: { shape } }: Placed): boolean {
  return shape[2] * shape[3] === 1;
}

/** Lets the inputs of every concat along the channels lie in its output from the start. */
export function arrangeConcats(
  graph: Graph,
  isConcat: (node: Node) => boolean,
  mayMove: (id: ValueId) => boolean,
  tensors: Tensors,
): void {
  const concats = graph.nodes.filter(isConcat);
  // From the last: an inner concat then lies inside the outer one.
  for (const node of concats.toReversed()) {
    const [whole] = node.outputs;
    let firstChannel = 0;
    for (const id of node.inputs) {
      if (mayMove(id)) tensors.makePart(id, { whole, firstChannel });
      firstChannel += tensors.mapShapeOf(id)[1];
    }
  }
  // From the first: an inner concat has the margins of its parts before the outer one asks.
  for (const node of concats) {
    const [whole] = node.outputs;
    for (const id of node.inputs) {
      if (tensors.isPartOf(id, whole)) tensors.needMargin(whole, tensors.marginOf(id));
    }
  }
}

/** Copies the inputs that could not be written into the output at once. */
export function lowerConcat(node: Node, lowering: Lowering): void {
  const { tensors } = lowering;
  const output = lowering.outputOf(node);
  let firstChannel = 0;
  for (const id of node.inputs) {
    const shape = tensors.mapShapeOf(id);
    if (!tensors.isPartOf(id, node.outputs[0])) {
      const { region, buffer, offset } = output;
      const layout = { ...region.layout, wholeVectors: false };
      const part = { region: { ...region, shape, layout }, buffer, offset: offset + firstChannel };
      lowering.copy(node.name, "concat", tensors.placeOf(id), part);
    }
    firstChannel += shape[1];
  }
}
