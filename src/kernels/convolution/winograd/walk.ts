/** Walks over the tiles of a block, with their places in the planes and in the tensors. */
import type { KernelBuilder } from "../../ir/builder.ts";
import { type Index, origin } from "../../ir/ir.ts";
import type { Layout } from "../../loops/layout.ts";
import type { Run } from "../../loops/tiles.ts";
import type { WinogradAxis } from "./axis.ts";
import { type Block, type PerAxis, type TileRun, type Tiling, tilesWith } from "./blocks.ts";
import type { Winograd } from "./matrices.ts";
import type { Planes } from "./planes.ts";

/** Which of the blocks that are alike. */
export type BlockIndex = PerAxis<Index>;

/** One of the blocks that are alike: its tiles. */
export interface Box {
  readonly tiling: Tiling;
  readonly block: Block;
  readonly index: BlockIndex;
}

/** A tile along one axis. */
export interface TileAlong {
  readonly form: Winograd;
  /** Outputs that lie in the map. */
  readonly outputs: number;
}

export interface Tile {
  readonly rows: TileAlong;
  readonly columns: TileAlong;
  /** Its number in planes of this class. */
  number(planes: Planes): Index;
  /** Its first input pixel. */
  input(layout: Layout): Index;
  /** Its first output pixel. */
  output(layout: Layout): Index;
  /** The same where windows of 2×2 outputs became one. */
  pooled(layout: Layout): Index;
}

/** Where on an axis: in the block, and in the tensors. */
interface Position {
  readonly inBlock: Index;
  readonly whole: Index;
}

/**
 * Calls back once for all tiles that are alike, within loops.
 * @param stored whether it matters which outputs lie in the map
 */
export function everyTile(
  b: KernelBuilder,
  box: Box,
  stored: boolean,
  body: (tile: Tile) => void,
): void {
  const { block, index } = box;
  const { rows, columns } = box.tiling;
  b.loop("image", block.images.size, (n) =>
    grids(b, block.gridRows, stored ? rows : undefined, (gy, shortRows) =>
      grids(b, block.gridColumns, stored ? columns : undefined, (gx, shortColumns) =>
        tiles(b, { run: block.rows, axis: rows, short: shortRows }, (y, alongRows) =>
          tiles(b, { run: block.columns, axis: columns, short: shortColumns }, (x, alongColumns) =>
            body(
              new BlockTile(box, alongRows, alongColumns, {
                images: position(block.images, index.images, n),
                gridRows: position(block.gridRows, index.gridRows, gy),
                gridColumns: position(block.gridColumns, index.gridColumns, gx),
                rows: position(block.rows, index.rows, y),
                columns: position(block.columns, index.columns, x),
              }),
            ),
          ),
        ),
      ),
    ),
  );
}

function position(run: Run, which: Index, i: Index): Position {
  return { inBlock: i, whole: which.times(run.size).plus(run.start).plus(i) };
}

class BlockTile implements Tile {
  readonly rows: TileAlong;
  readonly columns: TileAlong;
  readonly #box: Box;
  readonly #at: PerAxis<Position>;

  constructor(box: Box, rows: TileAlong, columns: TileAlong, at: PerAxis<Position>) {
    this.#box = box;
    this.rows = rows;
    this.columns = columns;
    this.#at = at;
  }

  number({ of }: Planes): Index {
    const { block, tiling } = this.#box;
    const [rows, columns] = tilesWith(block, tiling, of);
    const { images, gridRows, gridColumns, rows: y, columns: x } = this.#at;
    return images.inBlock
      .times(block.gridRows.size)
      .plus(gridRows.inBlock)
      .times(block.gridColumns.size)
      .plus(gridColumns.inBlock)
      .times(rows)
      .plus(y.inBlock)
      .times(columns)
      .plus(x.inBlock);
  }

  input(layout: Layout): Index {
    return this.#pixel(layout, ({ inputStep }) => inputStep);
  }

  output(layout: Layout): Index {
    return this.#pixel(layout, ({ outputStep }) => outputStep);
  }

  pooled(layout: Layout): Index {
    return this.#pixel(layout, () => 1 / 2);
  }

  #pixel({ n, h, w }: Layout, step: (axis: WinogradAxis) => number): Index {
    const { tiling } = this.#box;
    const { images, gridRows, gridColumns, rows, columns } = this.#at;
    const along = (axis: WinogradAxis, grid: Position, tile: Position): Index =>
      tile.whole.times(axis.form.outputs * step(axis)).plus(grid.whole);
    return images.whole
      .times(n)
      .plus(along(tiling.rows, gridRows, rows).times(h))
      .plus(along(tiling.columns, gridColumns, columns).times(w));
  }
}

/** The grids of a run; those that are one output shorter stand apart where an axis is given. */
function grids(
  b: KernelBuilder,
  run: Run,
  axis: WinogradAxis | undefined,
  body: (grid: Index, short: boolean) => void,
): void {
  const long = axis === undefined ? run.size : axis.grids - axis.shortGrids - run.start;
  const longSize = Math.max(0, Math.min(run.size, long));
  b.loop("grid", longSize, (i) => body(i, false));
  b.loop("grid", run.size - longSize, (i) => body(i.plus(longSize), true));
}

/** Tiles of one axis, in a grid that may be one output shorter than others. */
interface TilesAlong {
  readonly run: TileRun;
  readonly axis: WinogradAxis;
  readonly short: boolean;
}

/** The tiles of a run; the last of the axis stands apart where it is another. */
function tiles(
  b: KernelBuilder,
  { run, axis: { form, last }, short }: TilesAlong,
  body: (tile: Index, along: TileAlong) => void,
): void {
  const peel = run.atEnd && (last !== undefined || short) ? 1 : 0;
  b.loop("tile", run.size - peel, (i) => body(i, { form, outputs: form.outputs }));
  if (peel === 0) return;
  const final = last ?? form;
  const outputs = final.outputs - (short ? 1 : 0);
  if (outputs > 0) body(origin.plus(run.size - 1), { form: final, outputs });
}
