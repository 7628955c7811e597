/** Operators that cut tensors up, put them together, or repeat them. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import { type Dim, add, formatDim, isKnown, sameDim, sub } from "../../../../graph/dim.ts";
import type { OpCall } from "../call.ts";
import { axisFromZero } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";

export const partOps: OpTable = {
  Concat: op(1, Infinity, lowerConcat),
  Split: op(1, 2, lowerSplit),
  Slice: op(1, 5, lowerSlice),
  Gather: op(2, 2, lowerGather),
  Tile: op(2, 2, lowerTile),
};

function lowerConcat(call: OpCall): void {
  const places = Array.from({ length: call.inputCount }, (_, at) => at);
  if (places.length === 1) {
    call.giveSame(0);
    return;
  }
  // Version 1, the first, joined channels unless it was told otherwise.
  const axis = axisFromZero(call, call.int("axis", 1), call.rank(0));
  const forms =
    axis === 1 && places.every((at) => call.isFlow(at))
      ? places.map((at) => call.elements(at))
      : [];
  const from = { axis: "axis" };
  if (forms.length > 0 && forms.every(({ isMap }) => isMap)) {
    call.giveMap(
      call.layer(
        "concat",
        { axis },
        forms.map(({ value }) => value),
        { from },
      ),
      true,
    );
    return;
  }
  call.give(
    call.layer(
      "concat",
      { axis },
      places.map((at) => call.tensor(at)),
      { from },
    ),
  );
}

function lowerSplit(call: OpCall): void {
  const x = call.tensor(0);
  const axis = axisFromZero(call, call.int("axis", 0), x.type.shape.length);
  const count = call.node.outputs.length;
  const stated =
    call.opset < 13 ? call.ints("split") : call.has(1) ? call.knownInts(1, "split") : undefined;
  const whole = x.type.shape[axis];
  const sections = stated ?? equalParts(call, whole, count);
  if (stated !== undefined && stated.length !== count) {
    throw call.refuse(
      `it states ${stated.length} parts and has ${count} outputs`,
      "export the model again",
    );
  }
  if (count === 1) {
    if (stated !== undefined && !sameDim(whole, stated[0])) {
      throw call.refuse(
        `its one part is ${stated[0]} of ${formatDim(whole)}`,
        "export the model again",
      );
    }
    call.giveSame(0);
    return;
  }
  // A count of parts cuts up whatever there is: stated sizes must be all of it.
  const sum = sections.reduce((total, size) => total + size, 0);
  const isAll = stated === undefined || whole === sum;
  const even = isAll && sections.every((size) => size === sections[0]);
  call
    .layers("split", { sections: even ? [sections.length] : sections, axis }, [x], {
      from: { axis: "axis" },
    })
    .forEach((part, at) => call.give(part, at));
}

/** From version 18 on the last part is smaller where the size does not divide. */
function equalParts(call: OpCall, size: Dim, count: number): readonly number[] {
  const parts = call.opset < 18 ? count : call.int("num_outputs", count);
  if (parts !== count) {
    throw call.refuse(`it makes ${parts} parts and has ${count} outputs`, "export the model again");
  }
  if (!isKnown(size)) return Array.from({ length: count }, () => 1);
  const each = Math.ceil(size / count);
  const isEven = size % count === 0;
  if (!isEven && (call.opset < 18 || each * (count - 1) >= size)) {
    throw call.refuse(
      `${size} places are not ${count} equal parts`,
      "state the sizes of the parts",
    );
  }
  return Array.from({ length: count }, (_, at) => Math.min(each, size - at * each));
}

function lowerSlice(call: OpCall): void {
  let x = call.tensor(0);
  const rank = x.type.shape.length;
  const byInput = call.opset >= 10;
  const starts = byInput ? call.dims(1, "starts") : (call.ints("starts") ?? []);
  const ends = byInput ? call.dims(2, "ends") : (call.ints("ends") ?? []);
  const stated = byInput
    ? call.has(3)
      ? call.knownInts(3, "axes")
      : undefined
    : call.ints("axes");
  const axes = (stated ?? starts.map((_, at) => at)).map((axis) => axisFromZero(call, axis, rank));
  const steps = byInput && call.has(4) ? call.knownInts(4, "steps") : starts.map(() => 1);
  if (
    ends.length !== starts.length ||
    axes.length !== starts.length ||
    steps.length !== starts.length
  ) {
    throw call.refuse(
      "its starts, ends, axes and steps are not equally many",
      "export the model again",
    );
  }
  axes.forEach((axis, at) => {
    x = sliceAxis(call, x, axis, { start: starts[at], end: ends[at], step: steps[at] });
  });
  call.give(x);
}

interface Range {
  readonly start: Dim;
  readonly end: Dim;
  readonly step: number;
}

function sliceAxis(
  call: OpCall,
  x: TensorValue,
  axis: number,
  { start, end, step }: Range,
): TensorValue {
  const size = x.type.shape[axis];
  if (step === 0) throw call.refuse("its step is 0", "export the model again");
  if (step < 0) {
    // Of the mirrored axis, place `size - 1 - i` is where `i` was.
    const mirrored = (place: Dim): Dim => sub(add(size, -1), place);
    const from = clamped(start, size, -1, -1);
    const to = clamped(end, size, -1, -1);
    const flipped = call.layer("flip", { axes: [axis] }, [x]);
    return cut(call, flipped, axis, { start: mirrored(from), end: mirrored(to), step: -step });
  }
  // The layer counts from the end, too; of a named size it says itself where that is too far.
  const place = (at: Dim): Dim =>
    !isKnown(size) && isKnown(at) && at < 0 && at > -ENDLESS ? at : clamped(at, size, 0, 0);
  return cut(call, x, axis, { start: place(start), end: place(end), step });
}

/** Beyond any size: how exporters write "to the end". */
const ENDLESS = 2 ** 31 - 1;

/**
 * The place from 0, within the axis; what is negative counts from the end.
 * @param low the least place, @param above that of the end beyond the last one
 */
function clamped(place: Dim, size: Dim, low: number, above: number): Dim {
  const last = add(size, above);
  if (isKnown(place) && place >= ENDLESS) return last;
  if (isKnown(place) && place <= -ENDLESS) return low;
  const counted = isKnown(place) && place < 0 ? add(size, place) : place;
  if (!isKnown(counted) || !isKnown(last)) return counted;
  return Math.max(low, Math.min(counted, last));
}

function cut(call: OpCall, x: TensorValue, axis: number, { start, end, step }: Range): TensorValue {
  const size = x.type.shape[axis];
  const toEnd = isKnown(sub(size, end)) && sub(size, end) === 0;
  if (start === 0 && toEnd && step === 1) return x;
  return call.layer("slice", { axis, start, end: toEnd ? null : end, step }, [x]);
}

/** Known places along an axis; a single one takes the axis away. */
function lowerGather(call: OpCall): void {
  const x = call.tensor(0);
  const { shape } = x.type;
  const axis = axisFromZero(call, call.int("axis", 0), shape.length);
  const indices = call.sizes(1, "indices");
  const size = shape[axis];
  const places = call.knownInts(1, "indices").map((place) => {
    if (place >= 0) return place;
    const counted = add(size, place);
    if (isKnown(counted)) return counted;
    throw call.refuse(
      "it takes places from the end of an axis of named size",
      "fix the size with `--set NAME=SIZE`",
    );
  });
  const [first] = places;
  const neighbours = places.every((place, at) => place === first + at);
  const taken = neighbours
    ? cut(call, x, axis, { start: first, end: first + places.length, step: 1 })
    : call.layer("index_select", { axis, indices: places }, [x]);
  if (indices.shape.length === 0) call.give(call.layer("squeeze", { axes: [axis] }, [taken]));
  else if (indices.shape.length === 1) call.give(taken);
  else {
    const whole = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
    call.give(call.layer("reshape", { shape: whole }, [taken]));
  }
}

function lowerTile(call: OpCall): void {
  const repeats = call.knownInts(1, "repeats");
  if (repeats.every((count) => count === 1)) call.giveSame(0);
  else call.give(call.layer("tile", { repeats }, [call.tensor(0)]));
}
