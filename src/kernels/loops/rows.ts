/**
 * Kernels that fold some axes of a tensor to one number (a mean, a variance, a maximum) and
 * may go over the same elements again with it. What is folded together is a row. Several rows
 * are worked on side by side; how depends on how they lie in memory (`row-form.ts`). What is done
 * with them stands in `row-access.ts`.
 */
import type { KernelBuilder } from "../ir/builder.ts";
import type { Beside, FoldSpace, Piece } from "./fold.ts";
import {
  type LoopKind,
  type Places,
  everyPlace,
  everyVector,
  moved,
  sharedPlaces,
  startPlaces,
} from "./nest.ts";
import { type Row, RowAccess } from "./row-access.ts";
import {
  type RowForm,
  type RowsProblem,
  SIDE_BY_SIDE,
  arrangeRows,
  besideStrides,
} from "./row-form.ts";
import { type Axis, evenTiles } from "./tiles.ts";

export type { Row };

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

export class Rows extends RowAccess {
  readonly #b: KernelBuilder;
  readonly #problem: RowsProblem;
  readonly #width: number;
  readonly #form: RowForm;
  readonly #kept: readonly Axis[];
  readonly #folded: readonly Axis[];
  readonly #beside: Axis;

  /** @param width lanes of a vector */
  constructor(b: KernelBuilder, problem: RowsProblem, width: number) {
    const arranged = arrangeRows(problem, width);
    super(b, problem, arranged, width);
    this.#b = b;
    this.#problem = problem;
    this.#width = width;
    this.#form = arranged.form;
    this.#kept = arranged.kept;
    this.#folded = arranged.folded;
    this.#beside = arranged.beside;
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
    const places = startPlaces(this.#problem.operands);
    sharedPlaces(this.#b, { axes: this.#kept, places }, (start, loop) =>
      this.#sideBySide(loop, start, body),
    );
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
      const run = { elements: extent, width: this.#width };
      everyPlace(this.#b, "loop", { axes: this.#folded, places: start }, (place) =>
        everyVector(this.#b, "loop", run, (first, lanes) =>
          second({ places: moved(place, axis, first), lanes, beside: 0 }),
        ),
      );
    };
    const places = startPlaces(this.#problem.operands);
    if (this.#kept.length > 0) {
      const walk = { axes: this.#kept, places };
      everyPlace(this.#b, "parallel", walk, (start) => all(start, axis.extent));
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
    this.#b[loop]("rest", 1, () =>
      body({
        places: moved(places, axis, whole * width),
        space: this.#space([{ axis, steps: 0, lanes }]),
      }),
    );
  }

  #together(): number {
    if (this.#form.kind !== "run") return SIDE_BY_SIDE;
    return this.#form.run.extent > LONG_RUN * this.#width ? 1 : SIDE_BY_SIDE;
  }

  #space(beside: readonly Beside[]): FoldSpace {
    const run = this.#form.kind === "run" ? this.#form.run : undefined;
    return { axes: this.#folded, run, beside, width: this.#width };
  }
}
