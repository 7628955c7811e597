/**
 * Pixels added around a map: a constant, one for each channel, or pixels of the map itself. For the
 * latter a table says where every row and column comes from, so that any border takes the same few
 * loops; the map's own columns are copied as whole runs.
 */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { writeCopy } from "./copy.ts";
import { writeFill } from "./fill.ts";
import { type Index, type Kernel, at, origin } from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import type { Operand } from "../loops/operand.ts";

export interface PadProblem {
  /** Of the input, `[N, C, H, W]`. */
  readonly shape: readonly [n: number, c: number, h: number, w: number];
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
  readonly mode: PadMode;
  readonly from: Operand;
  readonly to: Operand;
}

/** One constant, or one for each channel. */
export type PadMode = { readonly constant: readonly number[] } | "reflect" | "edge";

/** Buffers: input, table unless there is none, output. */
export function pad(problem: PadProblem, machine: Machine): Kernel {
  const { mode } = problem;
  return kernel("pad", (b) => {
    if (typeof mode === "object") padByConstant(b, problem, mode.constant, machine);
    else padByTable(b, problem, machine);
  });
}

/**
 * The constants of the channels; undefined for a single one, which stands in the code. Otherwise
 * 32-bit integers: for every row of the output its row of the input, then for every column.
 */
export function padTable({ shape, padding, mode }: PadProblem): Float32Array | undefined {
  if (typeof mode === "object") {
    return mode.constant.length === 1 ? undefined : Float32Array.from(mode.constant);
  }
  const [, , height, width] = shape;
  const [top, left, bottom, right] = padding;
  const source = (place: number, size: number): number => {
    if (mode === "reflect" && place < 0) return -place;
    if (mode === "reflect" && place >= size) return 2 * (size - 1) - place;
    return Math.min(Math.max(place, 0), size - 1);
  };
  const along = (size: number, before: number, after: number): readonly number[] =>
    Array.from({ length: before + size + after }, (_, i) => source(i - before, size));
  const table = [...along(height, top, bottom), ...along(width, left, right)];
  return new Float32Array(Int32Array.from(table).buffer);
}

function padByConstant(
  b: KernelBuilder,
  { shape, padding, from, to }: PadProblem,
  constants: readonly number[],
  machine: Machine,
): void {
  const input = b.buffer("input");
  const table = constants.length === 1 ? undefined : b.buffer("table");
  const output = b.buffer("output");
  const [batch, channels, height, width] = shape;
  const [top, left, bottom, right] = padding;
  const [, , toH, toW] = to.strides;
  const inside = top * toH + left * toW;
  const first = { from: at(input, 0), to: at(output, inside) };
  writeCopy(b, "parallel", { shape, from, to, first }, machine);
  const fill = (row: number, column: number, rows: number, columns: number): void => {
    const box = [batch, channels, rows, columns];
    const start = at(output, row * toH + column * toW);
    if (table === undefined) {
      writeFill(b, { shape: box, operand: to, first: start }, constants[0], machine.vectorWidth);
    } else if (rows * columns > 0) {
      const numbers = { from: at(table, 0), to: start };
      const spread = { shape: box, from: PER_CHANNEL, to, first: numbers };
      writeCopy(b, "parallel", spread, machine);
    }
  };
  const whole = left + width + right;
  fill(0, 0, top, whole);
  fill(top, 0, height, left);
  fill(top, left + width, height, right);
  fill(top + height, 0, bottom, whole);
}

/** Along `[N, C, H, W]`. */
const PER_CHANNEL: Operand = { strides: [0, 1, 0, 0], wholeVectors: false };

function padByTable(b: KernelBuilder, problem: PadProblem, machine: Machine): void {
  const { shape, padding, from, to } = problem;
  const [input, table, output] = [b.buffer("input"), b.buffer("table"), b.buffer("output")];
  const [batch, channels, height, width] = shape;
  const [top, left, bottom, right] = padding;
  const [, , fromH, fromW] = from.strides;
  const [, , toH, toW] = to.strides;
  const rows = top + height + bottom;
  /** So many columns of one row of all images and channels. */
  const copyColumns = (columns: number, source: Index, target: Index): void => {
    const first = { from: at(input, source), to: at(output, target) };
    writeCopy(b, "loop", { shape: [batch, channels, 1, columns], from, to, first }, machine);
  };
  b.parallel("row", rows, (y) =>
    b.lookup("source", at(table, y), (sourceRow) => {
      const fromRow = sourceRow.times(fromH);
      const toRow = y.times(toH);
      /** Columns from where the table says, in which those of the rows stand first. */
      const edge = (first: number, count: number): void =>
        b.loop("column", count, (i) => {
          const column = i.plus(first);
          b.lookup("source", at(table, origin.plus(rows).plus(column)), (source) =>
            copyColumns(1, fromRow.plus(source.times(fromW)), toRow.plus(column.times(toW))),
          );
        });
      edge(0, left);
      copyColumns(width, fromRow, toRow.plus(left * toW));
      edge(left + width, right);
    }),
  );
}
