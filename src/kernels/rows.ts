/**
 * Kernels that fold some axes of a tensor to one number (a mean, a variance, a maximum) and
 * may go over the same elements again with it. What is folded together is a row. Vectors run
 * along the axis on which elements lie next to each other: if that axis is kept, the lanes of
 * a vector are rows of their own, else they are combined at the end.
 */
import type { KernelBuilder } from "./builder.ts";
import {
  type Fold,
  type FoldSpace,
  type Folded,
  type Lanes,
  type Piece,
  everyPiece,
  fold,
} from "./fold.ts";
import { type Buffer, type Vector, at } from "./ir.ts";
import { loadLanes, storeLanes } from "./lanes.ts";
import { type LoopKind, type Places, everyPlace, moved, startPlaces } from "./nest.ts";
import { type Operand, axesOf, fastestAxis } from "./operand.ts";
import { type Axis, evenTiles } from "./tiles.ts";

/** A tensor in memory, along the axes of the problem. */
export interface RowsOperand extends Operand {
  readonly buffer: Buffer;
}

export interface RowsProblem {
  readonly shape: readonly number[];
  /** By axis, whether it is folded. */
  readonly folded: readonly boolean[];
  /** The first decides along which axis vectors run. */
  readonly operands: readonly RowsOperand[];
  /** Rows that are worked on side by side, in vectors. */
  readonly vectors: number;
}

/** Rows that are worked on at a time: one, or some vectors of them. */
export interface Row {
  readonly places: Places;
  readonly space: FoldSpace;
}

export class Rows {
  readonly #b: KernelBuilder;
  readonly #operands: readonly RowsOperand[];
  readonly #width: number;
  readonly #vectors: number;
  readonly #kept: readonly Axis[];
  readonly #folded: readonly Axis[];
  readonly #along: Axis;
  readonly #lanesKept: boolean;
  /** Whether lanes are combined at the end of a row. */
  readonly lanesFolded: boolean;
  /** Elements of a row. */
  readonly length: number;

  constructor(b: KernelBuilder, { shape, folded, operands, vectors }: RowsProblem, width: number) {
    this.#b = b;
    this.#operands = operands;
    this.#width = width;
    this.#vectors = vectors;
    this.length = shape.reduce((n, size, axis) => (folded[axis] ? n * size : n), 1);
    const [input] = operands;
    const exact = operands.map(({ strides }) => ({ strides, wholeVectors: false }));
    const only = (chosen: boolean): readonly number[] =>
      shape.map((size, axis) => (folded[axis] === chosen ? size : 1));
    const foldedAxes = axesOf(only(true), exact, exact[0], width);
    // What fills channels up is no part of a row.
    const filled = folded[fastestAxis(shape, input)] === true ? exact : operands;
    const keptAxes = axesOf(only(false), filled, filled[0], width);
    const [innerFolded, innerKept] = [foldedAxes.at(-1), keptAxes.at(-1)];
    this.lanesFolded = innerFolded?.strides[0] === 1;
    this.#lanesKept = !this.lanesFolded && innerKept?.strides[0] === 1;
    const single = { extent: 1, strides: operands.map(() => 1) };
    const along = this.lanesFolded ? innerFolded : this.#lanesKept ? innerKept : single;
    this.#along = along ?? single;
    this.#folded = this.lanesFolded ? foldedAxes.slice(0, -1) : foldedAxes;
    this.#kept = this.#lanesKept ? keptAxes.slice(0, -1) : keptAxes;
  }

  /** Every row; the threads share the slowest axis that is kept. */
  every(body: (row: Row) => void): void {
    const places = startPlaces(this.#operands);
    if (this.lanesFolded) {
      const lanes = { folded: true, along: this.#along } as const;
      everyPlace(this.#b, "parallel", this.#kept, places, (start) =>
        body({ places: start, space: this.#space(lanes) }),
      );
    } else if (this.#kept.length === 0) this.#sideBySide("parallel", places, body);
    else {
      everyPlace(this.#b, "parallel", this.#kept, places, (start) =>
        this.#sideBySide("loop", start, body),
      );
    }
  }

  #sideBySide(loop: LoopKind, places: Places, body: (row: Row) => void): void {
    const along = this.#along;
    const whole = Math.floor(along.extent / this.#width);
    const left = along.extent - whole * this.#width;
    const rows = (start: Places, vectors: number, lastLanes: number): void =>
      body({ places: start, space: this.#space({ folded: false, along, vectors, lastLanes }) });
    for (const run of evenTiles(whole, this.#vectors)) {
      this.#b[loop]("rows", run.count, (i) => {
        const first = i.times(run.size).plus(run.start).times(this.#width);
        rows(moved(places, along, first), run.size, this.#width);
      });
    }
    if (left === 0) return;
    const rest = (): void => rows(moved(places, along, whole * this.#width), 1, left);
    if (loop === "parallel") this.#b.parallel("rest", 1, rest);
    else rest();
  }

  #space(lanes: Lanes): FoldSpace {
    return { axes: this.#folded, lanes, width: this.#width };
  }

  fold({ space, places }: Row, spec: Fold): Folded {
    return fold(this.#b, space, places, spec);
  }

  everyPiece({ space, places }: Row, body: (piece: Piece) => void): void {
    everyPiece(this.#b, space, places, body);
  }

  /** Where the row's own results lie: one for each vector. */
  resultsOf({ space, places }: Row): readonly Piece[] {
    if (space.lanes.folded) return [{ places, lanes: 1, vector: 0 }];
    const { along, vectors, lastLanes } = space.lanes;
    return Array.from({ length: vectors }, (_, vector) => ({
      places: moved(places, along, vector * this.#width),
      lanes: vector === vectors - 1 ? lastLanes : this.#width,
      vector,
    }));
  }

  /** Pieces at up to `count` places that are spread over the row, for each vector. */
  samplesOf(row: Row, count: number): readonly Piece[] {
    const { lanes } = row.space;
    const run = { ...this.#along, extent: Math.floor(this.#along.extent / this.#width) };
    const vectors = { extent: run.extent, strides: run.strides.map((s) => s * this.#width) };
    const axes = lanes.folded && run.extent > 0 ? [...this.#folded, vectors] : this.#folded;
    let starts: readonly Places[] = [row.places];
    for (const axis of axes.toSorted((a, b) => b.extent - a.extent)) {
      const taken = Math.max(1, Math.min(axis.extent, Math.floor(count / starts.length)));
      starts = starts.flatMap((start) =>
        Array.from({ length: taken }, (_, i) =>
          moved(start, axis, Math.floor(((i + 0.5) * axis.extent) / taken)),
        ),
      );
    }
    const short = Math.min(this.#width, this.#along.extent);
    return starts.flatMap((places) =>
      this.resultsOf({ ...row, places }).map((piece) =>
        lanes.folded ? { ...piece, lanes: short } : piece,
      ),
    );
  }

  /** Elements of an operand; lanes past the last are zero where lanes are combined. */
  load(operand: number, { places, lanes }: Piece): Vector {
    const { buffer, wholeVectors } = this.#operands[operand];
    return loadLanes(this.#b, at(buffer, places[operand]), {
      stride: this.#along.strides[operand],
      lanes,
      width: this.#width,
      wholeVectors: wholeVectors && this.#lanesKept,
    });
  }

  store(operand: number, { places, lanes }: Piece, value: Vector): void {
    const { buffer, wholeVectors } = this.#operands[operand];
    storeLanes(this.#b, at(buffer, places[operand]), value, {
      stride: this.#along.strides[operand],
      lanes,
      width: this.#width,
      wholeVectors: wholeVectors && this.#lanesKept,
    });
  }
}
