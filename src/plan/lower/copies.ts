/** Layers whose outputs are boxes of their input's elements, moved, repeated or turned round. */
import { number } from "../../graph/element.ts";
import type { Node } from "../../graph/graph.ts";
import type { CopiesOperation, CopyBox } from "../../graph/operation.ts";
import { elementwise } from "../../kernels/elementwise.ts";
import type { Lowering } from "./lowering.ts";
import { type Placed, firstElement } from "../memory/placed.ts";

export function lowerCopies(
  node: Node,
  { boxes, fill }: CopiesOperation,
  lowering: Lowering,
): void {
  const input = lowering.tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node);
  if (fill !== undefined) addFill(node, output, fill, lowering);
  for (const box of boxes) {
    lowering.copy(node.name, node.kind, boxOf(input, box, "from"), boxOf(output, box, "to"));
  }
}

/** The elements of a tensor that a box reads or writes. */
function boxOf(placed: Placed, box: CopyBox, side: "from" | "to"): Placed {
  const { strides } = placed.operand;
  const steps = box.axes.map((axis) => axis[side].step * strides[axis[side].axis]);
  const start = box[side].reduce((sum, coordinate, axis) => sum + coordinate * strides[axis], 0);
  return {
    ...placed,
    shape: box.axes.map(({ extent }) => extent),
    operand: { strides: steps, wholeVectors: false },
    first: placed.first + start,
  };
}

function addFill(node: Node, output: Placed, value: number, lowering: Lowering): void {
  const { shape, operand } = output;
  lowering.draft.step({
    nodes: [node.name],
    operation: node.kind,
    algorithm: "fill",
    kernel: elementwise(
      { shape, inputs: [], element: number(value), output: operand },
      lowering.machine,
    ),
    arguments: [firstElement(output)],
  });
}
