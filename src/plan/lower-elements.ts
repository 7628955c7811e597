/** Functions of single elements and pools as steps of the plan. */
import type { Pair } from "../graph/attributes.ts";
import type { Node } from "../graph/graph.ts";
import type { ElementFunction, WindowPoolOperation } from "../graph/operation.ts";
import { type ElementwiseStep, elementwise } from "../kernels/elementwise.ts";
import type { Layout } from "../kernels/layout.ts";
import { operandOf } from "../kernels/operand.ts";
import { type AxisWindow, pool } from "../kernels/pool.ts";
import { describe, epilogueSteps } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { firstPixel } from "./plan.ts";
import type { MapShape } from "./region.ts";
import { adaptiveWindows, slidingWindows } from "./windows.ts";

const COMBINE = { add: "add", sub: "subtract", mul: "multiply", div: "divide" } as const;

export function lowerElementwise(
  node: Node,
  activation: ElementFunction,
  lowering: Lowering,
): void {
  addElementwise(node, [{ kind: "activation", activation }], lowering);
}

export function lowerCombine(node: Node, operator: keyof typeof COMBINE, lowering: Lowering): void {
  addElementwise(node, [{ kind: COMBINE[operator], operand: { input: 1 } }], lowering);
}

function addElementwise(node: Node, steps: readonly ElementwiseStep[], lowering: Lowering): void {
  const output = lowering.outputOf(node);
  const count = steps.some((step) => "operand" in step) ? 2 : 1;
  const inputs = node.inputs.slice(0, count).map((id) => lowering.tensors.placeOf(id));
  const { shape } = output.region;
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "element by element",
    kernel: elementwise(
      {
        shape,
        inputs: inputs.map(({ region }) =>
          operandOf(broadcast(region.layout, region.shape, shape)),
        ),
        steps: [...steps, ...epilogueSteps(node)],
        output: operandOf(output.region.layout),
      },
      lowering.machine,
    ),
    arguments: [...inputs.map(firstPixel), firstPixel(output)],
  });
}

/** A stride of 0 along the axes where a size of 1 stretches. */
function broadcast(layout: Layout, from: MapShape, to: MapShape): Layout {
  const stretch = (axis: number, stride: number): number =>
    from[axis] === 1 && to[axis] !== 1 ? 0 : stride;
  return {
    ...layout,
    n: stretch(0, layout.n),
    c: stretch(1, layout.c),
    h: stretch(2, layout.h),
    w: stretch(3, layout.w),
  };
}

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
  const input = lowering.tensors.placeOf(node.inputs[0]);
  const output = lowering.outputOf(node);
  const [batch, channels] = input.region.shape;
  const problem = {
    ...windows,
    kind: reduce === "max" ? "max" : "mean",
    batch,
    channels,
    input: input.region.layout,
    output: output.region.layout,
  } as const;
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "windows of vectors of channels",
    kernel: pool(problem, lowering.machine),
    arguments: [firstPixel(input), firstPixel(output)],
  });
}
