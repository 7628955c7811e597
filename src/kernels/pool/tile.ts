/** What both forms of a pool do with the windows of some outputs of one row. */
import { type Activation, applyActivation } from "../vectors/activations.ts";
import type { KernelBuilder } from "../ir/builder.ts";
import { type FoldSpace, type Piece, fold } from "../loops/fold.ts";
import {
  type Address,
  type Buffer,
  type Index,
  type Vector,
  at,
  constant,
  multiply,
  read,
} from "../ir/ir.ts";
import { type Spacing, storeLanes, withLanes } from "../vectors/lanes.ts";
import type { Layout } from "../loops/layout.ts";
import { type Reducer, reducers } from "../vectors/reducers.ts";
import type { AxisWindow, WindowRun } from "./windows.ts";

export interface PoolProblem {
  readonly kind: "max" | "mean";
  readonly batch: number;
  readonly channels: number;
  /** By output. */
  readonly rows: readonly AxisWindow[];
  readonly columns: readonly AxisWindow[];
  /** Distance of the taps along each axis. */
  readonly dilation: readonly [number, number];
  /** The map without its margin, whose content is never read. */
  readonly input: Layout;
  readonly output: Layout;
  readonly activation?: Activation;
}

/** Outputs that are made together: where the first of them and its window begin. */
export interface Tile {
  readonly from: Index;
  readonly to: Index;
  readonly row: WindowRun;
  readonly column: WindowRun;
}

/** Taps that are written out; windows of more are loops. */
const WRITTEN_OUT = 36;

export function isLarge(row: AxisWindow, column: AxisWindow): boolean {
  return row.taps * column.taps > WRITTEN_OUT;
}

export class PoolWriter {
  readonly b: KernelBuilder;
  readonly problem: PoolProblem;
  readonly width: number;
  readonly #input: Buffer;
  readonly #output: Buffer;
  readonly #reducer: Reducer;

  constructor(b: KernelBuilder, problem: PoolProblem, width: number) {
    this.b = b;
    this.problem = problem;
    this.width = width;
    this.#input = b.buffer("input");
    this.#output = b.buffer("output");
    this.#reducer = reducers[problem.kind === "mean" ? "sum" : "max"];
  }

  input(index: Index): Address {
    return at(this.#input, index);
  }

  /** Of all values; without any, what changes nothing. */
  reduced(values: readonly Vector[]): Vector {
    const { initial, combine } = this.#reducer;
    const [first, ...others] = values;
    return first === undefined ? initial : this.b.let(others.reduce(combine, first));
  }

  /** One result for each vector of a space, in loops. */
  looped(space: FoldSpace, from: Index, load: (piece: Piece) => Vector): readonly Vector[] {
    const { b, width } = this;
    const { initial, combine, acrossLanes } = this.#reducer;
    const folded = space.run !== undefined;
    const results = fold(
      b,
      { space, places: [from] },
      {
        initial: [initial],
        step: ([into], piece) => {
          const loaded = load(piece);
          const value = folded ? withLanes(loaded, initial, piece.lanes, width) : loaded;
          b.assign(into, combine(read(into), value));
        },
        merge: ([into], [part]) => b.assign(into, combine(read(into), read(part))),
      },
    );
    return results.map(([result]) => (folded ? acrossLanes(read(result), width) : read(result)));
  }

  /** Divides a sum, applies the activation and stores. */
  store({ row, column }: Tile, to: Index, result: Vector, spacing: Spacing): void {
    const { kind, activation } = this.problem;
    const divisor = row.divisor * column.divisor;
    const value = kind === "mean" ? multiply(result, constant(1 / divisor)) : result;
    const final = activation ? applyActivation(this.b, activation, value) : value;
    storeLanes(this.b, at(this.#output, to), final, spacing);
  }
}
