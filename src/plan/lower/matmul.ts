/** Products of two computed matrices as steps of the plan. */
import type { Node } from "../../graph/graph.ts";
import { PANEL_VECTORS, type MatmulProblem, matmul } from "../../kernels/matmul.ts";
import { activationOf, describe } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type Placed, firstElement, rowMajorArranged, rowMajorOrder } from "../memory/placed.ts";
import type { Place } from "../plan.ts";

export function lowerMatmul(node: Node, lowering: Lowering): void {
  const { tensors, machine } = lowering;
  const [a, b] = node.inputs.map((id) => tensors.placeOf(id));
  const shape = tensors.shapeOf(node.outputs[0]);
  const output = lowering.outputIn(node, rowMajorOrder(shape.length));
  const [rows, columns] = shape.slice(-2);
  const [depth] = a.shape.slice(-1);
  const right = rightSide(node, b, lowering);
  const [aRow, aDepth] = a.operand.strides.slice(-2);
  const [outputRow, outputColumn] = output.operand.strides.slice(-2);
  const problem: MatmulProblem = {
    batch: shape.slice(0, -2).map((extent, axis) => ({
      extent,
      strides: [
        batchStride(a.shape, a.operand.strides, axis, shape.length),
        batchStride(b.shape, right.batch, axis, shape.length),
        output.operand.strides[axis],
      ],
    })),
    rows,
    depth,
    columns,
    a: { row: aRow, depth: aDepth },
    b: right,
    output: { row: outputRow, column: outputColumn },
    ...activationOf(node),
  };
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: right.inPanels ? "tiles of rows by packed panels" : "tiles of rows by columns",
    kernel: matmul(problem, machine),
    arguments: [firstElement(a), right.place, firstElement(output)],
    macs: shape.reduce((product, size) => product * size, depth),
  });
}

/** The distance along an axis of the result; 0 where the tensor lacks it or stretches. */
function batchStride(
  shape: readonly number[],
  strides: readonly number[],
  axis: number,
  rank: number,
): number {
  const own = axis - rank + shape.length;
  return own < 0 || shape[own] === 1 ? 0 : strides[own];
}

interface RightSide {
  readonly place: Place;
  readonly inPanels: boolean;
  /** Along the axes before the matrix's. */
  readonly batch: readonly number[];
  readonly depth: number;
  readonly panel: number;
}

/** `b` as its kernel reads it: in place where its columns lie side by side, else in panels. */
function rightSide(node: Node, b: Placed, lowering: Lowering): RightSide {
  const { strides } = b.operand;
  const [depth, columns] = b.shape.slice(-2);
  const [depthStride, columnStride] = strides.slice(-2);
  const size = PANEL_VECTORS * lowering.machine.vectorWidth;
  if (columnStride === 1) {
    const batch = strides.slice(0, -2);
    const place = firstElement(b);
    return { place, inPanels: false, batch, depth: depthStride, panel: size };
  }
  const batch = b.shape.slice(0, -2);
  const panels = Math.ceil(columns / size);
  const whole = Math.floor(columns / size);
  const shape = [...batch, panels, depth, size];
  const packed = lowering.tensors.own(shape, rowMajorArranged(shape));
  const to = packed.operand.strides;
  const copy = (first: number, count: number, width: number): void => {
    if (count === 0) return;
    const part = [...batch, count, depth, width];
    const from: Placed = {
      ...b,
      shape: part,
      operand: {
        strides: [...strides.slice(0, -2), size * columnStride, depthStride, columnStride],
        wholeVectors: false,
      },
      first: b.first + first * size * columnStride,
    };
    const [panel] = to.slice(-3);
    const into = { ...packed, shape: part, first: packed.first + first * panel };
    lowering.copy(node.name, "panels", from, into);
  };
  copy(0, whole, size);
  copy(whole, panels - whole, columns - whole * size);
  const [panel] = to.slice(-3);
  return {
    place: firstElement(packed),
    inPanels: true,
    batch: to.slice(0, -3),
    depth: size,
    panel,
  };
}
