/** Cuts the tiles of a Winograd convolution into blocks that fit a cache. */
import { type Run, evenTiles } from "../../loops/tiles.ts";
import type { ConvolutionShape } from "../problem.ts";
import { type PointClass, type WinogradAxis, pointClasses, winogradAxis } from "./axis.ts";

/** How both axes are tiled, and which points their tiles have. */
export interface Tiling {
  readonly batch: number;
  readonly rows: WinogradAxis;
  readonly columns: WinogradAxis;
  readonly classes: readonly PlaneClass[];
}

/** Points of both axes: a plane of V, of the weights and of M for each of `points`. */
export interface PlaneClass {
  readonly rows: PointClass;
  readonly columns: PointClass;
  readonly points: number;
  /** Phases of the stride that are summed. */
  readonly phases: number;
}

export function tilingOf(
  shape: Pick<ConvolutionShape, "batch" | "kernel" | "stride" | "dilation" | "outputSize">,
  outputs: number,
): Tiling {
  const [rows, columns] = [winogradAxis(shape, 0, outputs), winogradAxis(shape, 1, outputs)];
  const classes = pointClasses(rows).flatMap((y) =>
    pointClasses(columns).map((x) => ({
      rows: y,
      columns: x,
      points: y.count * x.count,
      phases: y.phases * x.phases,
    })),
  );
  return { batch: shape.batch, rows, columns, classes };
}

/** Elements of V or of the weights for one channel, of all points. */
export function productsOf({ classes }: Tiling): number {
  return classes.reduce((sum, { points, phases }) => sum + points * phases, 0);
}

/** Part of the tiles of one axis. */
export interface TileRun extends Run {
  /** Whether its last tile is the last of the axis, where that one is not like the others. */
  readonly atEnd: boolean;
}

/** Boxes of tiles that are treated alike, one after the other. */
export interface Block {
  readonly images: Run;
  /** Grids of the dilation. */
  readonly gridRows: Run;
  readonly gridColumns: Run;
  readonly rows: TileRun;
  readonly columns: TileRun;
}

/** The axes of a block from the slowest to the fastest. */
export const BLOCK_AXES = ["images", "gridRows", "gridColumns", "rows", "columns"] as const;

/** One number for each axis of a block. */
export type PerAxis<T> = Readonly<Record<(typeof BLOCK_AXES)[number], T>>;

/** Cuts the tiles of all images into boxes of at most `block` tiles. */
export function blocksOf({ batch, rows, columns }: Tiling, block: number): readonly Block[] {
  const [tileRows, tileColumns] = [tilesAlong(rows), tilesAlong(columns)];
  let below = 1;
  const cut = (extent: number): readonly Run[] => {
    const runs = evenTiles(extent, Math.max(1, Math.floor(block / below)));
    below *= extent;
    return runs;
  };
  const columnRuns = withEnd(cut(tileColumns), columns);
  const rowRuns = withEnd(cut(tileRows), rows);
  const gridColumns = withShortGrids(cut(columns.grids), columns);
  const gridRows = withShortGrids(cut(rows.grids), rows);
  const images = cut(batch);
  return images.flatMap((i) =>
    gridRows.flatMap((gy) =>
      gridColumns.flatMap((gx) =>
        rowRuns.flatMap((y) =>
          columnRuns.map((x) => ({
            images: i,
            gridRows: gy,
            gridColumns: gx,
            rows: y,
            columns: x,
          })),
        ),
      ),
    ),
  );
}

/** Of one grid. */
function tilesAlong({ whole, last }: WinogradAxis): number {
  return whole + (last ? 1 : 0);
}

/** Sets the last tile of an axis apart where it is not like the others and the runs repeat. */
function withEnd(runs: readonly Run[], { last, shortGrids }: WinogradAxis): TileRun[] {
  return runs.flatMap((run, i) => {
    const special = last !== undefined || shortGrids > 0;
    if (!special || i < runs.length - 1) return [{ ...run, atEnd: false }];
    const end = { start: run.start + (run.count - 1) * run.size, size: run.size, count: 1 };
    const before = { ...run, count: run.count - 1, atEnd: false };
    return [...(before.count > 0 ? [before] : []), { ...end, atEnd: true }];
  });
}

/** Runs that repeat have grids of one length only. */
function withShortGrids(runs: readonly Run[], { grids, shortGrids }: WinogradAxis): readonly Run[] {
  if (shortGrids === 0 || runs.every(({ count }) => count === 1)) return runs;
  const limit = runs[0].size;
  const long = grids - shortGrids;
  return [
    ...evenTiles(long, limit),
    ...evenTiles(shortGrids, limit).map((run) => ({ ...run, start: run.start + long })),
  ];
}

/** Rows and columns of tiles of a block that have the points of a class. */
export function tilesWith(
  block: Pick<Block, "rows" | "columns">,
  tiling: Pick<Tiling, "rows" | "columns">,
  of: Pick<PlaneClass, "rows" | "columns">,
): readonly [rows: number, columns: number] {
  return [
    tilesAlongWith(block.rows, tiling.rows, of.rows),
    tilesAlongWith(block.columns, tiling.columns, of.columns),
  ];
}

function tilesAlongWith(run: TileRun, { last }: WinogradAxis, { inLast }: PointClass): number {
  return run.size - (run.atEnd && last && !inLast ? 1 : 0);
}

/** Tiles of a block that have the points of a class. */
export function tileCount(block: Block, tiling: Tiling, of: PlaneClass): number {
  const [rows, columns] = tilesWith(block, tiling, of);
  return block.images.size * block.gridRows.size * block.gridColumns.size * rows * columns;
}

/** Tiles of a block. */
export function allTiles(block: Block): number {
  return BLOCK_AXES.reduce((product, axis) => product * block[axis].size, 1);
}

/** How often a block comes. */
export function repeats(block: Block): number {
  return BLOCK_AXES.reduce((product, axis) => product * block[axis].count, 1);
}
