/** The first step of a Winograd convolution: `V[point][tile][phase][c] = Bᵀ d B`. */
import { channelSpacing, loadLanes } from "../../vectors/lanes.ts";
import { type Buffer, type Index, type Vector, at, origin } from "../../ir/ir.ts";
import type { KernelBuilder } from "../../ir/builder.ts";
import type { LoopKind } from "../../loops/nest.ts";
import { evenTiles } from "../../loops/tiles.ts";
import type { ConvolutionProblem } from "../problem.ts";
import type { Tiling } from "./blocks.ts";
import { type RowGroup, rowGroups, rowsOf } from "./linear-forms.ts";
import type { Matrix } from "./matrices.ts";
import { type PlaneLayout, planeOf, planesWith } from "./planes.ts";
import { type Box, type Tile, everyTile } from "./walk.ts";

/** Channels that are transformed together: those of a line of the cache. */
const LINE = 16;

export interface InputStep {
  readonly b: KernelBuilder;
  readonly problem: ConvolutionProblem;
  readonly tiling: Tiling;
  readonly width: number;
  readonly input: Buffer;
  readonly v: Buffer;
}

/** What `V` is made of: the channels of a group in the tiles of a box. */
export interface InputPart {
  readonly group: Index;
  readonly box: Box;
  readonly planes: PlaneLayout;
}

/** @param loop whether the threads share the channels out */
export function transformInputs(
  step: InputStep,
  { group, box, planes }: InputPart,
  loop: LoopKind,
): void {
  const { b, problem, tiling, width } = step;
  const inChannels = problem.inChannels / problem.groups;
  const first = group.times(inChannels * problem.input.c);
  /** Some vectors of channels from `c` on, of which the last may be no whole one. */
  const each = (c: Index, vectors: number, lanes: number): void =>
    everyPhase(b, tiling, (phase) =>
      everyTile(b, box, false, (tile) =>
        b.loop("c", vectors, (i) =>
          transformTile(step, tile, phase, { planes, first, c: c.plus(i.times(width)), lanes }),
        ),
      ),
    );
  const left = inChannels % width;
  const whole = (inChannels - left) / width;
  for (const run of evenTiles(whole, LINE / width)) {
    b[loop]("c", run.count, (i) =>
      each(i.times(run.size).plus(run.start).times(width), run.size, width),
    );
  }
  if (left > 0) b[loop]("c", 1, () => each(origin.plus(whole * width), 1, left));
}

/** Phases of the stride that are alike. */
interface Phase {
  readonly row: Index;
  readonly column: Index;
  /** Whether they have the product at infinity. */
  readonly longRows: boolean;
  readonly longColumns: boolean;
}

function everyPhase(
  b: KernelBuilder,
  { rows, columns }: Tiling,
  body: (phase: Phase) => void,
): void {
  const along = (
    { phases, longPhases }: Tiling["rows"],
    inner: (phase: Index, long: boolean) => void,
  ): void => {
    b.loop("phase", longPhases, (i) => inner(i, true));
    b.loop("phase", phases - longPhases, (i) => inner(i.plus(longPhases), false));
  };
  along(rows, (row, longRows) =>
    along(columns, (column, longColumns) => body({ row, column, longRows, longColumns })),
  );
}

interface Place {
  readonly planes: PlaneLayout;
  /** The group's first channel in the input. */
  readonly first: Index;
  /** The first of the vector's channels in the group, and how many there are. */
  readonly c: Index;
  readonly lanes: number;
}

function transformTile(
  { b, problem, tiling, width, input, v }: InputStep,
  tile: Tile,
  phase: Phase,
  { planes, first, c, lanes }: Place,
): void {
  const layout = problem.input;
  const { rows, columns } = tiling;
  const pixel = tile
    .input(layout)
    .plus(phase.row.times(layout.h))
    .plus(phase.column.times(layout.w));
  const start = pixel.plus(first).plus(c);
  const spacing = channelSpacing(layout, lanes, width);
  const load = (y: number, x: number): Vector => {
    const index = start.plus(y * rows.inputStep * layout.h + x * columns.inputStep * layout.w);
    return loadLanes(b, at(input, index), spacing);
  };
  const store = (y: number, x: number, value: Vector): void => {
    const of = planesWith(planes, y, x);
    if (of === undefined || of.tiles === 0) return;
    const inTile = phase.row
      .times(of.of.columns.phases)
      .plus(phase.column)
      .times(of.pitch / of.of.phases);
    const to = tile.number(of).times(of.pitch).plus(inTile).plus(c);
    b.store(at(v, to.plus(planeOf(of, y, x))), value);
  };
  const rowMatrix = tile.rows.form.inputTransform;
  const columnMatrix = tile.columns.form.inputTransform;
  const inputColumns = tile.columns.form.size - (phase.longColumns ? 0 : 1);
  // A group of rows at a time, so that what is live stays in registers.
  for (const ys of groupsOf(rowMatrix, phase.longRows)) {
    const half = Array.from({ length: inputColumns }, (_, x) => rowsOf(b, ys, (y) => load(y, x)));
    ys.rows.forEach((y, i) => {
      for (const xs of groupsOf(columnMatrix, phase.longColumns)) {
        const values = rowsOf(b, xs, (x) => half[x][i]);
        xs.rows.forEach((x, k) => store(y, x, values[k]));
      }
    });
  }
}

/** Without the point at infinity, which comes first, where a phase has no product there. */
function groupsOf(matrix: Matrix, long: boolean): readonly RowGroup[] {
  return rowGroups(matrix).filter(({ rows }) => long || !rows.includes(0));
}
