/**
 * Sums, maxima and the like over many places of memory. Long ones go in blocks whose results
 * are merged, so that the rounding of float32 sums grows with the root of their length; short
 * ones have several accumulators, so that an addition does not wait for the one before.
 */
import type { KernelBuilder } from "./builder.ts";
import type { Variable, Vector } from "./ir.ts";
import { type Places, UNROLL, everyPlace, everyVector, moved } from "./nest.ts";
import { type Axis, evenTiles } from "./tiles.ts";

/** What is folded over. */
export interface FoldSpace {
  /** From slow to fast, without the one that the lanes lie along. */
  readonly axes: readonly Axis[];
  readonly lanes: Lanes;
  /** Lanes of a vector. */
  readonly width: number;
}

/** Where the lanes lie: along an axis that is folded too, or side by side, each on its own. */
export type Lanes =
  | { readonly folded: true; readonly along: Axis }
  | {
      readonly folded: false;
      readonly along: Axis;
      /** At every place, one behind the other. */
      readonly vectors: number;
      /** Lanes of the last vector that count. */
      readonly lastLanes: number;
    };

/** Up to a vector of elements. */
export interface Piece {
  readonly places: Places;
  readonly lanes: number;
  /** Which of the vectors that lie side by side. */
  readonly vector: number;
}

export interface Fold {
  /** What the accumulators of every vector start with, any number of times. */
  readonly initial: readonly Vector[];
  /** Takes one piece in. */
  step(into: readonly Variable[], piece: Piece): void;
  /** Takes the result of another part in. */
  merge(into: readonly Variable[], part: readonly Variable[]): void;
}

/** By vector, the accumulators. */
export type Folded = readonly (readonly Variable[])[];

/** Steps that are added up one by one. */
const BLOCK = 128;
/** Accumulators that a loop keeps busy. */
const ACCUMULATORS = 8;

export function fold(b: KernelBuilder, space: FoldSpace, places: Places, spec: Fold): Folded {
  return new Folder(b, space, spec).over(space, places);
}

/** Every piece once, in the order of memory. */
export function everyPiece(
  b: KernelBuilder,
  { axes, lanes, width }: FoldSpace,
  places: Places,
  body: (piece: Piece) => void,
): void {
  const { along } = lanes;
  if (lanes.folded) {
    everyPlace(b, "loop", axes, places, (start) =>
      everyVector(b, "loop", along.extent, width, (first, count) =>
        body({ places: moved(start, along, first), lanes: count, vector: 0 }),
      ),
    );
    return;
  }
  const { vectors, lastLanes } = lanes;
  const atPlace = (start: Places): void => {
    for (let vector = 0; vector < vectors; vector++) {
      const last = vector === vectors - 1;
      const at = moved(start, along, vector * width);
      body({ places: at, lanes: last ? lastLanes : width, vector });
    }
  };
  const last = axes.at(-1);
  const unroll = Math.max(1, Math.floor(UNROLL / vectors));
  everyPlace(b, "loop", axes.slice(0, -1), places, (start) => {
    if (last === undefined) return atPlace(start);
    b.unrolled("i", last.extent, unroll, (i) => atPlace(moved(start, last, i)));
  });
}

class Folder {
  readonly #b: KernelBuilder;
  readonly #vectors: number;
  readonly #spec: Fold;
  /** Sets of accumulators that the steps of a block take in turn. */
  readonly #sets: number;

  constructor(b: KernelBuilder, { lanes }: FoldSpace, spec: Fold) {
    this.#b = b;
    this.#spec = spec;
    this.#vectors = lanes.folded ? 1 : lanes.vectors;
    const inOneSet = spec.initial.length * this.#vectors;
    this.#sets = Math.max(1, Math.min(UNROLL, Math.floor(ACCUMULATORS / inOneSet)));
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
    const { lanes, width } = space;
    const whole = Math.floor(lanes.along.extent / width);
    for (const tile of evenTiles(whole, blockLength(stepsOf(space), 1))) {
      const along = { ...lanes.along, extent: tile.size * width };
      this.#b.loop("block", tile.count, (i) => {
        const start = moved(places, along, i.times(tile.size).plus(tile.start).times(width));
        this.#merge(total, this.over({ ...space, lanes: { folded: true, along } }, start));
      });
    }
    const left = lanes.along.extent - whole * width;
    if (left === 0) return;
    const rest = moved(places, lanes.along, whole * width);
    this.#spec.step(total[0], { places: rest, lanes: left, vector: 0 });
  }

  /** All steps in one loop nest. */
  #block(space: FoldSpace, places: Places): Folded {
    const sets: Folded[] = [];
    let step = 0;
    // Accumulators are made before the loops and taken in turn by the steps written in them.
    for (let i = 0; i < Math.min(this.#sets, stepsOf(space)); i++) sets.push(this.#start());
    everyPiece(this.#b, space, places, (piece) => {
      const set = sets[Math.floor(step++ / this.#vectors) % sets.length];
      this.#spec.step(set[piece.vector], piece);
    });
    const [total, ...others] = sets;
    for (const other of others) this.#merge(total, other);
    return total;
  }

  #start(): Folded {
    return Array.from({ length: this.#vectors }, () =>
      this.#spec.initial.map((value) => this.#b.variable(value)),
    );
  }

  #merge(total: Folded, part: Folded): void {
    total.forEach((into, vector) => this.#spec.merge(into, part[vector]));
  }
}

/** Vectors that are taken in one after the other. */
function stepsOf({ axes, lanes, width }: FoldSpace): number {
  const places = axes.reduce((product, { extent }) => product * extent, 1);
  return places * (lanes.folded ? Math.ceil(lanes.along.extent / width) : 1);
}

/** Places along an axis that make one block, each with so many steps below it. */
function blockLength(steps: number, below: number): number {
  return Math.max(1, Math.floor(Math.max(BLOCK, Math.sqrt(steps)) / below));
}
