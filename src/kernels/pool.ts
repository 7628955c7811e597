/**
 * Maximum or mean over windows of a map with channels last. The windows of sliding,
 * adaptive and global pools differ only in where they lie, so an axis is given as its list
 * of windows; outputs whose windows look alike are computed by one loop, those cut by the
 * border by another.
 */
import { type KernelBuilder, kernel } from "./builder.ts";
import { loadChannels, storeChannels } from "./epilogue.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  add,
  at,
  constant,
  max,
  multiply,
  origin,
  read,
} from "./ir.ts";
import type { Layout } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { evenTiles } from "./tiles.ts";

/** The part of one axis that one output sees, cut to the map. */
export interface AxisWindow {
  readonly start: number;
  readonly taps: number;
  /** What the mean divides by along this axis. */
  readonly divisor: number;
}

export interface PoolProblem {
  readonly kind: "max" | "mean";
  readonly batch: number;
  readonly channels: number;
  /** By output. */
  readonly rows: readonly AxisWindow[];
  readonly columns: readonly AxisWindow[];
  /** Distance of the taps along each axis. */
  readonly dilation: readonly [number, number];
  readonly input: Layout;
  readonly output: Layout;
}

/** Vectors of channels that are pooled side by side, so that their sums do not wait. */
const SIDE_BY_SIDE = 4;
/** Taps that are written out; more become loops. */
const WRITTEN_OUT = 32;

/** Buffers: input, output. */
export function pool(problem: PoolProblem, machine: Machine): Kernel {
  return kernel(`${problem.kind} pool`, (b) => {
    const input = b.buffer("input");
    const output = b.buffer("output");
    const generator = new PoolGenerator(b, problem, machine.vectorWidth, input, output);
    b.parallel("image", problem.batch, (n) => generator.image(n));
  });
}

/** Neighbouring outputs whose windows differ only in their place. */
interface WindowRun extends AxisWindow {
  readonly first: number;
  readonly count: number;
  /** From one window to the next. */
  readonly step: number;
}

export function windowRuns(windows: readonly AxisWindow[]): readonly WindowRun[] {
  const runs: WindowRun[] = [];
  windows.forEach((window, first) => {
    const last = runs.at(-1);
    const alike = last?.taps === window.taps && last.divisor === window.divisor;
    const step = window.start - (windows[first - 1]?.start ?? 0);
    if (last && alike && (last.count === 1 || last.step === step)) {
      runs[runs.length - 1] = { ...last, count: last.count + 1, step };
    } else runs.push({ ...window, first, count: 1, step: 0 });
  });
  return runs;
}

class PoolGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: PoolProblem;
  readonly #width: number;
  readonly #input: Buffer;
  readonly #output: Buffer;

  constructor(
    b: KernelBuilder,
    problem: PoolProblem,
    width: number,
    input: Buffer,
    output: Buffer,
  ) {
    this.#b = b;
    this.#problem = problem;
    this.#width = width;
    this.#input = input;
    this.#output = output;
  }

  image(n: Index): void {
    const b = this.#b;
    const { input, output, rows, columns } = this.#problem;
    for (const row of windowRuns(rows)) {
      b.loop("row", row.count, (y) => {
        for (const column of windowRuns(columns)) {
          b.loop("column", column.count, (x) =>
            this.#channels(
              n
                .times(input.n)
                .plus(y.times(row.step).plus(row.start).times(input.h))
                .plus(x.times(column.step).plus(column.start).times(input.w)),
              n
                .times(output.n)
                .plus(y.plus(row.first).times(output.h))
                .plus(x.plus(column.first).times(output.w)),
              row,
              column,
            ),
          );
        }
      });
    }
  }

  #channels(from: Index, to: Index, row: AxisWindow, column: AxisWindow): void {
    const { channels } = this.#problem;
    const whole = Math.floor(channels / this.#width);
    const left = channels - whole * this.#width;
    for (const run of evenTiles(whole, SIDE_BY_SIDE)) {
      this.#b.loop("channels", run.count, (i) => {
        const first = i.times(run.size).plus(run.start).times(this.#width);
        this.#window(from, to, first, range(run.size), this.#width, row, column);
      });
    }
    if (left > 0) {
      this.#window(from, to, origin.plus(whole * this.#width), [0], left, row, column);
    }
  }

  #window(
    from: Index,
    to: Index,
    channel: Index,
    vectors: readonly number[],
    lanes: number,
    row: AxisWindow,
    column: AxisWindow,
  ): void {
    const b = this.#b;
    const { kind, dilation, input, output } = this.#problem;
    const tap = (v: number, y: Index, x: Index): Vector => {
      const index = from
        .plus(channel)
        .plus(v * this.#width)
        .plus(y.times(dilation[0] * input.h))
        .plus(x.times(dilation[1] * input.w));
      return loadChannels(input, at(this.#input, index), lanes, this.#width);
    };
    const start = constant(kind === "max" ? -Infinity : 0);
    const results = vectors.map(() => b.variable(start));
    const combine = kind === "max" ? max : add;
    this.#taps(row.taps, column.taps, (y, x) =>
      vectors.forEach((v) => b.assign(results[v], combine(read(results[v]), tap(v, y, x)))),
    );
    const factor = b.let(constant(1 / (row.divisor * column.divisor)));
    vectors.forEach((v) => {
      const value = kind === "max" ? read(results[v]) : multiply(read(results[v]), factor);
      const index = to.plus(channel.plus(v * this.#width).times(output.c));
      storeChannels(b, output, at(this.#output, index), value, lanes, this.#width);
    });
  }

  #taps(rows: number, columns: number, body: (y: Index, x: Index) => void): void {
    const b = this.#b;
    const writeColumns = columns <= WRITTEN_OUT;
    const writeRows = writeColumns && rows * columns <= WRITTEN_OUT;
    b.unrolled("tapRow", rows, writeRows ? rows : 1, (y) =>
      b.unrolled("tapColumn", columns, writeColumns ? columns : 1, (x) => body(y, x)),
    );
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
