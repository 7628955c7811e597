/** Pools of maps with channels first: a vector holds neighbouring outputs of one row. */
import { laneAt, loadLanes, loadWindow, rearrange, windowsOver } from "../lanes.ts";
import { type PoolWriter, type Tile, isLarge, range } from "./tile.ts";

/** One channel of a tile of outputs, which are at most a vector; one where windows are large. */
export function poolRow(writer: PoolWriter, tile: Tile): void {
  if (isLarge(tile.row, tile.column)) largeWindow(writer, tile);
  else smallWindows(writer, tile);
}

/** Rows are reduced as they lie in memory, then lanes are brought together by tap. */
function smallWindows(writer: PoolWriter, tile: Tile): void {
  const { problem, width, b } = writer;
  const { from, to, row, column, outputs } = tile;
  const { dilation, input, output } = problem;
  const offset = (i: number, tap: number): number =>
    (i * column.step + tap * dilation[1]) * input.w;
  const taps = range(Math.max(0, column.taps));
  const windows = windowsOver(
    range(outputs).flatMap((i) => taps.map((tap) => offset(i, tap))),
    width,
  );
  const reduced = windows.map((window) =>
    writer.reduced(row.taps, (y) => {
      const index = from.plus(y * dilation[0] * input.h);
      return b.let(loadWindow(writer.input(index), window, width));
    }),
  );
  const patterns = taps.map((tap) =>
    range(width).map((i) => (i < outputs ? laneAt(windows, offset(i, tap)) : undefined)),
  );
  const byTap = rearrange(b, reduced, patterns, width);
  const value = writer.reduced(taps.length, (tap) => byTap[tap]);
  writer.store(tile, to, value, { stride: output.w, lanes: outputs, width });
}

/** One output; the lanes are neighbours in its window where these lie side by side. */
function largeWindow(writer: PoolWriter, tile: Tile): void {
  const { problem, width, b } = writer;
  const { from, to, row, column } = tile;
  const { dilation, input, output } = problem;
  const rows = { extent: row.taps, strides: [dilation[0] * input.h] };
  const columns = { extent: column.taps, strides: [dilation[1] * input.w] };
  const adjacent = columns.strides[0] === 1;
  const one = { extent: 1, strides: [1] };
  const space = adjacent
    ? { axes: [rows], lanes: { folded: true, along: columns } as const, width }
    : {
        axes: [rows, columns],
        lanes: { folded: false, along: one, vectors: 1, lastLanes: 1 } as const,
        width,
      };
  const [result] = writer.looped(space, from, ({ places, lanes }) =>
    loadLanes(b, writer.input(places[0]), { stride: 1, lanes, width }),
  );
  writer.store(tile, to, result, { stride: output.w, lanes: 1, width });
}
