/** Cuts axes into tiles of nearly equal size, and joins axes that lie behind one another. */

/** `count` tiles of `size` elements that follow each other from `start` on. */
export interface Run {
  readonly start: number;
  readonly size: number;
  readonly count: number;
}

/**
 * As few tiles of at most `limit` as cover the extent, their sizes differing by at most
 * one: 13 in tiles of 6 is 5 + 4 + 4, since 6 + 6 + 1 would leave a tile that keeps one
 * sixth of the accumulators busy.
 */
export function evenTiles(extent: number, limit: number): readonly Run[] {
  if (extent === 0) return [];
  const count = Math.ceil(extent / limit);
  const small = Math.floor(extent / count);
  const large = extent - small * count;
  const runs: Run[] = [];
  if (large > 0) runs.push({ start: 0, size: small + 1, count: large });
  if (count > large) {
    runs.push({ start: large * (small + 1), size: small, count: count - large });
  }
  return runs;
}

/** Tiles from 0 on, and how many elements lie in them. */
export interface SharedTiles {
  readonly runs: readonly Run[];
  readonly covered: number;
}

/**
 * Tiles as `evenTiles` makes them, but of each size as many as `threads` can share out evenly: of 13
 * rows 12. What is left stands behind them, at most a tile for each thread.
 */
export function sharedTiles(extent: number, limit: number, threads: number): SharedTiles {
  const wanted = threads * Math.ceil(extent / limit / threads);
  const count = Math.min(wanted, extent);
  if (count < threads) return { runs: [], covered: 0 };
  const small = Math.floor(extent / count);
  const large = extent % count;
  const runs: Run[] = [];
  let covered = 0;
  for (const [size, tiles] of [
    [small + 1, large],
    [small, count - large],
  ] as const) {
    const even = tiles - (tiles % threads);
    if (even === 0) continue;
    runs.push({ start: covered, size, count: even });
    covered += even * size;
  }
  return { runs, covered };
}

/** An axis and its distance in each of several tensors. */
export interface Axis {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** Drops axes of extent 1 and joins neighbours that are one axis in every tensor. */
export function joinAxes(axes: readonly Axis[]): readonly Axis[] {
  const joined: Axis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const last = joined.at(-1);
    if (last && last.strides.every((s, i) => s === axis.extent * axis.strides[i])) {
      joined[joined.length - 1] = { extent: last.extent * axis.extent, strides: axis.strides };
    } else joined.push(axis);
  }
  return joined;
}

/** How many steps of a loop to write out: a divisor near `wish` where there is one. */
export function unrollFactor(extent: number, wish: number): number {
  if (extent <= wish + 1) return Math.max(extent, 1);
  for (const factor of [wish, wish + 1, wish - 1, wish + 2, wish + 3]) {
    if (factor > 1 && extent % factor === 0) return factor;
  }
  return wish;
}
