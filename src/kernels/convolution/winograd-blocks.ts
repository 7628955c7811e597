/** Cuts the tiles of a Winograd convolution into blocks that fit a cache. */
import { type Run, evenTiles } from "../tiles.ts";
import type { ConvolutionProblem } from "./problem.ts";

/** Part of the tiles of one axis; the last may reach over the end of the map. */
export interface TileRun extends Run {
  readonly lastPartial: boolean;
}

/** Boxes of tiles that are treated alike, one after the other. */
export interface Block {
  readonly images: Run;
  readonly rows: TileRun;
  readonly columns: TileRun;
  readonly tiles: number;
}

/** Cuts the tiles of all images into boxes of at most `block` tiles. */
export function blocksOf(
  { batch, outputSize: [oh, ow] }: Pick<ConvolutionProblem, "batch" | "outputSize">,
  { outputs, block }: { readonly outputs: number; readonly block: number },
): Block[] {
  const [th, tw] = [Math.ceil(oh / outputs), Math.ceil(ow / outputs)];
  const perBlock = (below: number): number => Math.max(1, Math.floor(block / below));
  const images = evenTiles(batch, perBlock(th * tw));
  const rows = withPartial(evenTiles(th, perBlock(tw)), oh % outputs !== 0);
  const columns = withPartial(evenTiles(tw, perBlock(1)), ow % outputs !== 0);
  return images.flatMap((i) =>
    rows.flatMap((r) =>
      columns.map((c) => ({
        images: i,
        rows: r,
        columns: c,
        tiles: i.size * r.size * c.size,
      })),
    ),
  );
}

/** Sets the last tile of an axis apart where it is partial and the runs repeat. */
function withPartial(runs: readonly Run[], partial: boolean): TileRun[] {
  return runs.flatMap((run, i) => {
    if (!partial || i < runs.length - 1) return [{ ...run, lastPartial: false }];
    const last = { start: run.start + (run.count - 1) * run.size, size: run.size, count: 1 };
    const before = { ...run, count: run.count - 1, lastPartial: false };
    return [...(before.count > 0 ? [before] : []), { ...last, lastPartial: true }];
  });
}
