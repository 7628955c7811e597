/**
 * What is done with rows that are at hand (`rows.ts` walks over them): they are gone over in
 * pieces, folded, and what belongs to them is loaded and stored. How the lanes of a vector belong to
 * rows depends on how these lie in memory (`row-form.ts`).
 */
import type { KernelBuilder } from "../ir/builder.ts";
import { type Vector, at, read, shuffle } from "../ir/ir.ts";
import { type Spacing, loadLanes, storeLanes, withLanes } from "../vectors/lanes.ts";
import type { Reducer } from "../vectors/reducers.ts";
import { type Fold, type FoldRegion, type Folded, type Piece, everyPiece, fold } from "./fold.ts";
import { type Pace, type Places, moved } from "./nest.ts";
import type { RowArrangement, RowForm, RowsOperand, RowsProblem } from "./row-form.ts";
import type { Axis } from "./tiles.ts";

/** Rows that are worked on together. */
export type Row = FoldRegion;

export class RowAccess {
  readonly #b: KernelBuilder;
  readonly #operands: readonly RowsOperand[];
  readonly #width: number;
  readonly #form: RowForm;
  readonly #folded: readonly Axis[];
  readonly #beside: Axis;
  /** Elements of a row. */
  readonly length: number;

  /** @param width lanes of a vector */
  constructor(
    b: KernelBuilder,
    { shape, folded, operands }: RowsProblem,
    arranged: RowArrangement,
    width: number,
  ) {
    this.#b = b;
    this.#operands = operands;
    this.#width = width;
    this.#form = arranged.form;
    this.#folded = arranged.folded;
    this.#beside = arranged.beside;
    this.length = shape.reduce((n, size, axis) => (folded[axis] ? n * size : n), 1);
  }

  fold(row: Row, spec: Fold): Folded {
    return fold(this.#b, row, spec);
  }

  everyPiece(row: Row, body: (piece: Piece) => void, pace?: Pace): void {
    everyPiece(this.#b, row, body, pace);
  }

  /**
   * What `valueOf` gives for the pieces of each row, combined. Lanes behind the end of a row do
   * not count.
   */
  reduce(
    row: Row,
    reducer: Reducer,
    valueOf: (piece: Piece) => Vector,
    pace?: Pace,
  ): readonly Vector[] {
    const b = this.#b;
    const { initial, combine } = reducer;
    const folds = this.fold(row, {
      initial: [initial],
      step: ([into], piece) => {
        const value = this.counting(valueOf(piece), piece, initial);
        b.assign(into, combine(read(into), value));
      },
      merge: ([into], [part]) => b.assign(into, combine(read(into), read(part))),
      pace,
    });
    return this.ofRows(
      folds.map(([result]) => read(result)),
      reducer,
    );
  }

  /** Runs one by one. Other rows stay together, for they share lines of memory. */
  oneByOne({ places, space }: Row): readonly Row[] {
    if (this.#form.kind !== "run") return [{ places, space }];
    return space.beside.map((one) => ({ places, space: { ...space, beside: [one] } }));
  }

  /** What was folded in each vector, combined to the result of the row that it belongs to. */
  ofRows(values: readonly Vector[], { combine, acrossLanes }: Reducer): readonly Vector[] {
    const b = this.#b;
    const width = this.#width;
    if (this.#form.kind === "lane") return values;
    if (this.#form.kind === "run") return values.map((value) => b.let(acrossLanes(value, width)));
    const { span } = this.#form;
    if (span < width) {
      return values.map((value) => {
        let result = b.let(value);
        for (let distance = 1; distance < span; distance *= 2) {
          const pattern = Array.from({ length: width }, (_, lane) => lane ^ distance);
          result = b.let(combine(result, shuffle(result, result, pattern)));
        }
        return result;
      });
    }
    const perRow = span / width;
    const rows = Array.from({ length: values.length / perRow }, (_, row) => {
      const [first, ...others] = values.slice(row * perRow, (row + 1) * perRow);
      return b.let(acrossLanes(others.reduce(combine, first), width));
    });
    return values.map((_, v) => rows[Math.floor(v / perRow)]);
  }

  /** Where the rows begin, for each vector: results of single rows lie there. */
  startsOf({ space, places }: Row): readonly Piece[] {
    return space.beside.map(({ axis, steps, lanes }, beside) => ({
      places: moved(places, axis, steps),
      lanes,
      beside,
    }));
  }

  /** What an operand holds for each vector of rows, loaded here. */
  loadOf(row: Row, operand: number): readonly Vector[] {
    return this.startsOf(row).map((piece) => this.#b.let(this.load(operand, piece)));
  }

  /** Stores one vector of results for each vector of rows. */
  storeOf(row: Row, operand: number, values: readonly Vector[]): void {
    this.startsOf(row).forEach((piece, i) => this.store(operand, piece, values[i]));
  }

  /** Pieces at up to `count` places that are spread over the rows. */
  samplesOf({ space, places }: Row, count: number): readonly Piece[] {
    const { axes, run, beside, width } = space;
    const vectors = run && {
      extent: Math.max(1, Math.floor(run.extent / width)),
      strides: run.strides.map((stride) => stride * width),
    };
    let starts: readonly Places[] = [places];
    for (const axis of [...axes, ...(vectors ? [vectors] : [])].sort(
      (a, b) => b.extent - a.extent,
    )) {
      const taken = Math.max(1, Math.min(axis.extent, Math.floor(count / starts.length)));
      starts = starts.flatMap((start) =>
        Array.from({ length: taken }, (_, i) =>
          moved(start, axis, Math.floor(((i + 0.5) * axis.extent) / taken)),
        ),
      );
    }
    return starts.flatMap((start) =>
      beside.map(({ axis, steps, lanes }, i) => ({
        places: moved(start, axis, steps),
        lanes: run ? Math.min(width, run.extent) : lanes,
        beside: i,
      })),
    );
  }

  /** Elements of a row in a sample of all its vectors. */
  get elementsOfSample(): number {
    switch (this.#form.kind) {
      case "run":
        return Math.min(this.#width, this.#form.run.extent);
      case "lane":
        return 1;
      case "group":
        return this.#form.span;
    }
  }

  /** Whether all elements of a row that meet in one lane read the same element of an operand. */
  isHeld(operand: number): boolean {
    const axes = this.#form.kind === "run" ? [...this.#folded, this.#form.run] : this.#folded;
    return axes.every(({ strides }) => strides[operand] === 0);
  }

  /** The piece with what is behind the end of a row replaced. */
  counting(value: Vector, { lanes }: Piece, neutral: Vector): Vector {
    return this.#form.kind === "run" ? withLanes(value, neutral, lanes, this.#width) : value;
  }

  load(operand: number, { places, lanes }: Piece): Vector {
    const from = at(this.#operands[operand].buffer, places[operand]);
    return loadLanes(this.#b, from, this.#spacing(operand, lanes));
  }

  store(operand: number, { places, lanes }: Piece, value: Vector): void {
    const to = at(this.#operands[operand].buffer, places[operand]);
    storeLanes(this.#b, to, value, this.#spacing(operand, lanes));
  }

  /** Stores one result for each row. */
  storeResult(operand: number, { places, lanes }: Piece, value: Vector): void {
    const to = at(this.#operands[operand].buffer, places[operand]);
    const single = this.#form.kind === "run";
    const spacing = this.#spacing(operand, lanes);
    storeLanes(this.#b, to, value, single ? { ...spacing, stride: 0, lanes: 1 } : spacing);
  }

  #spacing(operand: number, lanes: number): Spacing {
    const axis = this.#form.kind === "run" ? this.#form.run : this.#beside;
    const stride = axis.strides[operand];
    const { wholeVectors } = this.#operands[operand];
    // Of vectors along another axis than that which is filled up, each lane counts.
    const isFilled = this.#form.kind === "lane" && axis.extent > 1;
    return { stride, lanes, width: this.#width, wholeVectors: wholeVectors && isFilled };
  }
}
