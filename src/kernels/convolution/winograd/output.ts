/** The last step of a Winograd convolution: `Aᵀ m A` of the summed products, and the epilogue. */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { KernelBuilder } from "../../ir/builder.ts";
import { combineWindow, finish, finishWindow } from "../../vectors/epilogue.ts";
import { channelSpacing, loadLanes, storeLanes } from "../../vectors/lanes.ts";
import { type Buffer, type Index, type Vector, add, at, load } from "../../ir/ir.ts";
import type { ConvolutionProblem } from "../problem.ts";
import type { Tiling } from "./blocks.ts";
import { byColumns } from "./linear-forms.ts";
import type { Matrix } from "./matrices.ts";
import { type PlaneLayout, planeOf, planesWith } from "./planes.ts";
import type { Tile } from "./walk.ts";
import { range } from "../../range.ts";

export interface OutputStep {
  readonly b: KernelBuilder;
  readonly problem: ConvolutionProblem;
  readonly tiling: Tiling;
  readonly width: number;
  readonly m: Buffer;
  readonly bias: Buffer | undefined;
  readonly residual: Buffer | undefined;
  readonly output: Buffer;
}

/** Output channels of one vector. */
export interface OutputChannels {
  /** The first, and how many of the lanes are channels. */
  readonly first: Index;
  readonly lanes: number;
  /** Where they stand in a tile of M. */
  readonly inTile: Index;
}

/** One tile and one vector of output channels. */
export function transformOutput(
  step: OutputStep,
  tile: Tile,
  channels: OutputChannels,
  planes: PlaneLayout,
): void {
  const { b, m } = step;
  const { rows, columns } = tile;
  const product = (y: number, x: number): Vector => {
    const of = planesWith(planes, y, x);
    if (of === undefined) throw new InternalFault(`no plane for the point ${y}, ${x}`);
    const from = tile.number(of).times(of.pitch).plus(channels.inTile);
    return b.let(load(at(m, from.plus(planeOf(of, y, x)))));
  };
  const rowMatrix = firstRows(rows.form.outputTransform, rows.outputs);
  const columnMatrix = firstRows(columns.form.outputTransform, columns.outputs);
  const half = range(columns.form.size).map((x) =>
    byColumns(
      b,
      rowMatrix,
      range(rows.form.size).map((y) => product(y, x)),
    ),
  );
  const bias = step.bias ? b.let(load(at(step.bias, channels.first))) : undefined;
  const rowAt = (y: number): readonly Vector[] => {
    const row = byColumns(
      b,
      columnMatrix,
      half.map((values) => values[y]),
    );
    return row.map((value, x) =>
      finishedOutput(step, { tile, channels, y, x }, bias ? b.let(add(value, bias)) : value),
    );
  };
  const { pool } = step.problem.epilogue;
  if (pool === undefined) {
    for (const y of range(rows.outputs)) {
      rowAt(y).forEach((value, x) => storeOutput(step, { tile, channels, y, x }, value));
    }
    return;
  }
  for (const y of range(Math.floor(rows.outputs / 2))) {
    const [upper, lower] = [rowAt(2 * y), rowAt(2 * y + 1)].map((row) => row.map((v) => b.let(v)));
    for (const x of range(Math.floor(columns.outputs / 2))) {
      const window = [upper, lower].flatMap((row) => [row[2 * x], row[2 * x + 1]]);
      const value = finishWindow(b, pool, combineWindow(pool, window));
      storeOutput(step, { tile, channels, y, x }, value);
    }
  }
}

/** The pixel `(y, x)` of a tile. */
interface Pixel {
  readonly tile: Tile;
  readonly channels: OutputChannels;
  readonly y: number;
  readonly x: number;
}

/** An output after the epilogue. */
function finishedOutput(step: OutputStep, { tile, channels, y, x }: Pixel, sum: Vector): Vector {
  const { b, tiling, width, residual: buffer } = step;
  const { epilogue } = step.problem;
  const { residual } = epilogue;
  const { first, lanes } = channels;
  if (residual === undefined || buffer === undefined) return finish(b, epilogue, sum, undefined);
  const place = tile
    .output(residual)
    .plus(first.times(residual.c))
    .plus(y * tiling.rows.outputStep * residual.h + x * tiling.columns.outputStep * residual.w);
  const spacing = channelSpacing(residual, lanes, width);
  return finish(b, epilogue, sum, () => loadLanes(b, at(buffer, place), spacing));
}

/** Stores what becomes a pixel; pools leave a fourth of a tile's pixels. */
function storeOutput(step: OutputStep, { tile, channels, y, x }: Pixel, value: Vector): void {
  const { b, tiling, width, output } = step;
  const { epilogue, groups, output: layout } = step.problem;
  const { first, lanes } = channels;
  const [stepY, stepX] = [tiling.rows.outputStep, tiling.columns.outputStep];
  const index = (epilogue.pool ? tile.pooled(layout) : tile.output(layout))
    .plus(first.times(layout.c))
    .plus(y * stepY * layout.h + x * stepX * layout.w);
  // Behind a group's last channel lies the next group's first, or the next pixel.
  const own = groups === 1 ? layout : { ...layout, wholeVectors: false };
  storeLanes(b, at(output, index), value, channelSpacing(own, lanes, width));
}

function firstRows(matrix: Matrix, count: number): Matrix {
  return count === matrix.length ? matrix : matrix.slice(0, count);
}
