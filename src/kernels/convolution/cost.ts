/**
 * Estimates in cycles: the work of inner loops, limited by whatever the machine has least of,
 * and the bytes that must come from outer caches. The constants are measured
 * (`docs/performance.md`).
 */
import type { Machine } from "../machine.ts";
import { evenTiles } from "../loops/tiles.ts";

const BYTES = 4;
/** What a register tile costs beside its products, in cycles. */
export interface TileOverhead {
  /** To start and end it. */
  readonly start: number;
  /** For the final operations and the store of one accumulator. */
  readonly store: number;
}

/** With bias and activation; a bare product's end overlaps with the next one's beginning. */
export const FINISHED: TileOverhead = { start: 20, store: 1.5 };
export const BARE: TileOverhead = { start: 8, store: 0.5 };

/** Register tile: output pixels (or rows of a matrix) by vectors of output channels. */
export interface RegisterTile {
  readonly pixels: number;
  readonly vectors: number;
}

/** Registers that a tile needs: accumulators, its shorter side, one element of the longer. */
export function registersOf({ pixels, vectors }: RegisterTile): number {
  return pixels * vectors + Math.min(pixels, vectors) + 1;
}

/**
 * Products, waiting for accumulators and loads get in each other's way where they take about as
 * long: a tile of 4×8 runs at 39 GFLOP/s, 5×8 at 44, 6×8 at 47, 12×4 at 40 and 7×4 at 35. This
 * exponent fits all of these; the scale leaves 6 cycles for 6×8.
 */
const CROWDING = { exponent: 5, scale: 0.954 };

/** Cycles of one step of the reduction. */
function stepCycles({ pixels, vectors }: RegisterTile, machine: Machine): number {
  const products = (pixels * vectors) / machine.fmaPerCycle;
  const loads = (pixels + vectors) / machine.loadsPerCycle;
  const { exponent, scale } = CROWDING;
  const sum = products ** exponent + machine.fmaLatency ** exponent + loads ** exponent;
  return scale * sum ** (1 / exponent);
}

/** A product of matrices: of `pixels` rows, with sums over `reduction` terms. */
export interface Product extends RegisterTile {
  readonly reduction: number;
}

/** Cycles of a product that is cut into register tiles. */
export function productCycles(
  { pixels, vectors, reduction }: Product,
  tile: RegisterTile,
  overhead: TileOverhead,
  machine: Machine,
): number {
  let cycles = 0;
  for (const p of evenTiles(pixels, tile.pixels)) {
    for (const v of evenTiles(vectors, tile.vectors)) {
      const size = { pixels: p.size, vectors: v.size };
      const beside = overhead.start + overhead.store * p.size * v.size;
      cycles += p.count * v.count * (reduction * stepCycles(size, machine) + beside);
    }
  }
  return cycles;
}

/** Cycles that streaming `elements` adds, where they stay in a set of `workingSet` elements. */
export function fetchCycles(elements: number, workingSet: number, machine: Machine): number {
  const { caches, bandwidth } = machine;
  const size = workingSet * BYTES;
  if (size <= caches.l2) return 0;
  return (elements * BYTES) / (size <= caches.l3 ? bandwidth.l3 : bandwidth.memory);
}

/**
 * Cycles to fetch weights for the first time in a run: those of other layers have pushed them out of
 * a core's caches, unless they are few.
 */
export function coldCycles(elements: number, { caches, bandwidth }: Machine): number {
  const size = elements * BYTES;
  return size <= caches.l1 ? 0 : size / bandwidth.l3;
}
