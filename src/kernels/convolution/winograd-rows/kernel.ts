/**
 * Convolution by Winograd's minimal filtering along rows, F(m, r) in one dimension, with stride
 * 1. The lanes of a vector are four strips of the batch (images, or rows of one image), so that
 * layers with few channels leave none of them empty. Every row of the input is transformed once;
 * the rows of the kernel and the channels are summed up before transforming back. For few input
 * channels that is less work than filtering in two dimensions, whose transforms are not shared
 * by enough products, and it rounds less.
 */
import { kernel } from "../../ir/builder.ts";
import { type Index, type Kernel, origin } from "../../ir/ir.ts";
import { evenTiles } from "../../loops/tiles.ts";
import type { Machine } from "../../machine.ts";
import type { ConvolutionProblem } from "../problem.ts";
import { transformRows } from "./input.ts";
import { storeRows, transformBack } from "./output.ts";
import { multiply } from "./product.ts";
import { CHANNELS, ROWS, type RowsStep, placeInV, rowsStep } from "./step.ts";

/** Buffers: input, weights, bias if any, residual if any, output, X, V, M, P. */
export function winogradRows(
  problem: ConvolutionProblem,
  outputs: number,
  machine: Machine,
): Kernel {
  const name = `winograd F(${outputs},${problem.kernel[1]}) along rows`;
  return kernel(name, (b) => everyPart(rowsStep(b, problem, outputs, machine)));
}

/** Threads share the images of the strips, or the parts of their rows. */
function everyPart(step: RowsStep): void {
  const { b, strips } = step;
  const { count, parts, rows } = strips;
  if (parts === 1) {
    b.parallel("image", count, (image) => part(step, image, origin));
    return;
  }
  b.parallel("part", parts, (i) =>
    b.loop("image", count, (image) => part(step, image, i.times(rows))),
  );
}

/** Some rows of one image of every strip. */
function part(step: RowsStep, image: Index, start: Index): void {
  transformRows(step, image, start);
  for (const run of evenTiles(step.strips.rows, ROWS)) {
    step.b.loop("rows", run.count, (i) => {
      const row = i.times(run.size).plus(run.start);
      everyTile(step, row, run.size);
      storeRows(step, image, start.plus(row), run.size);
    });
  }
}

/** Some rows of the result before they are stored, in tiles of rows and channels. */
function everyTile(step: RowsStep, row: Index, rows: number): void {
  const { b, problem, width, form, tiles } = step;
  const {
    inChannels,
    outChannels,
    kernel: [kh],
  } = problem;
  const perChannel = form.size * kh * inChannels;
  b.loop("tile", tiles, (tile) => {
    for (const run of evenTiles(outChannels, CHANNELS)) {
      b.loop("channels", run.count, (i) => {
        const channel = i.times(run.size).plus(run.start);
        const registers = { rows, channels: run.size };
        multiply(step, registers, placeInV(step, row, tile), channel.times(perChannel));
        const to = tile
          .times(form.outputs * outChannels)
          .plus(channel)
          .times(width);
        transformBack(step, registers, channel, to);
      });
    }
  });
}
