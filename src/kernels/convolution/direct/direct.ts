/**
 * Direct convolution: over blocks of output pixels and tiles of output channels, which register
 * tiles compute. It also computes matrix products (kernel 1×1) and matrix-vector products (one
 * pixel).
 */
import type { KernelBuilder } from "../../ir/builder.ts";
import { kernel } from "../../ir/builder.ts";
import { type Index, type Kernel, origin } from "../../ir/ir.ts";
import {
  type Axis,
  type Run,
  type SharedTiles,
  evenTiles,
  sharedTiles,
} from "../../loops/tiles.ts";
import type { Machine } from "../../machine.ts";
import { convolutionBuffers } from "../buffers.ts";
import { type ConvolutionProblem, type Position, moved, pixelAxes } from "../problem.ts";
import { reductionOf } from "../reduction.ts";
import {
  type ChannelTile,
  type DirectWork,
  type PixelTile,
  RegisterTiles,
} from "./register-tile.ts";
import type { DirectTile } from "./tile.ts";

export function directConvolution(
  problem: ConvolutionProblem,
  tile: DirectTile,
  machine: Machine,
): Kernel {
  const name = `direct ${tile.pixels}x${tile.vectors * machine.vectorWidth}`;
  return kernel(name, (b) => {
    const buffers = convolutionBuffers(b, problem.epilogue);
    new DirectGenerator(b, { problem, tile, machine, buffers }).generate();
  });
}

/** Who goes through a loop: every thread by itself, or all of them, sharing it out. */
type Loop = "loop" | "parallel";

/** Computes the pixels along some axes from a position on, whose channels this loop goes over. */
type Compute = (axes: readonly Axis[], start: Position, channels: Loop) => void;

export class DirectGenerator {
  readonly #b: KernelBuilder;
  readonly #work: DirectWork;
  readonly #tiles: RegisterTiles;

  constructor(b: KernelBuilder, work: DirectWork) {
    this.#b = b;
    this.#work = work;
    this.#tiles = new RegisterTiles(b, work);
  }

  generate(): void {
    const { problem, tile } = this.#work;
    const joined = pixelAxes(problem);
    const axes = joined.length > 0 ? joined : [{ extent: 1, strides: [0, 0, 0] }];
    const start: Position = { input: origin, output: origin, residual: origin };
    const compute: Compute = (own, from, loop) =>
      this.channelTiles(loop, (channels) => this.rows(own, from, channels));
    if (tile.share === "channels") compute(axes, start, "parallel");
    else this.#blocks(axes, start, "parallel", compute);
  }

  /**
   * Walks over blocks of pixels, as many for each thread. What is left at the end, about a block
   * for each at most, the threads share out by channels.
   */
  #blocks([first, ...rest]: readonly Axis[], start: Position, loop: Loop, compute: Compute): void {
    const { block } = this.#work.tile;
    const below = pixelsIn(rest);
    const part = (from: Index, extent: number, channels: Loop): void => {
      const position = moved(start, first, from);
      if (below > block && channels === "loop") this.#blocks(rest, position, "loop", compute);
      else compute([{ ...first, extent }, ...rest], position, channels);
    };
    const limit = Math.max(1, Math.floor(block / below));
    const parts = loop === "parallel" ? this.#threadsWithChannels() : 1;
    const { runs, covered } =
      rest.length > 0
        ? sharedTiles(first.extent, limit, parts)
        : this.#pixelBlocks(first.extent, limit, parts);
    for (const run of runs) {
      this.#b[loop]("block", run.count, (i) =>
        part(i.times(run.size).plus(run.start), run.size, "loop"),
      );
    }
    const left = first.extent - covered;
    if (left === 0) return;
    const from = origin.plus(covered);
    if (parts > 1) part(from, left, "parallel");
    else this.#b[loop]("block", 1, () => part(from, left, "loop"));
  }

  /** As many as there are, or one where there are not as many tiles of channels. */
  #threadsWithChannels(): number {
    const { problem, tile, machine } = this.#work;
    const { groups, outChannels } = problem;
    const tiles = Math.ceil(outChannels / machine.vectorWidth / tile.vectors);
    return (groups > 1 ? groups : tiles) < machine.threads ? 1 : machine.threads;
  }

  /** Blocks of whole tiles. */
  #pixelBlocks(extent: number, limit: number, parts: number): SharedTiles {
    const { pixels } = this.#work.tile;
    if (extent <= Math.max(limit, pixels)) return sharedTiles(extent, extent, 1);
    const perBlock = Math.max(1, Math.floor(limit / pixels));
    const { runs, covered } = sharedTiles(Math.floor(extent / pixels), perBlock, parts);
    return {
      runs: runs.map(({ start, size, count }) => ({
        start: start * pixels,
        size: size * pixels,
        count,
      })),
      covered: covered * pixels,
    };
  }

  /** All pixels along some axes, of which there is one at least; the last is cut into tiles. */
  rows(axes: readonly Axis[], start: Position, channels: ChannelTile): void {
    const all = pixelsIn(axes);
    const nest = ([axis, ...rest]: readonly Axis[], position: Position, done: Index): void => {
      if (rest.length === 0) return this.#pixelTiles({ axis, position, done, all }, channels);
      const below = pixelsIn(rest);
      this.#b.loop("row", axis.extent, (i) =>
        nest(rest, moved(position, axis, i), done.plus(i.times(below))),
      );
    };
    nest(axes, start, origin);
  }

  #pixelTiles(row: Omit<PixelTile, "count">, channels: ChannelTile): void {
    for (const run of evenTiles(row.axis.extent, this.#work.tile.pixels)) {
      this.#b.loop("tile", run.count, (i) => {
        const index = i.times(run.size).plus(run.start);
        const position = moved(row.position, row.axis, index);
        const pixels = { ...row, position, done: row.done.plus(index), count: run.size };
        this.#tiles.compute(pixels, channels);
      });
    }
  }

  /** Goes over all output channels, tile by tile. */
  channelTiles(loop: Loop, body: (channels: ChannelTile) => void): void {
    const { problem, tile, machine } = this.#work;
    const { groups, inChannels, outChannels } = problem;
    const { vectorWidth: width } = machine;
    const { length } = reductionOf(problem);
    const perGroup = outChannels / groups;
    const vectors = Math.ceil(perGroup / width);
    const groupWeights = vectors * width * length;
    const emit = (group: Index, run: Run, i: Index, size: number): void => {
      const vector = i.times(run.size).plus(run.start);
      const channel = group.times(perGroup).plus(vector.times(width));
      const inputChannel = group.times(inChannels / groups);
      const panel = vector.times(width * length);
      const weights = group.times(groupWeights).plus(panel);
      const last = perGroup - (vectors - 1) * width;
      const atEnd =
        i.terms.list.length === 0 && run.start + i.constant * run.size + size === vectors;
      body({
        channel,
        inputChannel,
        weights,
        vectors: size,
        lastLanes: atEnd ? last : width,
      });
    };
    // The tile with the last, partly filled vector stands by itself: it stores fewer lanes.
    const partial = perGroup % width !== 0;
    const everyRun = (group: Index): void => {
      for (const run of evenTiles(vectors, tile.vectors)) {
        const peel = partial && run.start + run.size * run.count === vectors ? 1 : 0;
        this.#b[groups > 1 ? "loop" : loop]("channels", run.count - peel, (i) =>
          emit(group, run, i, run.size),
        );
        if (peel === 0) continue;
        const final = origin.plus(run.count - 1);
        if (loop === "parallel" && groups === 1) {
          this.#b.parallel("channels", 1, () => emit(group, run, final, run.size));
        } else emit(group, run, final, run.size);
      }
    };
    if (groups === 1) everyRun(origin);
    else this.#b[loop]("group", groups, everyRun);
  }
}

function pixelsIn(axes: readonly Axis[]): number {
  return axes.reduce((n, { extent }) => n * extent, 1);
}
