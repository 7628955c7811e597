/** Pools of maps with channels last: a vector holds neighbouring channels of one output. */
import { type Index, type Vector, origin } from "../ir/ir.ts";
import { loadLanes } from "../vectors/lanes.ts";
import { evenTiles, joinAxes } from "../loops/tiles.ts";
import { type PoolWriter, type Tile, isLarge } from "./tile.ts";
import { range } from "../range.ts";

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

/** One vector of channels; what several outputs see of a column of the map is reduced once. */
function smallWindows(writer: PoolWriter, tile: Tile, lanes: number): void {
  const { problem, width, b } = writer;
  const { from, to, row, column } = tile;
  const { dilation, input, output } = problem;
  const places = range(row.count).map((r) =>
    range(row.taps).map((y) => r * row.step + y * dilation[0]),
  );
  const shared = places.reduce((all, own) => all.filter((y) => own.includes(y)));
  const columns = new Map<number, readonly Vector[]>();
  /** By output row. */
  const columnAt = (x: number): readonly Vector[] => {
    const known = columns.get(x);
    if (known !== undefined) return known;
    const load = (y: number): Vector => {
      const index = from.plus(y * input.h + x * input.w);
      const spacing = { stride: 1, lanes, width, wholeVectors: input.wholeVectors };
      return loadLanes(b, writer.input(index), spacing);
    };
    const common = shared.length > 0 ? [writer.reduced(shared.map(load))] : [];
    const values = places.map((own) => {
      const others = own.filter((y) => !shared.includes(y)).map(load);
      return writer.reduced([...common, ...others]);
    });
    columns.set(x, values);
    return values;
  };
  const spacing = { stride: output.c, lanes, width, wholeVectors: output.wholeVectors };
  for (const i of range(column.count)) {
    const taps = range(column.taps).map((x) => columnAt(i * column.step + x * dilation[1]));
    for (const r of range(row.count)) {
      const value = writer.reduced(taps.map((byRow) => byRow[r]));
      writer.store(tile, to.plus(r * output.h + i * output.w), value, spacing);
    }
  }
}

/** One output of some vectors of channels, with a loop over its window. */
function largeWindow(writer: PoolWriter, tile: Tile, vectors: number, lastLanes: number): void {
  const { problem, width, b } = writer;
  const { row, column } = tile;
  const { dilation, input, output } = problem;
  const axes = joinAxes([
    { extent: row.taps, strides: [dilation[0] * input.h] },
    { extent: column.taps, strides: [dilation[1] * input.w] },
  ]);
  const axis = { extent: vectors * width, strides: [1] };
  const beside = Array.from({ length: vectors }, (_, v) => ({
    axis,
    steps: v * width,
    lanes: v === vectors - 1 ? lastLanes : width,
  }));
  const { wholeVectors } = input;
  range(row.count).forEach((r) => {
    const from = tile.from.plus(r * row.step * input.h);
    const results = writer.looped({ axes, run: undefined, beside, width }, from, (piece) =>
      loadLanes(b, writer.input(piece.places[0]), {
        stride: 1,
        lanes: piece.lanes,
        width,
        wholeVectors,
      }),
    );
    results.forEach((value, v) => {
      const { c: stride, wholeVectors: filled } = output;
      const spacing = { stride, lanes: beside[v].lanes, width, wholeVectors: filled };
      const to = tile.to.plus(r * output.h + v * width * stride);
      writer.store(tile, to, value, spacing);
    });
  });
}
