/** Functions of single elements as steps of the plan. */
import { ownInputs } from "../../graph/access.ts";
import { type Element, argument, ifLess, multiply } from "../../graph/element.ts";
import type { Node } from "../../graph/graph.ts";
import { elementwise } from "../../kernels/elementwise.ts";
import type { Operand } from "../../kernels/loops/operand.ts";
import { type Placed, firstElement, wholeVectors } from "../memory/placed.ts";
import type { Place } from "../plan.ts";
import { describe, finished } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";

export function lowerElementwise(node: Node, element: Element, lowering: Lowering): void {
  const inputs = ownInputs(node).map((id) => lowering.tensors.placeOf(id));
  const shape = lowering.tensors.shapeOf(node.outputs[0]);
  const whole = inputs.find((input) => input.shape.every((size, axis) => size === shape[axis]));
  elementByElement(node, element, lowering, {
    inputs: inputs.map((input) => broadcast(input, shape)),
    arguments: inputs.map(firstElement),
    output: lowering.outputOf(node, whole),
  });
}

interface Operands {
  readonly inputs: readonly Operand[];
  /** The inputs' first elements. */
  readonly arguments: readonly Place[];
  readonly output: Placed;
}

function elementByElement(
  node: Node,
  element: Element,
  { draft, machine }: Lowering,
  { inputs, arguments: given, output }: Operands,
): void {
  const { shape, operand } = output;
  draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "element by element",
    kernel: elementwise(
      { shape, inputs, element: finished(node, element), output: operand },
      machine,
    ),
    arguments: [...given, firstElement(output)],
  });
}

/** Its axes stand last; a stride of 0 along those where a size of 1 stretches. */
function broadcast({ shape, operand }: Placed, to: readonly number[]): Operand {
  const missing = to.length - shape.length;
  const strides = to.map((size, axis) => {
    const own = axis - missing;
    return own < 0 || (shape[own] === 1 && size !== 1) ? 0 : operand.strides[own];
  });
  return { strides, wholeVectors: operand.wholeVectors };
}

/** `x < 0 ? x · slope : x`. */
const SLOPED = ifLess(argument(0), 0, multiply(argument(0), argument(1)), argument(0));

/** One slope for all elements or one for each channel. */
export function lowerPrelu(node: Node, lowering: Lowering): void {
  const { tensors, machine } = lowering;
  const input = tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node, input);
  const { shape } = output;
  const slopes = lowering.weightsFor(node, "weight", (weights) => {
    const filled = new Float32Array(wholeVectors(weights.length, machine.vectorWidth));
    filled.set(weights);
    return filled;
  });
  const one = lowering.graph.weights.get(node.weights.weight)?.shape[0] === 1;
  const strides = shape.map((_, axis) => (axis === 1 && !one ? 1 : 0));
  elementByElement(node, SLOPED, lowering, {
    inputs: [input.operand, { strides, wholeVectors: true }],
    arguments: [firstElement(input), slopes],
    output,
  });
}
