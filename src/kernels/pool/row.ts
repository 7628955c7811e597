/** Pools of maps with channels first: a vector holds neighbouring outputs of one row. */
import { laneAt, loadLanes, loadWindow, rearrange, windowsOver } from "../vectors/lanes.ts";
import { type PoolWriter, type Tile, isLarge } from "./tile.ts";
import { range } from "../range.ts";

/** One channel of a tile of outputs, which are at most a vector; one where windows are large. */
export function poolRow(writer: PoolWriter, tile: Tile): void {
  if (isLarge(tile.row, tile.column)) largeWindow(writer, tile);
  else smallWindows(writer, tile);
}

/** Rows are reduced as they lie in memory, then lanes are brought together by tap. */
function smallWindows(writer: PoolWriter, tile: Tile): void {
  const { problem, width, b } = writer;
  const { from, to, row, column } = tile;
  const outputs = column.count;
  const { dilation, input, output } = problem;
  const offset = (i: number, tap: number): number =>
    (i * column.step + tap * dilation[1]) * input.w;
  const taps = range(column.taps);
  const windows = windowsOver(
    range(outputs).flatMap((i) => taps.map((tap) => offset(i, tap))),
    width,
  );
  const reduced = windows.map((window) =>
    writer.reduced(
      range(row.taps).map((y) => {
        const index = from.plus(y * dilation[0] * input.h);
        return b.let(loadWindow(writer.input(index), window, width));
      }),
    ),
  );
  const patterns = taps.map((tap) =>
    range(width).map((i) => (i < outputs ? laneAt(windows, offset(i, tap)) : undefined)),
  );
  const byTap = rearrange(b, reduced, patterns, width);
  const value = writer.reduced(byTap);
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
  const one = { axis: { extent: 1, strides: [1] }, steps: 0, lanes: 1 };
  const space = {
    axes: adjacent ? [rows] : [rows, columns],
    run: adjacent ? columns : undefined,
    beside: [one],
    width,
  };
  const [result] = writer.looped(space, from, ({ places, lanes }) =>
    loadLanes(b, writer.input(places[0]), { stride: 1, lanes, width }),
  );
  writer.store(tile, to, result, { stride: output.w, lanes: 1, width });
}
