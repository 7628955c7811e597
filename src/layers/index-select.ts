/** Places of an axis taken out by their numbers: channels in another order. */
import { problem } from "../diagnostics/diagnostic.ts";
import { atLeast } from "../graph/condition.ts";
import { formatDim, formatShape } from "../graph/dim.ts";
import { type CopyBox, keptAxis } from "../graph/operation.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { int64s, op } from "./onnx.ts";
import { axis, ints } from "./parameters.ts";
import { axisName, checkedAxis, fieldAlong, resolveAxis } from "./shared/axes.ts";
import { rearrangement } from "./shared/rearrangement.ts";

/** Places from 0, where negative ones count from the end. */
function placesOf(indices: readonly number[], size: number): readonly number[] {
  return indices.map((index) => (index < 0 ? index + size : index));
}

/** Places with equal steps between them, which are one copy. */
interface Run {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

function runsOf(places: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last?.count === 1) runs[runs.length - 1] = { ...last, step: place - last.start, count: 2 };
    else if (last !== undefined && place === last.start + last.count * last.step) {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else runs.push({ start: place, step: 1, count: 1 });
  }
  return runs;
}

export const indexSelect = rearrangement({
  kind: "index_select",
  category: "shape",
  summary: "Takes places of an axis by their numbers, in the order in which they are given.",
  source: "PyTorch torch.index_select; ONNX Gather",
  parameters: {
    axis: axis({ doc: "The axis whose places are taken." }),
    indices: ints({ doc: "The places; negative numbers count from the end." }),
  },
  shape: ({ axis: stated, indices }, { shape }) => {
    const along = resolveAxis("index_select", stated, shape);
    if (typeof along !== "number") return along;
    const needed = indices.reduce(
      (most, index) => Math.max(most, index < 0 ? -index : index + 1),
      0,
    );
    const facts = {
      axis: axisName(along, shape.length),
      size: formatDim(shape[along]),
      index: indices.find((index) => index === needed - 1 || index === -needed) ?? 0,
      shape: formatShape(shape),
    };
    const outside = { ...problem("CNN2065", facts, "indices"), blame: [{ input: 0, axis: along }] };
    return {
      outputs: [tensorType(shape.with(along, indices.length))],
      requires: [{ condition: atLeast(shape[along], needed), problem: outside }],
    };
  },
  receptiveField: ({ axis: stated }, x) => fieldAlong([checkedAxis(stated, x)]),
  arrange: ({ axis: stated, indices }, shape) => {
    const along = checkedAxis(stated, { shape });
    const places = placesOf(indices, shape[along]);
    return {
      shape: shape.with(along, indices.length),
      source: (at) => at.with(along, places[at[along]]),
    };
  },
  onnx: ({ attributes: { axis: stated, indices }, inputs: [x] }) =>
    op("Gather", [x, int64s(...indices)], { axis: { int: checkedAxis(stated, x) } }),
  families: ["copies"],
  operation: ({ axis: stated, indices }, shape) => {
    const along = checkedAxis(stated, { shape });
    const zero = shape.map(() => 0);
    let next = 0;
    const boxes = runsOf(placesOf(indices, shape[along])).map(({ start, step, count }): CopyBox => {
      const axes = shape.map((size, at) =>
        at === along ? keptAxis(at, count, step) : keptAxis(at, size),
      );
      const box = { axes, from: zero.with(along, start), to: zero.with(along, next) };
      next += count;
      return box;
    });
    return { family: "copies", boxes };
  },
});
