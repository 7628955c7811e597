/**
 * The last step of a Winograd convolution along rows: `Aᵀ m` of the summed products with the
 * epilogue, and the strips taken apart again.
 */
import { type Index, type Vector, add, at, load, origin, splat } from "../../ir/ir.ts";
import type { Layout } from "../../loops/layout.ts";
import { applyActivation } from "../../vectors/activations.ts";
import { combineWindow, finish, finishWindow } from "../../vectors/epilogue.ts";
import { channelSpacing, loadLanes, storeLanes } from "../../vectors/lanes.ts";
import { byColumns } from "../winograd/linear-forms.ts";
import type { Winograd } from "../winograd/matrices.ts";
import type { RegisterTile } from "./product.ts";
import { type RowsStep, placeInP, transposed } from "./step.ts";
import type { Strips } from "./strips.ts";
import { range } from "../../range.ts";

/**
 * Aᵀ m of a tile, the bias and the activation; of rows that are pooled what is left of two.
 * @param channel the tile's first
 * @param to its first pixel in P
 */
export function transformBack(
  step: RowsStep,
  { rows, channels }: RegisterTile,
  channel: Index,
  to: Index,
): void {
  const { b, problem, width, form, buffers } = step;
  const { activation, pool, residual } = problem.epilogue;
  const { size, outputTransform } = form;
  const one = pointOne(form);
  b.loop("k", channels, (k) => {
    const bias = buffers.bias && b.let(splat(at(buffers.bias, channel.plus(k))));
    const results = range(rows).map((r) => {
      const from = k
        .times(rows)
        .plus(r)
        .times(size * width);
      const sums = range(size).map((point) => {
        const sum = load(at(step.m, from.plus(point * width)));
        return b.let(bias && point === one ? add(sum, bias) : sum);
      });
      const row = byColumns(b, outputTransform, sums);
      return activation && !residual
        ? row.map((value) => b.let(applyActivation(b, activation, value)))
        : row;
    });
    const [first, second] = results;
    const left = pool
      ? [first.map((value, x) => b.let(combineWindow(pool, [value, second[x]])))]
      : results;
    left.forEach((row, r) =>
      row.forEach((value, x) => {
        const place = to.plus(k.times(width)).plus(placeInP(step, r, x));
        b.store(at(step.p, place), value);
      }),
    );
  });
}

/** Every row of Aᵀ has a 1 for the point 1, so that what is added there is added to all outputs. */
function pointOne({ size, outputTransform }: Winograd): number {
  return range(size).findIndex((point) => outputTransform.every((row) => row[point] === 1));
}

/** Some rows of the result, from `row` on, of one image of every strip. */
export function storeRows(step: RowsStep, image: Index, row: Index, rows: number): void {
  const { b, problem, width } = step;
  const { outChannels, outputSize, epilogue } = problem;
  const [rowsLeft, columns] = epilogue.pool
    ? [1, Math.floor(outputSize[1] / 2)]
    : [rows, outputSize[1]];
  const whole = Math.floor(outChannels / width);
  const left = outChannels - whole * width;
  range(rowsLeft).forEach((inTile) =>
    b.loop("column", columns, (column) => {
      const each = (channel: Index, lanes: number): void =>
        storePixel(step, { image, row, inTile, column, channel, lanes });
      b.loop("c", whole, (c) => each(c.times(width), width));
      if (left > 0) each(origin.plus(whole * width), left);
    }),
  );
}

/** Up to a vector of channels of one pixel of every strip. */
interface Pixel {
  readonly image: Index;
  /** The first of the rows of the result that are stored together, and the pixel's among them. */
  readonly row: Index;
  readonly inTile: number;
  readonly column: Index;
  readonly channel: Index;
  readonly lanes: number;
}

function storePixel(step: RowsStep, pixel: Pixel): void {
  const { b, problem, width, strips, buffers } = step;
  const { output, epilogue } = problem;
  const { pool, residual } = epilogue;
  const { inTile, column, channel, lanes } = pixel;
  const loaded = (lane: number, next: number, columns: number): Vector => {
    const from = channel
      .times(width)
      .plus(lane * width)
      .plus(column.times(columns * placeInP(step, 0, 1)))
      .plus(placeInP(step, inTile, next));
    return load(at(step.p, from));
  };
  const values = range(lanes).map((lane) =>
    b.let(
      pool
        ? finishWindow(b, pool, combineWindow(pool, [loaded(lane, 0, 2), loaded(lane, 1, 2)]))
        : loaded(lane, 0, 1),
    ),
  );
  transposed(step, values, width).forEach((value, i) => {
    const strip = strips.lanes[i];
    const residualBuffer = buffers.residual;
    const result =
      residual && residualBuffer
        ? finish(b, epilogue, value, () => {
            const from = at(residualBuffer, placeOf(pixel, residual, strip, 1));
            return loadLanes(b, from, channelSpacing(residual, lanes, width));
          })
        : value;
    const to = at(buffers.output, placeOf(pixel, output, strip, pool ? 2 : 1));
    storeLanes(b, to, result, channelSpacing(output, lanes, width));
  });
}

/** @param perRow rows of the result that are one in this tensor */
function placeOf(
  { image, row, inTile, column, channel }: Pixel,
  layout: Layout,
  strip: Strips["lanes"][number],
  perRow: number,
): Index {
  return image
    .times(layout.n)
    .plus(row.times(layout.h / perRow))
    .plus(strip.image * layout.n + (strip.row / perRow + inTile) * layout.h)
    .plus(column.times(layout.w))
    .plus(channel.times(layout.c));
}
