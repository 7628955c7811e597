/** Functions of single elements as steps of the plan. */
import { ownInputs } from "../../graph/access.ts";
import { type Element, argument, ifLess, multiply } from "../../graph/element.ts";
import type { Node } from "../../graph/graph.ts";
import { elementwise } from "../../kernels/elementwise.ts";
import type { Operand } from "../../kernels/operand.ts";
import { describe, finished } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type Placed, firstElement, wholeVectors } from "../memory/placed.ts";

export function lowerElementwise(node: Node, element: Element, lowering: Lowering): void {
  const { tensors, machine } = lowering;
  const inputs = ownInputs(node).map((id) => tensors.placeOf(id));
  const shape = tensors.shapeOf(node.outputs[0]);
  const whole = inputs.find((input) => input.shape.every((size, axis) => size === shape[axis]));
  const output = lowering.outputOf(node, whole);
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "element by element",
    kernel: elementwise(
      {
        shape,
        inputs: inputs.map((input) => broadcast(input, shape)),
        element: finished(node, element),
        output: output.operand,
      },
      machine,
    ),
    arguments: [...inputs.map(firstElement), firstElement(output)],
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
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "element by element",
    kernel: elementwise(
      {
        shape,
        inputs: [input.operand, { strides, wholeVectors: true }],
        element: finished(node, SLOPED),
        output: output.operand,
      },
      machine,
    ),
    arguments: [firstElement(input), slopes, firstElement(output)],
  });
}
