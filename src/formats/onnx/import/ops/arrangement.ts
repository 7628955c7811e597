/** Operators that give the same elements another shape or order: reshape, transpose and the like. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import {
  type Dim,
  divideExactly,
  formatDim,
  isKnown,
  product,
  sameDim,
} from "../../../../graph/dim.ts";
import { sameShape } from "../../../../graph/tensor-type.ts";
import type { OpCall } from "../call.ts";
import { axesOf, axisFromZero } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";

export const arrangementOps: OpTable = {
  Reshape: op(1, 2, lowerReshape),
  Flatten: op(1, 1, lowerFlatten),
  Transpose: op(1, 1, lowerTranspose),
  Squeeze: op(1, 2, lowerSqueeze),
  Unsqueeze: op(1, 2, lowerUnsqueeze),
  Expand: op(2, 2, lowerExpand),
  DepthToSpace: op(1, 1, lowerDepthToSpace),
  SpaceToDepth: op(1, 1, lowerSpaceToDepth),
};

function lowerReshape(call: OpCall): void {
  const { shape } = call.tensor(0).type;
  const stated = call.opset < 5 ? (call.ints("shape") ?? []) : call.dims(1, "shape");
  const keepsZero = call.flag("allowzero", false);
  const target = stated.map((size, axis) => {
    if (size !== 0 || keepsZero) return size;
    const kept: Dim | undefined = shape[axis];
    if (kept !== undefined) return kept;
    throw call.refuse(
      `it keeps axis ${axis} of a tensor of rank ${shape.length}`,
      "export the model again; a 0 in a shape stands for an axis of the input",
    );
  });
  rearrange(call, call.tensor(0), target);
}

const OPEN = -1;

/** Gives the tensor the shape by the layer that says best what happens. */
function rearrange(call: OpCall, x: TensorValue, stated: readonly Dim[]): void {
  const { shape } = x.type;
  const target = filled(stated, shape);
  if (target !== undefined) {
    if (sameShape(target, shape)) {
      call.giveSame(0);
      return;
    }
    const joined = joinedAxes(shape, target);
    if (joined !== undefined) {
      const [start_axis, end_axis] = joined;
      const toEnd = end_axis === shape.length - 1;
      call.give(call.layer("flatten", { start_axis, end_axis: toEnd ? -1 : end_axis }, [x]));
      return;
    }
    const added = addedAxes(shape, target);
    if (added !== undefined) {
      call.give(call.layer("unsqueeze", { axes: added }, [x]));
      return;
    }
    const dropped = addedAxes(target, shape);
    if (dropped !== undefined) {
      call.give(call.layer("squeeze", { axes: dropped }, [x]));
      return;
    }
  }
  call.give(call.layer("reshape", { shape: target ?? stated }, [x]));
}

/** With the open size filled in; undefined where it does not come out even. */
function filled(stated: readonly Dim[], from: readonly Dim[]): readonly Dim[] | undefined {
  const open = stated.indexOf(OPEN);
  if (open < 0) return stated;
  const size = divideExactly(product(from), product(stated.toSpliced(open, 1)));
  return size === undefined ? undefined : stated.with(open, size);
}

/** First and last of the neighbouring axes that are one in the target, where that is all. */
function joinedAxes(
  shape: readonly Dim[],
  target: readonly Dim[],
): readonly [number, number] | undefined {
  const count = shape.length - target.length + 1;
  if (count < 2 || target.length === 0) return undefined;
  const start = target.findIndex((size, axis) => !sameDim(size, shape[axis]));
  const first = start < 0 ? target.length - 1 : start;
  const joined = product(shape.slice(first, first + count));
  const expected = [...shape.slice(0, first), joined, ...shape.slice(first + count)];
  return sameShape(expected, target) ? [first, first + count - 1] : undefined;
}

/** Places in `longer` of axes of size 1 that `shorter` lacks, where that is the only difference. */
function addedAxes(shorter: readonly Dim[], longer: readonly Dim[]): readonly number[] | undefined {
  const added: number[] = [];
  let at = 0;
  longer.forEach((size, axis) => {
    if (at < shorter.length && sameDim(shorter[at], size)) at++;
    else added.push(axis);
  });
  const fits = at === shorter.length && added.length > 0;
  return fits && added.every((axis) => longer[axis] === 1) ? added : undefined;
}

function lowerFlatten(call: OpCall): void {
  const x = call.tensor(0);
  const { shape } = x.type;
  const given = call.int("axis", 1);
  const axis = given === shape.length ? given : axisFromZero(call, given, shape.length);
  if (axis === 1 && shape.length > 1) call.give(call.layer("flatten", {}, [x]));
  else rearrange(call, x, [product(shape.slice(0, axis)), product(shape.slice(axis))]);
}

function lowerTranspose(call: OpCall): void {
  const x = call.tensor(0);
  const rank = x.type.shape.length;
  const order = call.ints("perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const isPermutation =
    order.length === rank &&
    new Set(order).size === rank &&
    order.every((axis) => axis >= 0 && axis < rank);
  if (!isPermutation) {
    const expects = `each axis of a tensor of rank ${rank} once`;
    throw call.wrongAttribute("perm", { kind: "ints", value: order }, expects);
  }
  if (order.every((axis, at) => axis === at)) call.giveSame(0);
  else call.give(call.layer("permute", { order }, [x], { from: { order: "perm" } }));
}

function lowerSqueeze(call: OpCall): void {
  const x = call.tensor(0);
  const { shape } = x.type;
  const axes = axesOf(call, 13, 1, shape.length) ?? axesOfOne(call, shape);
  if (axes.length === 0) call.giveSame(0);
  else if (
    shape.length === 4 &&
    axes.length === 2 &&
    axes[0] === 2 &&
    shape[2] === 1 &&
    shape[3] === 1
  ) {
    call.give(call.layer("flatten", {}, [x]));
  } else call.give(call.layer("squeeze", { axes }, [x]));
}

/** @throws Refusal where a size is not known: it may be 1, and then its axis goes */
function axesOfOne(call: OpCall, shape: readonly Dim[]): readonly number[] {
  const open = shape.find((size) => !isKnown(size));
  if (open === undefined) return shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  throw call.refuse(
    `it removes all axes of size 1, and whether ${formatDim(open)} is 1 is not known`,
    "fix the size with `--set NAME=SIZE`, or state the axes: `x.squeeze(2)`",
  );
}

function lowerUnsqueeze(call: OpCall): void {
  const x = call.tensor(0);
  const count = (call.opset < 13 ? call.ints("axes") : call.knownInts(1, "axes"))?.length ?? 0;
  const axes = axesOf(call, 13, 1, x.type.shape.length + count) ?? [];
  if (axes.length === 0) call.giveSame(0);
  else call.give(call.layer("unsqueeze", { axes }, [x]));
}

function lowerExpand(call: OpCall): void {
  const x = call.tensor(0);
  const stated = call.dims(1, "shape");
  const rank = Math.max(stated.length, x.type.shape.length);
  const own = [...Array.from({ length: rank - x.type.shape.length }, () => 1), ...x.type.shape];
  const wanted = [...Array.from({ length: rank - stated.length }, () => 1), ...stated];
  const shape = wanted.map((size, axis) => (size === 1 ? own[axis] : size));
  if (sameShape(shape, x.type.shape)) call.giveSame(0);
  else call.give(call.layer("expand", { shape }, [x]));
}

function lowerDepthToSpace(call: OpCall): void {
  const factor = call.int("blocksize", 0);
  const crd = call.text("mode", ["DCR", "CRD"], "DCR") === "CRD";
  const attributes = { factor, ...(!crd && { mode: "dcr" }) };
  call.give(
    call.layer("pixel_shuffle", attributes, [call.tensor(0)], { from: { factor: "blocksize" } }),
  );
}

function lowerSpaceToDepth(call: OpCall): void {
  const attributes = { factor: call.int("blocksize", 0), mode: "dcr" };
  const from = { factor: "blocksize" };
  call.give(call.layer("pixel_unshuffle", attributes, [call.tensor(0)], { from }));
}
