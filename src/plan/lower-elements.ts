/** Functions of single elements as steps of the plan. */
import type { Element } from "../graph/element.ts";
import type { Node, ValueId } from "../graph/graph.ts";
import { type ElementwiseStep, elementwise } from "../kernels/elementwise.ts";
import type { Operand } from "../kernels/operand.ts";
import { describe, epilogueSteps } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type Placed, firstElement, wholeVectors } from "./placed.ts";

const COMBINE = { add: "add", sub: "subtract", mul: "multiply", div: "divide" } as const;

export function lowerElementwise(node: Node, activation: Element, lowering: Lowering): void {
  addElementwise(node, node.inputs, [{ kind: "activation", activation }], lowering);
}

export function lowerCombine(node: Node, operator: keyof typeof COMBINE, lowering: Lowering): void {
  const step = { kind: COMBINE[operator], operand: { input: 1 } };
  addElementwise(node, node.inputs, [step], lowering);
}

function addElementwise(
  node: Node,
  read: readonly ValueId[],
  steps: readonly ElementwiseStep[],
  lowering: Lowering,
): void {
  const { tensors, machine } = lowering;
  const inputs = read.map((id) => tensors.placeOf(id));
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
        steps: [...steps, ...epilogueSteps(node)],
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
        steps: [{ kind: "scale_negative", operand: { input: 1 } }],
        output: output.operand,
      },
      machine,
    ),
    arguments: [firstElement(input), slopes, firstElement(output)],
  });
}
