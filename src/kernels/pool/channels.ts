/** Pools of maps with channels last: a vector holds neighbouring channels of one output. */
import { type Index, type Vector, origin } from "../ir.ts";
import { loadLanes } from "../lanes.ts";
import { evenTiles, joinAxes } from "../tiles.ts";
import { type PoolWriter, type Tile, isLarge } from "./tile.ts";

/** Vectors of channels that are pooled side by side where windows are large. */
const SIDE_BY_SIDE = 4;

/** All channels of a tile of outputs. */
export function poolChannels(writer: PoolWriter, tile: Tile): void {
  const { b, width, problem } = writer;
  const { channels, input, output } = problem;
  const large = isLarge(tile.row, tile.column);
  const filled = input.wholeVectors && output.wholeVectors;
  const whole = filled ? Math.ceil(channels / width) : Math.floor(channels / width);
  const vectorsFrom = (first: Index, vectors: number, lanes: number): void => {
    const from = tile.from.plus(first);
    const to = tile.to.plus(first.times(output.c));
    if (large) largeWindow(writer, { ...tile, from, to }, vectors, lanes);
    else smallWindows(writer, { ...tile, from, to }, lanes);
  };
  for (const run of evenTiles(whole, large ? SIDE_BY_SIDE : 1)) {
    b.loop("channels", run.count, (i) =>
      vectorsFrom(i.times(run.size).plus(run.start).times(width), run.size, width),
    );
  }
  const left = channels - whole * width;
  if (left > 0) vectorsFrom(origin.plus(whole * width), 1, left);
}

/** One vector of channels; columns of the map that several outputs see are reduced once. */
function smallWindows(writer: PoolWriter, tile: Tile, lanes: number): void {
  const { problem, width, b } = writer;
  const { from, to, row, column, outputs } = tile;
  const { dilation, input, output } = problem;
  const columns = new Map<number, Vector>();
  const columnAt = (x: number): Vector => {
    const known = columns.get(x);
    if (known !== undefined) return known;
    const value = writer.reduced(row.taps, (y) => {
      const index = from.plus(y * dilation[0] * input.h + x * input.w);
      const spacing = { stride: 1, lanes, width, wholeVectors: input.wholeVectors };
      return loadLanes(b, writer.input(index), spacing);
    });
    columns.set(x, value);
    return value;
  };
  for (let i = 0; i < outputs; i++) {
    const first = i * column.step;
    const value = writer.reduced(column.taps, (x) => columnAt(first + x * dilation[1]));
    const spacing = { stride: output.c, lanes, width, wholeVectors: output.wholeVectors };
    writer.store(tile, to.plus(i * output.w), value, spacing);
  }
}

/** One output of some vectors of channels, with a loop over its window. */
function largeWindow(writer: PoolWriter, tile: Tile, vectors: number, lastLanes: number): void {
  const { problem, width, b } = writer;
  const { from, to, row, column } = tile;
  const { dilation, input, output } = problem;
  const axes = joinAxes([
    { extent: row.taps, strides: [dilation[0] * input.h] },
    { extent: column.taps, strides: [dilation[1] * input.w] },
  ]);
  const along = { extent: vectors * width, strides: [1] };
  const lanes = { folded: false, along, vectors, lastLanes } as const;
  const { wholeVectors } = input;
  const results = writer.looped({ axes, lanes, width }, from, (piece) =>
    loadLanes(b, writer.input(piece.places[0]), {
      stride: 1,
      lanes: piece.lanes,
      width,
      wholeVectors,
    }),
  );
  results.forEach((value, v) => {
    const ofVector = v === vectors - 1 ? lastLanes : width;
    const { c: stride, wholeVectors: filled } = output;
    const spacing = { stride, lanes: ofVector, width, wholeVectors: filled };
    writer.store(tile, to.plus(v * width * stride), value, spacing);
  });
}
