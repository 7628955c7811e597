/**
 * Maps made larger or smaller: every output pixel is a weighted sum of pixels in a few rows and
 * columns, which a table gives for each row and each column. Whole-numbered nearest upsampling
 * is a copy instead (`repeatPixels` in `rearrangements.ts`).
 */
import { type Activation, applyActivation } from "../vectors/activations.ts";
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  add,
  at,
  constant,
  fma,
  multiply,
  origin,
  splat,
  subtract,
} from "../ir/ir.ts";
import { loadLanes, storeLanes } from "../vectors/lanes.ts";
import type { Layout } from "../loops/layout.ts";
import type { Machine } from "../machine.ts";
import { type LoopKind, everyVector, sharedPlaces } from "../loops/nest.ts";
import { joinAxes } from "../loops/tiles.ts";

/** Where an output reads along one axis, and in which shares. */
export interface AxisTaps {
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

export interface ResampleProblem {
  readonly batch: number;
  readonly channels: number;
  /** By output, all with as many taps. */
  readonly rows: readonly AxisTaps[];
  readonly columns: readonly AxisTaps[];
  readonly input: Layout;
  readonly output: Layout;
  /** What pixels are whose weights sum to 0; 0 unless given. */
  readonly outside?: number;
  readonly activation?: Activation;
}

/** Buffers: input, table, output. */
export function resample(problem: ResampleProblem, machine: Machine): Kernel {
  const { rows, columns } = problem;
  return kernel(`resample ${tapsIn(rows)}×${tapsIn(columns)}`, (b) =>
    new ResampleGenerator(b, problem, machine.vectorWidth).generate(),
  );
}

/** The taps of every row, then of every column, as 32-bit integers; then all their weights. */
export function resampleTable({ rows, columns }: ResampleProblem): Float32Array {
  const places = [...rows, ...columns].flatMap((taps) => taps.places);
  const weights = [...rows, ...columns].flatMap((taps) => taps.weights);
  const table = new Float32Array(places.length + weights.length);
  new Int32Array(table.buffer).set(places);
  table.set(weights, places.length);
  return table;
}

function tapsIn([first]: readonly AxisTaps[]): number {
  return first.places.length;
}

/** Whether every output is one pixel as it is. */
function isPlain(axis: readonly AxisTaps[]): boolean {
  return axis.every(({ weights }) => weights.length === 1 && weights[0] === 1);
}

/** A row or column of the input and its share; all of it where none is given. */
interface Tap {
  readonly place: Index;
  readonly weight?: Vector | undefined;
}

type Taps = readonly Tap[];

/** Pixels whose shares a kernel keeps in registers. */
const FEW = 4;

class ResampleGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ResampleProblem;
  readonly #width: number;
  readonly #input: Buffer;
  readonly #table: Buffer;
  readonly #output: Buffer;

  constructor(b: KernelBuilder, problem: ResampleProblem, width: number) {
    this.#b = b;
    this.#problem = problem;
    this.#width = width;
    this.#input = b.buffer("input");
    this.#table = b.buffer("table");
    this.#output = b.buffer("output");
  }

  /** Threads share the images, or the rows of a single one. */
  generate(): void {
    const { batch, channels, input, output } = this.#problem;
    const apart = input.c !== 1;
    const planes = joinAxes([
      { extent: batch, strides: [input.n, output.n] },
      { extent: apart ? channels : 1, strides: [input.c, output.c] },
    ]);
    const places = [origin, origin];
    sharedPlaces(this.#b, { axes: planes, places }, ([from, to], loop) =>
      this.#rows(loop, from, to),
    );
  }

  #rows(loop: LoopKind, from: Index, to: Index): void {
    const { rows, columns, output } = this.#problem;
    this.#b[loop]("row", rows.length, (y) =>
      this.#taps(rows, y, 0, (down) =>
        this.#b.loop("column", columns.length, (x) =>
          this.#taps(columns, x, rows.length * tapsIn(rows), (across) => {
            const pixel = to.plus(y.times(output.h)).plus(x.times(output.w));
            this.#pixel(from, pixel, down, across);
          }),
        ),
      ),
    );
  }

  /** Looks the taps of an output up, whose axis begins at `start` in the table. */
  #taps(axis: readonly AxisTaps[], output: Index, start: number, body: (taps: Taps) => void): void {
    const { rows, columns } = this.#problem;
    const weights = rows.length * tapsIn(rows) + columns.length * tapsIn(columns);
    const count = tapsIn(axis);
    const plain = isPlain(axis);
    const next = (found: Taps): void => {
      if (found.length === count) return body(found);
      const entry = output.times(count).plus(start + found.length);
      this.#b.lookup("tap", at(this.#table, entry), (place) => {
        const weight = plain
          ? {}
          : { weight: this.#b.let(splat(at(this.#table, entry.plus(weights)))) };
        next([...found, { place, ...weight }]);
      });
    };
    next([]);
  }

  #pixel(from: Index, to: Index, down: Taps, across: Taps): void {
    const { channels, input, output } = this.#problem;
    const width = this.#width;
    // With channels apart, what stands behind the one that is written is the next.
    const together = input.c === 1;
    const wholeVectors = together && output.wholeVectors;
    const filled = input.wholeVectors && wholeVectors;
    const taps = this.#inElements(down, across);
    const elements = filled ? Math.ceil(channels / width) * width : together ? channels : 1;
    everyVector(this.#b, "loop", { elements, width }, (first, lanes) => {
      const value = this.#value(from.plus(first), lanes, taps);
      const { activation } = this.#problem;
      const final = activation ? applyActivation(this.#b, activation, value) : value;
      const spacing = { stride: output.c, lanes, width, wholeVectors };
      storeLanes(this.#b, at(this.#output, to.plus(first.times(output.c))), final, spacing);
    });
  }

  #value(from: Index, lanes: number, [outer, inner]: readonly [Taps, Taps]): Vector {
    const { input, outside = 0 } = this.#problem;
    const { wholeVectors } = input;
    const spacing = { stride: 1, lanes, width: this.#width, wholeVectors };
    const pixel = (place: Index): Vector => {
      const value = loadLanes(this.#b, at(this.#input, from.plus(place)), spacing);
      // Of what lies outside, nothing is left but what is added in the end.
      return outside === 0 ? value : subtract(value, constant(outside));
    };
    const value = this.#sum(outer, (y) => this.#sum(inner, (x) => pixel(y.plus(x))));
    return outside === 0 ? value : add(value, constant(outside));
  }

  /**
   * Taps down and across, with places in elements. Of few pixels the shares are multiplied out
   * before channels are gone through, and stay in registers: that takes fewer operations.
   */
  #inElements(down: Taps, across: Taps): readonly [Taps, Taps] {
    const { h, w } = this.#problem.input;
    const scaled = (taps: Taps, stride: number): Taps =>
      taps.map(({ place, weight }) => ({ place: place.times(stride), weight }));
    const [outer, inner] = [scaled(down, h), scaled(across, w)];
    if (down.length * across.length > FEW) return [outer, inner];
    const product = (y: Tap, x: Tap): Vector | undefined =>
      y.weight && x.weight ? this.#b.let(multiply(y.weight, x.weight)) : (y.weight ?? x.weight);
    const all = outer.flatMap((y) =>
      inner.map((x) => ({ place: y.place.plus(x.place), weight: product(y, x) })),
    );
    return [[{ place: origin }], all];
  }

  #sum(taps: Taps, valueOf: (place: Index) => Vector): Vector {
    const [first, ...others] = taps;
    const start = valueOf(first.place);
    return this.#b.let(
      others.reduce<Vector>(
        (sum, { place, weight }) =>
          weight === undefined ? add(sum, valueOf(place)) : fma(valueOf(place), weight, sum),
        first.weight === undefined ? start : multiply(start, first.weight),
      ),
    );
  }
}
