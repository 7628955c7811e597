/** The first step of a Winograd convolution along rows: `V = Bᵀ d` of every row. */
import { type Index, at, load, origin } from "../../ir/ir.ts";
import { loadLanes } from "../../vectors/lanes.ts";
import { rowGroups, rowsOf } from "../winograd/linear-forms.ts";
import { type RowsStep, placeInV, transposed, winogradRowsInputSize } from "./step.ts";
import { range } from "../../range.ts";

/** V for every row that the rows of the strips see, from row `start` of one image of each. */
export function transformRows(step: RowsStep, image: Index, start: Index): void {
  const { b, problem, width, form, strips, tiles } = step;
  const {
    inChannels,
    kernel: [kh],
    input,
  } = problem;
  const { outputs, size, inputTransform } = form;
  b.loop("row", strips.rows + kh - 1, (row) => {
    loadRow(step, image.times(input.n).plus(start.plus(row).times(input.h)));
    b.loop("tile", tiles, (tile) =>
      b.loop("c", inChannels, (c) => {
        const first = tile
          .times(outputs * inChannels)
          .plus(c)
          .times(width);
        const inputs = range(size).map((k) =>
          b.let(load(at(step.x, first.plus(k * inChannels * width)))),
        );
        const to = placeInV(step, row, tile).plus(c.times(size * width));
        for (const group of rowGroups(inputTransform)) {
          const values = rowsOf(b, group, (k) => inputs[k]);
          group.rows.forEach((point, i) => b.store(at(step.v, to.plus(point * width)), values[i]));
        }
      }),
    );
  });
}

/** Brings the same element of all strips into one vector, for every element of a row. */
function loadRow(step: RowsStep, from: Index): void {
  const { b, problem, width, form } = step;
  const { inChannels, input } = problem;
  const [, columns] = winogradRowsInputSize(problem, form.outputs);
  const alongRow = { count: columns, stride: input.w, to: inChannels };
  const alongChannels = { count: inChannels, stride: input.c, to: 1 };
  // Vectors are loaded along the axis whose elements lie next to each other.
  const [outer, inner] =
    input.w === 1 || inChannels === 1 ? [alongChannels, alongRow] : [alongRow, alongChannels];
  const wholeVectors = inner === alongChannels && input.wholeVectors;
  b.loop("i", outer.count, (i) => {
    const each = (first: Index, lanes: number): void =>
      transposeIn(step, {
        from: from.plus(i.times(outer.stride)).plus(first.times(inner.stride)),
        stride: inner.stride,
        lanes,
        wholeVectors,
        to: i.times(outer.to).plus(first.times(inner.to)).times(width),
        step: inner.to * width,
      });
    const whole = Math.floor(inner.count / width);
    b.loop("j", whole, (j) => each(j.times(width), width));
    const left = inner.count - whole * width;
    if (left > 0) each(origin.plus(whole * width), left);
  });
}

/** Up to a vector of neighbours in a row. */
interface Neighbours {
  /** The first in the input, of the first strip. */
  readonly from: Index;
  /** From one to the next in the input. */
  readonly stride: number;
  readonly lanes: number;
  /** Whether a whole vector may be read where fewer lanes are wanted. */
  readonly wholeVectors: boolean;
  /** Where they go in X, and the elements from one to the next there. */
  readonly to: Index;
  readonly step: number;
}

/** A vector of neighbours of each strip becomes as many vectors across the strips. */
function transposeIn(step: RowsStep, { from, to, step: apart, ...spacing }: Neighbours): void {
  const { b, problem, width, strips, buffers } = step;
  const { input } = problem;
  const loaded = strips.lanes.map(({ image, row }) => {
    const first = at(buffers.input, from.plus(image * input.n + row * input.h));
    return b.let(loadLanes(b, first, { ...spacing, width }));
  });
  const across = transposed(step, loaded, spacing.lanes);
  across.forEach((value, i) => b.store(at(step.x, to.plus(i * apart)), value));
}
