/**
 * The middle step of a Winograd convolution, one matrix product a point:
 * `M[point][tile][channel] = Σ V[point][tile][phase, c] · U[point][phase, c][channel]`.
 */
import type { KernelBuilder } from "../../ir/builder.ts";
import {
  type Buffer,
  type Index,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "../../ir/ir.ts";
import { evenTiles, unrollFactor } from "../../loops/tiles.ts";
import type { PlaneLayout, Planes } from "./planes.ts";
import { range } from "../../range.ts";

export interface ProductStep {
  readonly b: KernelBuilder;
  readonly width: number;
  /** Tiles and vectors of output channels of a register tile. */
  readonly pixels: number;
  readonly vectors: number;
  readonly unroll: number;
  /** Whether each panel of weights is fetched while the one before it is used. */
  readonly prefetch: boolean;
  /** Of one phase of the stride, and the elements from one to the next in V. */
  readonly channels: number;
  readonly phasePitch: number;
  readonly v: Buffer;
  readonly weights: Buffer;
  readonly m: Buffer;
}

/**
 * The next panel is fetched in as many streams as it has pages: processors fetch ahead by
 * themselves, but not past the end of a page, and the first lines of pages come faster together.
 */
const PAGE = 4096;
/** With more, lines are driven out before they are used. */
const MOST_STREAMS = 4;
const BYTES = 4;
/** Short reductions over several phases are written out whole. */
const WRITTEN_OUT = 16;

/** The products of a box with some vectors of output channels. */
export interface Products {
  readonly v: PlaneLayout;
  readonly m: PlaneLayout;
  /** The first of these channels' weights. */
  readonly weights: Index;
  readonly vectors: number;
}

export function multiply(step: ProductStep, { v, m, weights, vectors }: Products): void {
  const { b, width, channels } = step;
  let start = weights;
  v.planes.forEach((planes, i) => {
    const reduction = planes.of.phases * channels;
    const panel = reduction * vectors * width;
    const first = start;
    start = start.plus(planes.of.points * panel);
    if (planes.tiles === 0) return;
    b.loop("point", planes.of.points, (point) =>
      multiplyPlane(step, planes, reduction, {
        vectors,
        v: point.times(planes.step).plus(planes.start),
        u: point.times(panel).plus(first),
        m: point.times(m.planes[i].step).plus(m.planes[i].start),
      }),
    );
  });
}

/** Where the matrices of one point start. */
interface Matrices {
  readonly vectors: number;
  readonly v: Index;
  readonly u: Index;
  readonly m: Index;
}

function multiplyPlane(
  step: ProductStep,
  planes: Planes,
  reduction: number,
  { vectors, v, u, m }: Matrices,
): void {
  const { b, width } = step;
  for (const channels of evenTiles(vectors, step.vectors)) {
    const panelSize = reduction * channels.size * width;
    const next = streamsOver(panelSize);
    const share = next.each / planes.tiles;
    b.loop("vectors", channels.count, (i) => {
      const first = i.times(channels.size).plus(channels.start).times(width);
      const panel = u.plus(first.times(reduction));
      for (const tiles of evenTiles(planes.tiles, step.pixels)) {
        b.loop("tiles", tiles.count, (j) => {
          const tile = j.times(tiles.size).plus(tiles.start);
          registerTile(step, planes, {
            tiles: tiles.size,
            vectors: channels.size,
            v: v.plus(tile.times(planes.pitch)),
            u: panel,
            m: m.plus(tile.times(vectors * width)).plus(first),
            pitch: vectors * width,
            next: {
              ...next,
              start: panel.plus(panelSize).plus(tile.times(Math.ceil(share))),
              perChannel: Math.ceil((tiles.size * share) / reduction),
            },
          });
        });
      }
    });
  }
}

/** A tile of the matrix product at one point. */
interface RegisterTile {
  readonly tiles: number;
  readonly vectors: number;
  /** Where it starts in V, in the weights and in M. */
  readonly v: Index;
  readonly u: Index;
  readonly m: Index;
  /** Elements of M from tile to tile. */
  readonly pitch: number;
  /** The part of the next panel of weights to fetch meanwhile. */
  readonly next: Streams & {
    readonly start: Index;
    /** Elements of a stream for each step of the reduction. */
    readonly perChannel: number;
  };
}

/** Parts of a panel that are fetched side by side. */
interface Streams {
  readonly count: number;
  /** Elements of each. */
  readonly each: number;
}

function streamsOver(panelSize: number): Streams {
  const pages = Math.round((panelSize * BYTES) / PAGE);
  const count = Math.min(Math.max(pages, 1), MOST_STREAMS);
  return { count, each: Math.ceil(panelSize / count) };
}

function registerTile(
  step: ProductStep,
  planes: Planes,
  { tiles, vectors, v, u, m, pitch, next }: RegisterTile,
): void {
  const { b, width } = step;
  const line = vectors * width;
  const sums = range(tiles).map(() => range(vectors).map(() => b.variable(constant(0))));
  const multiplyAdd = (inV: Index, k: Index): void => {
    const held = range(vectors).map((i) =>
      b.let(load(at(step.weights, u.plus(k.times(line)).plus(i * width)))),
    );
    sums.forEach((row, p) => {
      const x = b.let(splat(at(step.v, v.plus(inV).plus(p * planes.pitch))));
      row.forEach((sum, i) => b.assign(sum, fma(x, held[i], read(sum))));
    });
  };
  const fetchNext = (k: Index): void => {
    if (!step.prefetch) return;
    const place = next.start.plus(k.times(next.perChannel));
    for (const stream of range(next.count)) {
      b.prefetch(at(step.weights, place.plus(stream * next.each)));
    }
  };
  everyChannel(step, planes.of.phases, multiplyAdd, fetchNext);
  sums.forEach((row, p) =>
    row.forEach((sum, k) => b.store(at(step.m, m.plus(p * pitch + k * width)), read(sum))),
  );
}

/** Walks over the channels of all phases, with their places in V and their numbers. */
function everyChannel(
  { b, channels, phasePitch, unroll }: ProductStep,
  phases: number,
  multiplyAdd: (inV: Index, k: Index) => void,
  beforeRound: (k: Index) => void,
): void {
  if (phases === 1 || channels === phasePitch) {
    const all = phases * channels;
    b.unrolled("c", all, unrollFactor(all, unroll), (k) => multiplyAdd(k, k), beforeRound);
    return;
  }
  const factor = unrollFactor(channels, unroll);
  const phase = (p: Index): void => {
    const [inV, k] = [p.times(phasePitch), p.times(channels)];
    b.unrolled(
      "c",
      channels,
      factor,
      (c) => multiplyAdd(inV.plus(c), k.plus(c)),
      (c) => beforeRound(k.plus(c)),
    );
  };
  if (phases * channels > WRITTEN_OUT) b.loop("phase", phases, phase);
  else for (const p of range(phases)) phase(origin.plus(p));
}
