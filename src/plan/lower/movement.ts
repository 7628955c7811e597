/** Layers that move pixels or channels to other places: padding, resampling, shuffles. */
import type { Node } from "../../graph/graph.ts";
import type { AxisTaps, Operation, ResampleOperation } from "../../graph/operation.ts";
import { type CopyProblem, copy } from "../../kernels/movement/copy.ts";
import { pad, padTable } from "../../kernels/movement/pad.ts";
import {
  channelShuffle,
  pixelShuffle,
  repeatPixels,
} from "../../kernels/movement/rearrangements.ts";
import { resample, resampleTable } from "../../kernels/movement/resample.ts";
import { activationOf, describe } from "./epilogue.ts";
import type { Lowering } from "./lowering.ts";
import { type PlacedMap, firstElement } from "../memory/placed.ts";

/** Whether a layer is a copy of its map that reads each element once, in any order of the axes. */
export function copiesMap(operation: Operation): boolean {
  return operation.family === "pad" && typeof operation.mode === "object";
}

export function lowerPad(
  node: Node,
  operation: Extract<Operation, { family: "pad" }>,
  lowering: Lowering,
): void {
  const { padding, mode } = operation;
  const [id] = node.inputs;
  const input = copiesMap(operation) ? lowering.anyMapOf(id) : lowering.mapOf(id);
  const output = lowering.outputMapOf(node);
  const problem = {
    shape: input.shape,
    padding,
    mode,
    from: input.operand,
    to: output.operand,
  };
  const table = padTable(problem);
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: typeof mode === "string" ? `rows and columns by a table (${mode})` : "copy and fill",
    kernel: pad(problem, lowering.machine),
    arguments: [
      firstElement(input),
      ...(table === undefined ? [] : [lowering.tableFor(table)]),
      firstElement(output),
    ],
  });
}

export function lowerResample(
  node: Node,
  { rows, columns, outside }: ResampleOperation,
  lowering: Lowering,
): void {
  const [, , height, width] = lowering.tensors.mapShapeOf(node.inputs[0]);
  const [down, across] = [repetition(rows, height), repetition(columns, width)];
  if (down !== undefined && across !== undefined && node.epilogue === undefined) {
    addCopy(node, lowering, "pixels repeated", (input, output) =>
      repeatPixels(input.shape, [down, across], input.operand, output.operand),
    );
    return;
  }
  const input = lowering.mapOf(node.inputs[0]);
  const output = lowering.outputMapOf(node);
  const [batch, channels] = input.shape;
  const problem = {
    batch,
    channels,
    rows,
    columns,
    ...(outside !== undefined && { outside }),
    input: input.layout,
    output: output.layout,
    ...activationOf(node),
  };
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm: "rows and columns by a table",
    kernel: resample(problem, lowering.machine),
    arguments: [
      firstElement(input),
      lowering.tableFor(resampleTable(problem)),
      firstElement(output),
    ],
  });
}

/** How many times every place of the input comes, one after the other, if all come as often. */
function repetition(taps: readonly AxisTaps[], places: number): number | undefined {
  const times = taps.length / places;
  const repeats = taps.every(
    (tap, i) =>
      tap.weights.length === 1 && tap.weights[0] === 1 && tap.places[0] === Math.floor(i / times),
  );
  return repeats && Number.isInteger(times) ? times : undefined;
}

export function lowerPixelShuffle(node: Node, factor: number, lowering: Lowering): void {
  addCopy(node, lowering, "channels to pixels", (input, output) =>
    pixelShuffle(input.shape, factor, input.operand, output.operand),
  );
}

export function lowerChannelShuffle(node: Node, groups: number, lowering: Lowering): void {
  addCopy(node, lowering, "channels dealt anew", (input, output) =>
    channelShuffle(input.shape, groups, input.operand, output.operand),
  );
}

function addCopy(
  node: Node,
  lowering: Lowering,
  algorithm: string,
  problem: (input: PlacedMap, output: PlacedMap) => CopyProblem,
): void {
  const input = lowering.mapOf(node.inputs[0]);
  const output = lowering.outputMapOf(node);
  lowering.draft.step({
    nodes: [node.name],
    operation: describe(node),
    algorithm,
    kernel: copy(problem(input, output), lowering.machine),
    arguments: [firstElement(input), firstElement(output)],
  });
}
