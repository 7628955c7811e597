/**
 * Maximum or mean over windows of a map. The windows of sliding, adaptive and global pools
 * differ only in where they lie, so an axis is given as its list of windows; outputs whose
 * windows look alike are computed by one loop, those cut by the border by another. Several
 * outputs of a row are made together.
 */
import { argument, chained, multiply } from "../../graph/element.ts";
import { kernel } from "../ir/builder.ts";
import { type Index, type Kernel, origin } from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import { type LoopKind, sharedPlaces } from "../loops/nest.ts";
import { operandOf } from "../loops/operand.ts";
import { poolChannels } from "./channels.ts";
import { poolRow } from "./row.ts";
import { type PoolProblem, PoolWriter, type Tile, isLarge } from "./tile.ts";
import { type AxisWindow, type WindowRun, windowRuns } from "./windows.ts";
import { type ReductionProblem, reduction } from "../statistics/reduction.ts";
import { evenTiles, joinAxes } from "../loops/tiles.ts";

export type { AxisWindow, PoolProblem };

/** Outputs of a row that are made together where vectors run along the channels. */
const TOGETHER = 4;

/** Buffers: input, output. */
export function pool(problem: PoolProblem, machine: Machine): Kernel {
  const size = wholeMap(problem);
  if (size !== undefined) return globalPool(problem, size, machine);
  return kernel(`${problem.kind} pool`, (b) =>
    everyPlane(new PoolWriter(b, problem, machine.vectorWidth)),
  );
}

/** The size of the map, where one output sees all of it from its first pixel on. */
function wholeMap({ rows, columns, dilation }: PoolProblem): readonly number[] | undefined {
  if (rows.length !== 1 || columns.length !== 1) return undefined;
  const windows = [rows[0], columns[0]];
  const plain = windows.every(({ start, taps, divisor }) => start === 0 && taps === divisor);
  return plain && dilation.every((d) => d === 1) ? windows.map(({ taps }) => taps) : undefined;
}

function globalPool(problem: PoolProblem, size: readonly number[], machine: Machine): Kernel {
  const { kind, batch, channels, input, output, activation } = problem;
  const count = size.reduce((product, length) => product * length, 1);
  const share = kind === "mean" ? multiply(argument(0), 1 / count) : undefined;
  const final = chained(share, activation);
  const whole: ReductionProblem = {
    kind: kind === "mean" ? "sum" : "max",
    shape: [batch, channels, ...size],
    folded: [false, false, true, true],
    from: operandOf(input),
    to: operandOf(output),
  };
  return reduction(final ? { ...whole, final } : whole, machine);
}

/** Threads share the images (with channels first, the maps), or the rows of a single one. */
function everyPlane(writer: PoolWriter): void {
  const { batch, channels, input, output } = writer.problem;
  const planes = joinAxes([
    { extent: batch, strides: [input.n, output.n] },
    { extent: channelsLast(writer) ? 1 : channels, strides: [input.c, output.c] },
  ]);
  const places = [origin, origin];
  sharedPlaces(writer.b, { axes: planes, places }, ([from, to], loop) =>
    everyRow(writer, loop, from, to),
  );
}

function everyRow(writer: PoolWriter, loop: LoopKind, from: Index, to: Index): void {
  const { input, output, rows } = writer.problem;
  for (const row of windowRuns(rows)) {
    // Of windows that overlap, two rows share what both see.
    const together = channelsLast(writer) && row.taps > row.step ? 2 : 1;
    for (const run of evenTiles(row.count, together)) {
      writer.b[loop]("row", run.count, (i) => {
        const first = i.times(run.size).plus(run.start);
        const y = first.times(row.step).plus(row.start);
        const firstOutput = to.plus(first.plus(row.first).times(output.h));
        everyTile(writer, from.plus(y.times(input.h)), firstOutput, { ...row, count: run.size });
      });
    }
  }
}

function everyTile(writer: PoolWriter, from: Index, to: Index, row: WindowRun): void {
  const { input, output, columns } = writer.problem;
  for (const column of windowRuns(columns)) {
    const limit = channelsLast(writer) ? TOGETHER : writer.width;
    for (const run of evenTiles(column.count, isLarge(row, column) ? 1 : limit)) {
      writer.b.loop("column", run.count, (i) => {
        const first = i.times(run.size).plus(run.start);
        const x = first.times(column.step).plus(column.start);
        const tile: Tile = {
          from: from.plus(x.times(input.w)),
          to: to.plus(first.plus(column.first).times(output.w)),
          row,
          column: { ...column, count: run.size },
        };
        if (channelsLast(writer)) poolChannels(writer, tile);
        else poolRow(writer, tile);
      });
    }
  }
}

function channelsLast({ problem }: PoolWriter): boolean {
  return problem.input.c === 1;
}
