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
  tiling: Tiling,
  block: Block,
  at: BlockIndex,
  stored: boolean,
  body: (tile: Tile) => void,
): void {
  const { rows, columns } = tiling;
  b.loop("image", block.images.size, (n) =>
    grids(b, block.gridRows, stored ? rows : undefined, (gy, shortRows) =>
      grids(b, block.gridColumns, stored ? columns : undefined, (gx, shortColumns) =>
        tiles(b, block.rows, rows, shortRows, (y, alongRows) =>
          tiles(b, block.columns, columns, shortColumns, (x, alongColumns) =>
            body(
              new BlockTile(tiling, block, alongRows, alongColumns, {
                images: position(block.images, at.images, n),
                gridRows: position(block.gridRows, at.gridRows, gy),
                gridColumns: position(block.gridColumns, at.gridColumns, gx),
                rows: position(block.rows, at.rows, y),
                columns: position(block.columns, at.columns, x),
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
  readonly #tiling: Tiling;
  readonly #block: Block;
  readonly #at: PerAxis<Position>;

  constructor(
    tiling: Tiling,
    block: Block,
    rows: TileAlong,
    columns: TileAlong,
    at: PerAxis<Position>,
  ) {
    this.#tiling = tiling;
    this.#block = block;
    this.rows = rows;
    this.columns = columns;
    this.#at = at;
  }

  number({ of }: Planes): Index {
    const [rows, columns] = tilesWith(this.#block, this.#tiling, of);
    const { images, gridRows, gridColumns, rows: y, columns: x } = this.#at;
    return images.inBlock
      .times(this.#block.gridRows.size)
      .plus(gridRows.inBlock)
      .times(this.#block.gridColumns.size)
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
    const { images, gridRows, gridColumns, rows, columns } = this.#at;
    const along = (axis: WinogradAxis, grid: Position, tile: Position): Index =>
      tile.whole.times(axis.form.outputs * step(axis)).plus(grid.whole);
    return images.whole
      .times(n)
      .plus(along(this.#tiling.rows, gridRows, rows).times(h))
      .plus(along(this.#tiling.columns, gridColumns, columns).times(w));
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

/** The tiles of a run; the last of the axis stands apart where it is another. */
function tiles(
  b: KernelBuilder,
  run: TileRun,
  { form, last }: WinogradAxis,
  short: boolean,
  body: (tile: Index, along: TileAlong) => void,
): void {
  const peel = run.atEnd && (last !== undefined || short) ? 1 : 0;
  b.loop("tile", run.size - peel, (i) => body(i, { form, outputs: form.outputs }));
  if (peel === 0) return;
  const final = last ?? form;
  const outputs = final.outputs - (short ? 1 : 0);
  if (outputs > 0) body(origin.plus(run.size - 1), { form: final, outputs });
}
