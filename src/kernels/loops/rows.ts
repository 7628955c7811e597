/**
 * Kernels that fold some axes of a tensor to one number (a mean, a variance, a maximum) and
 * may go over the same elements again with it. What is folded together is a row. Vectors run
 * along the axis on which elements lie next to each other. Several rows are worked on side by
 * side; how depends on that axis:
 *
 * - `run`: it is folded. A row is runs of vectors, whose lanes are combined at its end.
 * - `lane`: it is kept. Every lane of a vector is a row of its own.
 * - `group`: it is folded, but short, and rows lie behind one another: a row is some of the
 *   lanes of a vector, or some vectors.
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
import { type Buffer, type Vector, at, read, shuffle } from "../ir/ir.ts";
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
import { type Operand, axesOf, fastestAxis } from "./operand.ts";
import type { Reducer } from "../vectors/reducers.ts";
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
}

/** Rows that are worked on together. */
export interface Row {
  readonly places: Places;
  readonly space: FoldSpace;
}

/** What is done with rows that are gone over twice in pieces. */
export interface Passes {
  /** With whole rows. */
  before(row: Row): void;
  between(row: Row): void;
  /** With the part of the rows that lies in a block. */
  first(row: Row): void;
  /** With a vector of what lies side by side. */
  second(piece: Piece): void;
}

type Form =
  | { readonly kind: "run"; readonly run: Axis }
  | { readonly kind: "lane" }
  /** Elements of a row along the vectors' axis. */
  | { readonly kind: "group"; readonly span: number };

/** Vectors, or runs unless said otherwise, that are worked on side by side. */
const SIDE_BY_SIDE = 4;
/** Bytes that processors fetch ahead when they are read in about their order. */
const STREAM = 2048;
/** Longer runs keep the processor busy by themselves; in vectors. */
const LONG_RUN = 16;

export class Rows {
  readonly #b: KernelBuilder;
  readonly #operands: readonly RowsOperand[];
  readonly #width: number;
  readonly #form: Form;
  readonly #kept: readonly Axis[];
  readonly #folded: readonly Axis[];
  /** The axis along which rows, or vectors of them, lie side by side. */
  readonly #beside: Axis;
  /** Elements of a row. */
  readonly length: number;

  constructor(b: KernelBuilder, problem: RowsProblem, width: number) {
    const { shape, folded, operands } = problem;
    this.#b = b;
    this.#operands = operands;
    this.#width = width;
    this.length = shape.reduce((n, size, axis) => (folded[axis] ? n * size : n), 1);
    const [input] = operands;
    const exact = operands.map(({ strides }) => ({ strides, wholeVectors: false }));
    const only = (chosen: boolean): readonly number[] =>
      shape.map((size, axis) => (folded[axis] === chosen ? size : 1));
    const foldedAxes = axesOf(only(true), exact, exact[0], width);
    // What fills channels up is no part of a row.
    const filled = folded[fastestAxis(shape, input)] === true ? exact : operands;
    const keptAxes = axesOf(only(false), filled, filled[0], width);
    const [run, kept] = [foldedAxes.at(-1), keptAxes.at(-1)];
    const one = { extent: 1, strides: operands.map(() => 1) };
    if (run?.strides[0] !== 1) {
      const adjacent = kept?.strides[0] === 1;
      this.#form = { kind: "lane" };
      this.#folded = foldedAxes;
      this.#beside = adjacent ? kept : one;
      this.#kept = adjacent ? keptAxes.slice(0, -1) : keptAxes;
      return;
    }
    const span = run.extent;
    const follows = kept?.strides.every((stride, i) => stride === span * run.strides[i]) ?? false;
    const fits = span < width ? width % span === 0 : span % width === 0;
    this.#folded = foldedAxes.slice(0, -1);
    this.#kept = keptAxes.slice(0, -1);
    if (kept !== undefined && follows && fits && span <= SIDE_BY_SIDE * width) {
      this.#form = { kind: "group", span };
      this.#beside = { extent: kept.extent * span, strides: run.strides };
    } else {
      this.#form = { kind: "run", run };
      this.#beside = kept ?? one;
    }
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

  /** Elements along the axis on which rows lie side by side. */
  get besideLength(): number {
    return this.#beside.extent;
  }

  /** Strides of an operand with an element for each that lies side by side and no other axis. */
  static besideStrides({ shape, folded, operands: [input] }: RowsProblem): readonly number[] {
    const lanes = fastestAxis(shape, input);
    const span = shape[lanes];
    return shape.map((_, axis) => {
      if (axis === lanes) return 1;
      const isGroup = folded[lanes] && !folded[axis] && input.strides[axis] === span;
      return isGroup ? span : 0;
    });
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
   * Every row, gone over twice in the order of memory: first in blocks, within which all that
   * lie side by side have their turn, then by the vector. The threads share the slowest axis
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
      everyPlace(this.#b, "loop", this.#folded, start, (place) =>
        everyVector(this.#b, "loop", extent, this.#width, (first, lanes) =>
          passes.second({ places: moved(place, axis, first), lanes, beside: 0 }),
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
    const size = Math.max(1, Math.floor((STREAM * first.extent) / this.#placesBytes()));
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
