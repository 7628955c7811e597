/**
 * Maps made larger or smaller: every output pixel is a weighted sum of up to four pixels,
 * which a table gives for each row and each column. Whole-numbered nearest upsampling is a
 * copy instead (`repeatPixels` in `rearrangements.ts`).
 */
import { type Activation, applyActivation } from "./activations.ts";
import { type KernelBuilder, kernel } from "./builder.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  at,
  fma,
  origin,
  splat,
  subtract,
} from "./ir.ts";
import { loadLanes, storeLanes } from "./lanes.ts";
import type { Layout } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { type LoopKind, everyPlace, everyVector } from "./nest.ts";
import { joinAxes } from "./tiles.ts";

/** Where an output reads along one axis: `low` and, in the share `weight`, `high`. */
export interface AxisSample {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

export interface ResampleProblem {
  readonly batch: number;
  readonly channels: number;
  /** By output. */
  readonly rows: readonly AxisSample[];
  readonly columns: readonly AxisSample[];
  readonly input: Layout;
  readonly output: Layout;
  readonly activation?: Activation;
}

/** Buffers: input, table, output. */
export function resample(problem: ResampleProblem, machine: Machine): Kernel {
  const name = isNearest(problem) ? "resample nearest" : "resample bilinear";
  return kernel(name, (b) => new ResampleGenerator(b, problem, machine.vectorWidth).generate());
}

/** Both pixels of every row, then of every column, as 32-bit integers; then the weights. */
export function resampleTable({ rows, columns }: ResampleProblem): Float32Array {
  const samples = [...rows, ...columns];
  const table = new Float32Array(3 * samples.length);
  new Int32Array(table.buffer).set(samples.flatMap(({ low, high }) => [low, high]));
  table.set(
    samples.map(({ weight }) => weight),
    2 * samples.length,
  );
  return table;
}

function isNearest({ rows, columns }: ResampleProblem): boolean {
  return [...rows, ...columns].every(({ weight }) => weight === 0);
}

/** The pixels of one output and their weights. */
interface Sample {
  readonly low: Index;
  readonly high: Index;
  readonly weight: Vector;
}

class ResampleGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ResampleProblem;
  readonly #width: number;
  readonly #input: Buffer;
  readonly #table: Buffer;
  readonly #output: Buffer;
  readonly #nearest: boolean;

  constructor(b: KernelBuilder, problem: ResampleProblem, width: number) {
    this.#b = b;
    this.#problem = problem;
    this.#width = width;
    this.#input = b.buffer("input");
    this.#table = b.buffer("table");
    this.#output = b.buffer("output");
    this.#nearest = isNearest(problem);
  }

  /** Threads share the images, or the rows of a single one. */
  generate(): void {
    const { batch, channels, input, output } = this.#problem;
    const apart = input.c !== 1;
    const planes = joinAxes([
      { extent: batch, strides: [input.n, output.n] },
      { extent: apart ? channels : 1, strides: [input.c, output.c] },
    ]);
    if (planes.length === 0) this.#rows("parallel", origin, origin);
    else {
      everyPlace(this.#b, "parallel", planes, [origin, origin], ([from, to]) =>
        this.#rows("loop", from, to),
      );
    }
  }

  #rows(loop: LoopKind, from: Index, to: Index): void {
    const { rows, columns, output } = this.#problem;
    this.#b[loop]("row", rows.length, (y) =>
      this.#sample(y, (row) =>
        this.#b.loop("column", columns.length, (x) =>
          this.#sample(x.plus(rows.length), (column) => {
            const pixel = to.plus(y.times(output.h)).plus(x.times(output.w));
            this.#pixel(from, pixel, row, column);
          }),
        ),
      ),
    );
  }

  /** Looks an entry of the table up. */
  #sample(entry: Index, body: (sample: Sample) => void): void {
    const b = this.#b;
    const { rows, columns } = this.#problem;
    b.lookup("low", at(this.#table, entry.times(2)), (low) => {
      const weight = splat(at(this.#table, entry.plus(2 * (rows.length + columns.length))));
      if (this.#nearest) body({ low, high: low, weight });
      else {
        b.lookup("high", at(this.#table, entry.times(2).plus(1)), (high) =>
          body({ low, high, weight: b.let(weight) }),
        );
      }
    });
  }

  #pixel(from: Index, to: Index, row: Sample, column: Sample): void {
    const { channels, input, output } = this.#problem;
    const width = this.#width;
    // With channels apart, what stands behind the one that is written is the next.
    const together = input.c === 1;
    const wholeVectors = together && output.wholeVectors;
    const filled = input.wholeVectors && wholeVectors;
    const elements = filled ? Math.ceil(channels / width) * width : together ? channels : 1;
    everyVector(this.#b, "loop", elements, width, (first, lanes) => {
      const value = this.#value(from.plus(first), lanes, row, column);
      const { activation } = this.#problem;
      const final = activation ? applyActivation(this.#b, activation, value) : value;
      const spacing = { stride: output.c, lanes, width, wholeVectors };
      storeLanes(this.#b, at(this.#output, to.plus(first.times(output.c))), final, spacing);
    });
  }

  #value(from: Index, lanes: number, row: Sample, column: Sample): Vector {
    const { input } = this.#problem;
    const { wholeVectors } = input;
    const pixel = (y: Index, x: Index): Vector => {
      const index = from.plus(y.times(input.h)).plus(x.times(input.w));
      const spacing = { stride: 1, lanes, width: this.#width, wholeVectors };
      return loadLanes(this.#b, at(this.#input, index), spacing);
    };
    if (this.#nearest) return pixel(row.low, column.low);
    const between = (low: Vector, high: Vector, weight: Vector): Vector => {
      const kept = this.#b.let(low);
      return fma(subtract(high, kept), weight, kept);
    };
    const along = (y: Index): Vector =>
      this.#b.let(between(pixel(y, column.low), pixel(y, column.high), column.weight));
    return between(along(row.low), along(row.high), row.weight);
  }
}
