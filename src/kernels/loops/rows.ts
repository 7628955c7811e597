/**
 * Kernels that fold some axes of a tensor to one number (a mean, a variance, a maximum) and
 * may go over the same elements again with it. What is folded together is a row. Several rows
 * are worked on side by side; how depends on how they lie in memory (`row-form.ts`).
 */
import type { KernelBuilder } from "../ir/builder.ts";
import {
  type Beside,
  type Fold,
  type FoldSpace,
  type Folded,
  type Piece,
  everyPiece,
  fold,
} from "./fold.ts";
import { type Vector, at, read, shuffle } from "../ir/ir.ts";
import { loadLanes, storeLanes, withLanes } from "../vectors/lanes.ts";
import {
  type LoopKind,
  type Pace,
  type Places,
  everyPlace,
  everyVector,
  moved,
  startPlaces,
} from "./nest.ts";
import {
  type RowForm,
  type RowsOperand,
  type RowsProblem,
  SIDE_BY_SIDE,
  arrangeRows,
  besideStrides,
} from "./row-form.ts";
import type { Reducer } from "../vectors/reducers.ts";
import { type Axis, evenTiles } from "./tiles.ts";

/** Rows that are worked on together. */
export interface Row {
  readonly places: Places;
  readonly space: FoldSpace;
}

/** What is done with rows that are gone over in pieces. */
export interface Passes {
  /** With whole rows. */
  before(row: Row): void;
  between(row: Row): void;
  /** With the part of the rows that lies in a block. */
  first(row: Row): void;
  /** With a vector of what lies side by side; absent where once is enough. */
  readonly second?: (piece: Piece) => void;
}

/**
 * Bytes of a block of rows that lie scattered: a page, within which processors fetch ahead.
 * AdaIN over 64 channels of 256×256 takes 1.58 times as long as a copy with 4 KiB, 1.92 with 2, 1.71
 * with 8 and 1.78 with 16.
 */
const BLOCK = 4096;
/** Longer runs keep the processor busy by themselves; in vectors. */
const LONG_RUN = 16;

export class Rows {
  readonly #b: KernelBuilder;
  readonly #problem: RowsProblem;
  readonly #operands: readonly RowsOperand[];
  readonly #width: number;
  readonly #form: RowForm;
  readonly #kept: readonly Axis[];
  readonly #folded: readonly Axis[];
  readonly #beside: Axis;
  /** Elements of a row. */
  readonly length: number;

  constructor(b: KernelBuilder, problem: RowsProblem, width: number) {
    const { shape, folded, operands } = problem;
    const arranged = arrangeRows(problem, width);
    this.#b = b;
    this.#problem = problem;
    this.#operands = operands;
    this.#width = width;
    this.#form = arranged.form;
    this.#kept = arranged.kept;
    this.#folded = arranged.folded;
    this.#beside = arranged.beside;
    this.length = shape.reduce((n, size, axis) => (folded[axis] ? n * size : n), 1);
  }

  /**
   * The same with working memory behind the operands: under each name one element for each that
   * lies side by side.
   */
  withWorkingMemory(names: readonly string[]): Rows {
    const problem = this.#problem;
    const length = Math.ceil(this.#beside.extent / this.#width) * this.#width;
    const strides = besideStrides(problem);
    const working = names.map((name) => ({
      strides,
      wholeVectors: true,
      buffer: this.#b.scratch(name, length),
    }));
    const operands = [...problem.operands, ...working];
    return new Rows(this.#b, { ...problem, operands }, this.#width);
  }

  /**
   * Whether rows lie so wide apart in memory, and are so long, that each is better read in
   * pieces, along with the pieces of those beside it.
   */
  isScattered(bytes: number): boolean {
    if (this.#form.kind === "run") return false;
    const wider = this.#beside.extent > SIDE_BY_SIDE * this.#width;
    return wider && this.#placesBytes() > bytes;
  }

  #placesBytes(): number {
    const places = this.#folded.reduce((product, { extent }) => product * extent, 1);
    return places * this.#beside.extent * Float32Array.BYTES_PER_ELEMENT;
  }

  /** Every row; the threads share the slowest axis that is kept. */
  every(body: (row: Row) => void): void {
    const places = startPlaces(this.#operands);
    if (this.#kept.length === 0) this.#sideBySide("parallel", places, body);
    else {
      everyPlace(this.#b, "parallel", this.#kept, places, (start) =>
        this.#sideBySide("loop", start, body),
      );
    }
  }

  /**
   * Every row, gone over in the order of memory: first in blocks, within which all that lie side
   * by side have their turn, then, if so wanted, by the vector. The threads share the slowest axis
   * that is kept, or if there is none, those side by side.
   */
  everyInPieces(threads: number, passes: Passes): void {
    const axis = this.#beside;
    const all = (start: Places, extent: number): void => {
      const each = (places: Places, body: (row: Row) => void): void =>
        this.#sideBySide("loop", places, body, { ...axis, extent });
      each(start, passes.before);
      this.#everyBlock(start, (block, axes) =>
        each(block, (row) => passes.first({ ...row, space: { ...row.space, axes } })),
      );
      each(start, passes.between);
      const { second } = passes;
      if (second === undefined) return;
      everyPlace(this.#b, "loop", this.#folded, start, (place) =>
        everyVector(this.#b, "loop", extent, this.#width, (first, lanes) =>
          second({ places: moved(place, axis, first), lanes, beside: 0 }),
        ),
      );
    };
    const places = startPlaces(this.#operands);
    if (this.#kept.length > 0) {
      everyPlace(this.#b, "parallel", this.#kept, places, (start) => all(start, axis.extent));
      return;
    }
    const step = SIDE_BY_SIDE * this.#width;
    const share = Math.ceil(axis.extent / threads / step) * step;
    const whole = Math.floor(axis.extent / share);
    this.#b.parallel("share", whole, (i) => all(moved(places, axis, i.times(share)), share));
    const left = axis.extent - whole * share;
    if (left === 0) return;
    this.#b.parallel("share", 1, () => all(moved(places, axis, whole * share), left));
  }

  /** Parts of the folded axes that lie close enough together to be read as one stream. */
  #everyBlock(places: Places, body: (start: Places, axes: readonly Axis[]) => void): void {
    const [first, ...inner] = this.#folded;
    if (first === undefined) return body(places, []);
    const size = Math.max(1, Math.floor((BLOCK * first.extent) / this.#placesBytes()));
    for (const tile of evenTiles(first.extent, size)) {
      this.#b.loop("block", tile.count, (i) =>
        body(moved(places, first, i.times(tile.size).plus(tile.start)), [
          { ...first, extent: tile.size },
          ...inner,
        ]),
      );
    }
  }

  #sideBySide(
    loop: LoopKind,
    places: Places,
    body: (row: Row) => void,
    axis: Axis = this.#beside,
  ): void {
    const width = this.#form.kind === "run" ? 1 : this.#width;
    const whole = Math.floor(axis.extent / width);
    // Vectors of one row stay together.
    const unit = this.#form.kind === "group" ? Math.max(1, this.#form.span / width) : 1;
    const together = Math.floor(this.#together() / unit);
    for (const tile of evenTiles(whole / unit, together)) {
      this.#b[loop]("rows", tile.count, (i) => {
        const first = i
          .times(tile.size)
          .plus(tile.start)
          .times(unit * width);
        const beside = Array.from({ length: tile.size * unit }, (_, v) => ({
          axis,
          steps: v * width,
          lanes: width,
        }));
        body({ places: moved(places, axis, first), space: this.#space(beside) });
      });
    }
    const lanes = axis.extent - whole * width;
    if (lanes === 0) return;
    const rest = (): void =>
      body({
        places: moved(places, axis, whole * width),
        space: this.#space([{ axis, steps: 0, lanes }]),
      });
    if (loop === "parallel") this.#b.parallel("rest", 1, rest);
    else rest();
  }

  #together(): number {
    if (this.#form.kind !== "run") return SIDE_BY_SIDE;
    return this.#form.run.extent > LONG_RUN * this.#width ? 1 : SIDE_BY_SIDE;
  }

  #space(beside: readonly Beside[]): FoldSpace {
    const run = this.#form.kind === "run" ? this.#form.run : undefined;
    return { axes: this.#folded, run, beside, width: this.#width };
  }

  fold({ space, places }: Row, spec: Fold): Folded {
    return fold(this.#b, space, places, spec);
  }

  everyPiece({ space, places }: Row, body: (piece: Piece) => void, pace?: Pace): void {
    everyPiece(this.#b, space, places, body, pace);
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

  #spacing(operand: number, lanes: number) {
    const axis = this.#form.kind === "run" ? this.#form.run : this.#beside;
    const stride = axis.strides[operand];
    const { wholeVectors } = this.#operands[operand];
    // Of vectors along another axis than that which is filled up, each lane counts.
    const isFilled = this.#form.kind === "lane" && axis.extent > 1;
    return { stride, lanes, width: this.#width, wholeVectors: wholeVectors && isFilled };
  }
}
