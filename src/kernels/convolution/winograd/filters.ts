/**
 * Transforms the filters of a Winograd convolution, `U = G g Gᵀ`. Transformed weights are up to
 * four times as large as plain ones, so they are made where they are used, once, a panel at a
 * time: what is stored and what is held beside them stays small.
 */
import { type KernelBuilder, kernel } from "../../ir/builder.ts";
import { type Address, type Kernel, type Vector, at, constant } from "../../ir/ir.ts";
import { laneAt, loadWindow, rearrange, windowsOver, withLanes } from "../../vectors/lanes.ts";
import type { Machine } from "../../machine.ts";
import { rowGroups, rowsOf } from "./linear-forms.ts";
import type { Matrix } from "./matrices.ts";
import { range } from "../../range.ts";

/** Some vectors of output channels with all their input channels. */
export interface FilterPanel {
  readonly inChannels: number;
  /** No more than fill the vectors. */
  readonly outChannels: number;
  /** Elements of one filter, `[kh, kw]`. */
  readonly filterLength: number;
  /** `[size, taps]` */
  readonly rows: Matrix;
  readonly columns: Matrix;
  readonly phases: readonly FilterPhase[];
}

export interface FilterPhase {
  /** Where the taps stand in a filter, `[row taps, column taps]`; -1 for zeros. */
  readonly taps: readonly number[];
  /** Where each point of input channel 0 goes, `[row points, column points]`; -1 for nowhere. */
  readonly offsets: readonly number[];
}

/** Buffers: weights `[outChannels, inChannels, kh, kw]`, points `[point, inChannel, channel]`. */
export function winogradFilters(panel: FilterPanel, machine: Machine): Kernel {
  const { inChannels, outChannels } = panel;
  const width = machine.vectorWidth;
  return kernel("winograd filters", (b) => {
    const [weights, points] = [b.buffer("weights"), b.buffer("points")];
    const whole = Math.floor(outChannels / width);
    const left = outChannels - whole * width;
    const pitch = (left > 0 ? whole + 1 : whole) * width;
    b.loop("c", inChannels, (c) => {
      const filters = c.times(panel.filterLength);
      const to = c.times(pitch);
      const vector = (v: typeof c, lanes: number): void => {
        const first = v.times(width * inChannels * panel.filterLength);
        for (const phase of panel.phases) {
          const taps = gatherTaps(
            { b, panel, width },
            phase,
            at(weights, filters.plus(first)),
            lanes,
          );
          transform(b, panel, taps, (point, value) => {
            if (phase.offsets[point] < 0) return;
            const index = to.plus(v.times(width)).plus(phase.offsets[point]);
            b.store(at(points, index), value);
          });
        }
      };
      b.loop("vector", whole, (v) => vector(v, width));
      if (left > 0) vector(c.times(0).plus(whole), left);
    });
  });
}

interface FilterStep {
  readonly b: KernelBuilder;
  readonly panel: FilterPanel;
  readonly width: number;
}

/** The same tap of neighbouring output channels in the lanes of a vector. */
function gatherTaps(
  { b, panel: { inChannels, filterLength }, width }: FilterStep,
  { taps }: FilterPhase,
  from: Address,
  lanes: number,
): readonly Vector[] {
  const windows = windowsOver(
    taps.filter((tap) => tap >= 0),
    width,
  );
  const filters = range(lanes).map((lane) => {
    const filter = at(from.buffer, from.index.plus(lane * inChannels * filterLength));
    return windows.map((window) => b.let(loadWindow(filter, window, width)));
  });
  const patterns = taps
    .filter((tap) => tap >= 0)
    .map((tap) => {
      const { vector, lane } = laneAt(windows, tap);
      return range(width).map((i) =>
        i < lanes ? { vector: i * windows.length + vector, lane } : undefined,
      );
    });
  const zero = constant(0);
  const gathered = rearrange(b, filters.flat(), patterns, width).map((value) =>
    lanes === width ? value : b.let(withLanes(value, zero, lanes, width)),
  );
  let next = 0;
  return taps.map((tap) => (tap < 0 ? zero : gathered[next++]));
}

/** A group of rows at a time, so that what is live stays in registers. */
function transform(
  b: KernelBuilder,
  { rows, columns }: FilterPanel,
  taps: readonly Vector[],
  store: (point: number, value: Vector) => void,
): void {
  const [across] = columns.map((row) => row.length);
  for (const group of rowGroups(rows)) {
    const half = range(across).map((x) => rowsOf(b, group, (y) => taps[y * across + x]));
    group.rows.forEach((y, i) => {
      for (const points of rowGroups(columns)) {
        const values = rowsOf(b, points, (x) => half[x][i]);
        points.rows.forEach((x, k) => store(y * columns.length + x, values[k]));
      }
    });
  }
}
