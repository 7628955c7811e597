/** A part of a tensor along one axis: crops, and channels taken out. */
import { problem } from "../diagnostics/diagnostic.ts";
import { atLeast } from "../graph/condition.ts";
import { type Dim, add, ceilDiv, formatDim, isKnown, sub } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import type { FieldStep } from "./layer.ts";
import { int64s, op, sizes } from "./onnx.ts";
import { axis, int, optionalSize, size } from "./parameters.ts";
import { axisName, checkedAxis, resolveAxis } from "./shared/axes.ts";
import { known } from "./shared/known.ts";
import { rearrangement } from "./shared/rearrangement.ts";

/** An end that ONNX cuts down to the axis's own. */
const BEHIND_ALL = 2 ** 31 - 1;

interface Range {
  readonly start: Dim;
  readonly end: Dim;
}

/** With places that count back from the end, and one left out, resolved. */
function rangeOf(range: { readonly start: Dim; readonly end: Dim | null }, whole: Dim): Range {
  const fromZero = (place: Dim) => (isKnown(place) && place < 0 ? add(whole, place) : place);
  return { start: fromZero(range.start), end: range.end === null ? whole : fromZero(range.end) };
}

/** The window of a step along one axis of a map; the other axis keeps its pixels. */
function stepField(along: number, start: Dim, step: number): FieldStep {
  if (along < 2) return "point";
  if (!isKnown(start)) return "global";
  return {
    size: [1, 1],
    stride: along === 2 ? [step, 1] : [1, step],
    start: along === 2 ? [start, 0] : [0, start],
  };
}

export const slice = rearrangement({
  kind: "slice",
  category: "shape",
  summary: "Keeps the places of an axis from start up to, not including, end.",
  source: "ONNX Slice; Python's slices",
  parameters: {
    axis: axis({ doc: "The axis that is cut." }),
    start: size({ doc: "The first place; negative numbers count from the end.", default: 0 }),
    end: optionalSize({
      doc: "The place behind the last; negative numbers count from the end, which is the default.",
    }),
    step: int({ doc: "Every how many places one is kept.", min: 1, default: 1 }),
  },
  shape: (attributes, { shape }) => {
    const along = resolveAxis("slice", attributes.axis, shape);
    if (typeof along !== "number") return along;
    const whole = shape[along];
    const { start, end } = rangeOf(attributes, whole);
    const facts = {
      axis: axisName(along, shape.length),
      size: formatDim(whole),
      start: formatDim(attributes.start),
      end: formatDim(attributes.end ?? whole),
    };
    const outside = { ...problem("CNN2056", facts), blame: [{ input: 0, axis: along }] };
    const conditions = [atLeast(start, 0), atLeast(whole, end), atLeast(end, add(start, 1))];
    return {
      outputs: [tensorType(shape.with(along, ceilDiv(sub(end, start), attributes.step)))],
      requires: conditions.map((condition) => ({ condition, problem: outside })),
    };
  },
  receptiveField: (attributes, x) => {
    const along = checkedAxis(attributes.axis, x);
    return stepField(along, rangeOf(attributes, x.shape[along]).start, attributes.step);
  },
  arrange: (attributes, shape) => {
    const along = checkedAxis(attributes.axis, { shape });
    const range = rangeOf(attributes, shape[along]);
    const [start, end] = [known(range.start), known(range.end)];
    const { step } = attributes;
    return {
      shape: shape.with(along, Math.ceil((end - start) / step)),
      source: (at) => at.with(along, start + at[along] * step),
    };
  },
  families: ["slice"],
  operation: (attributes, shape) => {
    const along = checkedAxis(attributes.axis, { shape });
    const start = known(rangeOf(attributes, shape[along]).start);
    return { family: "slice", axis: along, start, step: attributes.step };
  },
  onnx: ({ attributes, inputs: [x] }) => {
    const along = checkedAxis(attributes.axis, x);
    return op("Slice", [
      x,
      sizes(attributes.start),
      sizes(attributes.end ?? BEHIND_ALL),
      int64s(along),
      int64s(attributes.step),
    ]);
  },
});
