/** Pools and reductions as steps of the plan. */
import type { Pair } from "../../graph/attributes.ts";
import { chained } from "../../graph/element.ts";
import type { Node } from "../../graph/graph.ts";
import type { ReduceOperation, WindowPoolOperation } from "../../graph/operation.ts";
import { type AxisWindow, pool } from "../../kernels/pool/pool.ts";
import { reduction } from "../../kernels/statistics/reduction.ts";
import { activationOf, describe } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { firstElement, orderOf } from "../memory/placed.ts";
import { adaptiveWindows, slidingWindows } from "./windows.ts";

export function lowerWindowPool(
  node: Node,
  operation: WindowPoolOperation,
  lowering: Lowering,
): void {
  const [, , height, width] = lowering.tensors.mapShapeOf(node.inputs[0]);
  const [, , rows, columns] = lowering.tensors.mapShapeOf(node.outputs[0]);
  addPool(node, lowering, {
    reduce: operation.reduce,
    rows: slidingWindows(operation, 0, height, rows),
    columns: slidingWindows(operation, 1, width, columns),
    dilation: operation.dilation,
  });
}

export function lowerAdaptivePool(node: Node, reduce: "max" | "average", lowering: Lowering): void {
  const [, , height, width] = lowering.tensors.mapShapeOf(node.inputs[0]);
  const [, , rows, columns] = lowering.tensors.mapShapeOf(node.outputs[0]);
  addPool(node, lowering, {
    reduce,
    rows: adaptiveWindows(height, rows),
    columns: adaptiveWindows(width, columns),
    dilation: [1, 1],
  });
}

interface Windows {
  readonly reduce: "max" | "average";
  readonly rows: readonly AxisWindow[];
  readonly columns: readonly AxisWindow[];
  readonly dilation: Pair;
}

function addPool(node: Node, lowering: Lowering, { reduce, ...windows }: Windows): void {
  const input = lowering.mapOf(node.inputs[0]);
  const output = lowering.outputMapOf(node);
  const [batch, channels] = input.shape;
  const problem = {
    ...windows,
    kind: reduce === "max" ? "max" : "mean",
    batch,
    channels,
    input: input.layout,
    output: output.layout,
    ...activationOf(node),
  } as const;
  const kernel = pool(problem, lowering.machine);
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "windows of vectors of channels",
    kernel,
    arguments: [firstElement(input), firstElement(output), ...lowering.scratchOf(kernel)],
  });
}

export function lowerReduction(
  node: Node,
  { reduce, axes, each, final }: ReduceOperation,
  lowering: Lowering,
): void {
  const { tensors } = lowering;
  const after = chained(final, activationOf(node).activation);
  const input = tensors.placeOf(node.inputs[0]);
  const rank = tensors.shapeOf(node.outputs[0]).length;
  const keepsAxes = rank === input.shape.length;
  const kept = (axis: number): boolean => keepsAxes || !axes.includes(axis);
  const numbers = input.shape.map(
    (_, axis) => input.shape.slice(0, axis).filter((_s, i) => kept(i)).length,
  );
  const order = orderOf(input)
    .filter(kept)
    .map((axis) => numbers[axis]);
  const output = lowering.outputIn(node, order);
  const { strides, wholeVectors } = output.operand;
  const kernel = reduction(
    {
      kind: reduce,
      shape: input.shape,
      folded: input.shape.map((_, axis) => axes.includes(axis)),
      from: input.operand,
      to: {
        strides: numbers.map((number, axis) => (axes.includes(axis) ? 0 : strides[number])),
        wholeVectors,
      },
      ...(each && { each }),
      ...(after && { final: after }),
    },
    lowering.machine,
  );
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "vectors side by side",
    kernel,
    arguments: [firstElement(input), firstElement(output), ...lowering.scratchOf(kernel)],
  });
}
