/**
 * Sums, maxima and the like over many places of memory. Long ones go in blocks whose results
 * are merged, so that the rounding of float32 sums grows with the root of their length; short
 * ones have several accumulators, so that an addition does not wait for the one before.
 */
import type { KernelBuilder } from "../ir/builder.ts";
import type { Variable, Vector } from "../ir/ir.ts";
import { type Pace, type Places, USUAL_PACE, everyPlace, everyStep, moved } from "./nest.ts";
import { type Axis, evenTiles } from "./tiles.ts";

/** What is folded over. */
export interface FoldSpace {
  /** From slow to fast. */
  readonly axes: readonly Axis[];
  /** Behind the axes: a run of elements, taken in vectors. */
  readonly run: Axis | undefined;
  /** At every place: vectors (or runs) with accumulators of their own. */
  readonly beside: readonly Beside[];
  /** Lanes of a vector. */
  readonly width: number;
}

/** One of several that lie side by side: so many steps along an axis. */
export interface Beside {
  readonly axis: Axis;
  readonly steps: number;
  /** Elements of a vector; of runs, the run says how many. */
  readonly lanes: number;
}

/** Up to a vector of elements. */
export interface Piece {
  readonly places: Places;
  readonly lanes: number;
  /** Which of those that lie side by side. */
  readonly beside: number;
}

/** A space, and where it begins in each operand. */
export interface FoldRegion {
  readonly space: FoldSpace;
  readonly places: Places;
}

export interface Fold {
  /** What the accumulators start with, any number of times. */
  readonly initial: readonly Vector[];
  /** Takes one piece in; no other piece may come between reading an accumulator and setting it. */
  step(into: readonly Variable[], piece: Piece): void;
  /** Takes the result of another part in. */
  merge(into: readonly Variable[], part: readonly Variable[]): void;
  /** In pieces. */
  readonly pace?: Pace | undefined;
}

/** For each that lies side by side, the accumulators. */
export type Folded = readonly (readonly Variable[])[];

/** Steps that are added up one by one. */
const BLOCK = 128;
/** Accumulators that a loop keeps busy. */
const ACCUMULATORS = 8;

export function fold(b: KernelBuilder, { space, places }: FoldRegion, spec: Fold): Folded {
  return new Folder(b, space, spec).over(space, places);
}

/**
 * Every piece once, in the order of memory.
 * @param pace in pieces; all that lie side by side take turns in any case
 */
export function everyPiece(
  b: KernelBuilder,
  { space: { axes, run, beside, width }, places }: FoldRegion,
  body: (piece: Piece) => void,
  { written, atOnce }: Pace = USUAL_PACE,
): void {
  const inSteps = (count: number): number => Math.max(1, Math.floor(count / beside.length));
  const pace = { written: inSteps(written), atOnce: inSteps(atOnce) };
  const pieces = (start: Places, lanes?: number): readonly (() => void)[] =>
    beside.map(({ axis, steps, lanes: own }, i) => {
      const piece = { places: moved(start, axis, steps), lanes: lanes ?? own, beside: i };
      return () => body(piece);
    });
  if (run !== undefined) {
    const count = Math.floor(run.extent / width);
    const left = run.extent - count * width;
    everyPlace(b, "loop", { axes, places }, (start) => {
      everyStep(b, "loop", { ...pace, count }, (v) =>
        pieces(moved(start, run, v.times(width)), width),
      );
      if (left > 0) b.interleaved(pieces(moved(start, run, count * width), left));
    });
    return;
  }
  const last = axes.at(-1);
  everyPlace(b, "loop", { axes: axes.slice(0, -1), places }, (start) => {
    if (last === undefined) return b.interleaved(pieces(start));
    const steps = { ...pace, count: last.extent };
    everyStep(b, "loop", steps, (i) => pieces(moved(start, last, i)));
  });
}

class Folder {
  readonly #b: KernelBuilder;
  readonly #beside: number;
  readonly #spec: Fold;
  /** Sets of accumulators that the steps of a block take in turn. */
  readonly #sets: number;

  constructor(b: KernelBuilder, { beside }: FoldSpace, spec: Fold) {
    this.#b = b;
    this.#spec = spec;
    this.#beside = beside.length;
    const inOneSet = spec.initial.length * this.#beside;
    const { atOnce } = spec.pace ?? USUAL_PACE;
    this.#sets = Math.max(1, Math.min(atOnce, Math.floor(ACCUMULATORS / inOneSet)));
  }

  over(space: FoldSpace, places: Places): Folded {
    const steps = stepsOf(space);
    if (steps <= BLOCK) return this.#block(space, places);
    const total = this.#start();
    const [first, ...inner] = space.axes;
    if (first === undefined) this.#runInBlocks(space, places, total);
    else {
      const below = stepsOf({ ...space, axes: inner });
      for (const tile of evenTiles(first.extent, blockLength(steps, below))) {
        const own = tile.size === 1 ? inner : [{ ...first, extent: tile.size }, ...inner];
        this.#b.loop("block", tile.count, (i) => {
          const start = moved(places, first, i.times(tile.size).plus(tile.start));
          this.#merge(total, this.over({ ...space, axes: own }, start));
        });
      }
    }
    return total;
  }

  #runInBlocks(space: FoldSpace, places: Places, total: Folded): void {
    const { run, width } = space;
    if (run === undefined) return;
    const whole = Math.floor(run.extent / width);
    for (const tile of evenTiles(whole, blockLength(stepsOf(space), 1))) {
      const part = { ...space, run: { ...run, extent: tile.size * width } };
      this.#b.loop("block", tile.count, (i) => {
        const start = moved(places, run, i.times(tile.size).plus(tile.start).times(width));
        this.#merge(total, this.over(part, start));
      });
    }
    const left = run.extent - whole * width;
    if (left === 0) return;
    const rest = { ...space, run: { ...run, extent: left } };
    this.#merge(total, this.over(rest, moved(places, run, whole * width)));
  }

  /** All steps in one loop nest. */
  #block(space: FoldSpace, places: Places): Folded {
    const count = Math.min(this.#sets, stepsOf(space));
    const sets = Array.from({ length: count }, () => this.#start());
    let pieces = 0;
    const step = (piece: Piece): void => {
      const set = sets[Math.floor(pieces++ / this.#beside) % sets.length];
      this.#spec.step(set[piece.beside], piece);
    };
    everyPiece(this.#b, { space, places }, step, this.#spec.pace);
    const [total, ...others] = sets;
    for (const other of others) this.#merge(total, other);
    return total;
  }

  #start(): Folded {
    return Array.from({ length: this.#beside }, () =>
      this.#spec.initial.map((value) => this.#b.variable(value)),
    );
  }

  #merge(total: Folded, part: Folded): void {
    total.forEach((into, i) => this.#spec.merge(into, part[i]));
  }
}

/** Pieces that each of those side by side takes in. */
function stepsOf({ axes, run, width }: FoldSpace): number {
  const places = axes.reduce((product, { extent }) => product * extent, 1);
  return places * (run === undefined ? 1 : Math.ceil(run.extent / width));
}

/** Places along an axis that make one block, each with so many steps below it. */
function blockLength(steps: number, below: number): number {
  return Math.max(1, Math.floor(Math.max(BLOCK, Math.sqrt(steps)) / below));
}
