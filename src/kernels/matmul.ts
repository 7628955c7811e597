/**
 * The product of two matrices that are both computed while the model runs. A tile of the
 * result, some rows by two vectors of columns, stays in registers while its rows of `a` and its
 * columns of `b` are gone through. All rows of one pair of vectors come one after the other,
 * so that these columns of `b`, a panel, stay in the nearest cache.
 */
import type { Element } from "../graph/element.ts";
import { applyActivation } from "./vectors/activations.ts";
import { type KernelBuilder, kernel } from "./ir/builder.ts";
import {
  type Address,
  type Buffer,
  type Index,
  type Kernel,
  type Variable,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "./ir/ir.ts";
import { storeLanes } from "./vectors/lanes.ts";
import type { Machine } from "./machine.ts";
import { type LoopKind, type Places, sharedPlaces, startPlaces } from "./loops/nest.ts";
import { type Axis, evenTiles, joinAxes } from "./loops/tiles.ts";

/** Vectors of columns that a tile has, and a panel of `b` too. */
export const PANEL_VECTORS = 2;
/** Rows of a tile, whose accumulators with a panel's vectors nearly fill 16 registers. */
const TILE_ROWS = 6;
/** Steps along the depth that are written out. */
const UNROLL = 4;

export interface MatmulProblem {
  /** The axes before the matrices', with strides of `a`, `b` and the result; 0 to stretch. */
  readonly batch: readonly Axis[];
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly a: { readonly row: number; readonly depth: number };
  /** Columns of a panel lie next to each other. */
  readonly b: { readonly depth: number; readonly panel: number };
  readonly output: { readonly row: number; readonly column: number };
  readonly activation?: Element;
}

/** Buffers: a, b, output. */
export function matmul(problem: MatmulProblem, machine: Machine): Kernel {
  return kernel("matmul", (b) => new MatmulGenerator(b, problem, machine).generate());
}

/** Positions among the places. */
const [A, B, OUTPUT] = [0, 1, 2];

class MatmulGenerator {
  readonly #k: KernelBuilder;
  readonly #problem: MatmulProblem;
  readonly #width: number;
  readonly #a: Buffer;
  readonly #b: Buffer;
  readonly #output: Buffer;

  constructor(builder: KernelBuilder, problem: MatmulProblem, machine: Machine) {
    this.#k = builder;
    this.#problem = problem;
    this.#width = machine.vectorWidth;
    this.#a = builder.buffer("a");
    this.#b = builder.buffer("b");
    this.#output = builder.buffer("output");
  }

  /** The threads share the matrices, or the panels of a single one. */
  generate(): void {
    const axes = joinAxes(this.#problem.batch);
    const places = startPlaces([this.#a, this.#b, this.#output]);
    sharedPlaces(this.#k, { axes, places }, (matrix, loop) => this.#panels(loop, matrix));
  }

  #panels(loop: LoopKind, places: Places): void {
    const { columns, b, output } = this.#problem;
    const size = PANEL_VECTORS * this.#width;
    const whole = Math.floor(columns / size);
    const panel = (i: Index): Places => [
      places[A],
      places[B].plus(i.times(b.panel)),
      places[OUTPUT].plus(i.times(size * output.column)),
    ];
    this.#k[loop]("panel", whole, (i) => this.#rows(panel(i), size));
    const left = columns - whole * size;
    if (left > 0) this.#k[loop]("rest", 1, () => this.#rows(panel(origin.plus(whole)), left));
  }

  #rows(places: Places, columns: number): void {
    const { rows, a, output } = this.#problem;
    for (const tile of evenTiles(rows, TILE_ROWS)) {
      this.#k.loop("tile", tile.count, (i) => {
        const row = i.times(tile.size).plus(tile.start);
        const start = [
          places[A].plus(row.times(a.row)),
          places[B],
          places[OUTPUT].plus(row.times(output.row)),
        ];
        this.#tile(start, tile.size, columns);
      });
    }
  }

  #tile(places: Places, rows: number, columns: number): void {
    const { depth, a, b, output, activation } = this.#problem;
    const k = this.#k;
    const width = this.#width;
    const vectors = Array.from({ length: Math.ceil(columns / width) }, (_, v) => ({
      first: v * width,
      lanes: Math.min(width, columns - v * width),
    }));
    const sums = Array.from({ length: rows }, (): readonly Variable[] =>
      vectors.map(() => k.variable(constant(0))),
    );
    k.unrolled("k", depth, UNROLL, (step) => {
      const from = places[B].plus(step.times(b.depth));
      const right = vectors.map(({ first, lanes }) =>
        k.let(loaded(at(this.#b, from.plus(first)), lanes, width)),
      );
      sums.forEach((row, r) => {
        const left = places[A].plus(step.times(a.depth)).plus(r * a.row);
        const value = k.let(splat(at(this.#a, left)));
        row.forEach((sum, v) => k.assign(sum, fma(value, right[v], read(sum))));
      });
    });
    sums.forEach((row, r) =>
      row.forEach((sum, v) => {
        const { first, lanes } = vectors[v];
        const to = places[OUTPUT].plus(r * output.row + first * output.column);
        const value = activation ? applyActivation(k, activation, read(sum)) : read(sum);
        const spacing = { stride: output.column, lanes, width, wholeVectors: false };
        storeLanes(k, at(this.#output, to), value, spacing);
      }),
    );
  }
}

function loaded(from: Address, lanes: number, width: number) {
  return load(from, lanes === width ? undefined : lanes);
}
