/**
 * Direct convolution with register tiles: some output pixels times some vectors of output
 * channels stay in registers over the whole reduction; every step loads one input element a
 * pixel into all lanes and multiplies it with the weights of the channels. It also computes
 * matrix products (kernel 1×1) and matrix-vector products (one pixel).
 */
import type { KernelBuilder } from "../ir/builder.ts";
import { kernel } from "../ir/builder.ts";
import { finish, loadChannels, storeChannels } from "../vectors/epilogue.ts";
import {
  type Index,
  type Kernel,
  type Variable,
  type Vector,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import { type Axis, type Run, evenTiles, unrollFactor } from "../loops/tiles.ts";
import { type ConvolutionBuffers, convolutionBuffers } from "./buffers.ts";
import { type ConvolutionProblem, type Position, pixelAxes } from "./problem.ts";
import { type Reduction, reductionOf, weightOrder } from "./reduction.ts";

export interface DirectTile {
  /** Output pixels of a register tile. */
  readonly pixels: number;
  /** Vectors of output channels of a register tile. */
  readonly vectors: number;
  /** Steps of the reduction that are written out. */
  readonly unroll: number;
  /** Output pixels that are finished before the next weights are used. */
  readonly block: number;
  /** What the threads share out. */
  readonly share: "pixels" | "channels";
  /**
   * How the weights of a tile of channels follow each other: the vectors of each step together,
   * or each vector by itself. As many streams are read twice as fast from beyond a core's caches.
   */
  readonly order: "by step" | "by vector";
  /** Whether the weights of the next tile of channels are fetched while these are used. */
  readonly prefetch: boolean;
}

export function directConvolution(
  problem: ConvolutionProblem,
  tile: DirectTile,
  machine: Machine,
): Kernel {
  const name = `direct ${tile.pixels}x${tile.vectors * machine.vectorWidth}`;
  return kernel(name, (b) => new DirectGenerator(b, problem, tile, machine).generate());
}

/** Pixels that are computed one after the other with the same weights. */
interface Progress {
  /** Before those of the tile. */
  readonly done: Index;
  readonly all: number;
}

export class DirectGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #tile: DirectTile;
  readonly #width: number;
  readonly #reduction: Reduction;
  readonly #buffers: ConvolutionBuffers;

  constructor(
    b: KernelBuilder,
    problem: ConvolutionProblem,
    tile: DirectTile,
    machine: Machine,
    buffers = convolutionBuffers(b, problem.epilogue),
  ) {
    this.#b = b;
    this.#problem = problem;
    this.#tile = tile;
    this.#width = machine.vectorWidth;
    this.#reduction = reductionOf(problem);
    this.#buffers = buffers;
  }

  generate(): void {
    const [outer, pixels] = this.#pixelAxes();
    const start: Position = { input: origin, output: origin, residual: origin };
    if (this.#tile.share === "channels") {
      this.channelTiles("parallel", (channels) => this.rows(outer, pixels, start, channels));
      return;
    }
    this.#blocks([...outer, pixels], start, (rest, blockPixels, position) =>
      this.channelTiles("loop", (channels) => this.rows(rest, blockPixels, position, channels)),
    );
  }

  /** Axes of pixels with strides in input, output and residual; the last is cut into tiles. */
  #pixelAxes(): readonly [outer: readonly Axis[], pixels: Axis] {
    const axes = pixelAxes(this.#problem);
    const last = axes.at(-1) ?? { extent: 1, strides: [0, 0, 0] };
    return [axes.slice(0, -1), last];
  }

  /** Walks over blocks of pixels, of which the threads share the slowest axis. */
  #blocks(
    axes: readonly Axis[],
    position: Position,
    body: (outer: readonly Axis[], pixels: Axis, position: Position) => void,
    loop: "loop" | "parallel" = "parallel",
  ): void {
    const [first, ...rest] = axes;
    const below = rest.reduce((n, axis) => n * axis.extent, 1);
    if (below > this.#tile.block) {
      this.#b[loop]("row", first.extent, (i) =>
        this.#blocks(rest, this.#move(position, first, i), body, "loop"),
      );
      return;
    }
    const limit = Math.floor(this.#tile.block / below);
    const runs =
      rest.length > 0 ? evenTiles(first.extent, limit) : this.#pixelBlocks(first.extent, limit);
    for (const run of runs) {
      this.#b[loop]("block", run.count, (i) => {
        const inside = [{ extent: run.size, strides: first.strides }, ...rest];
        const index = i.times(run.size).plus(run.start);
        body(inside.slice(0, -1), inside[inside.length - 1], this.#move(position, first, index));
      });
    }
  }

  /** Blocks of whole tiles, and what is left behind them. */
  #pixelBlocks(extent: number, limit: number): readonly Run[] {
    const { pixels } = this.#tile;
    if (extent <= Math.max(limit, pixels)) return [{ start: 0, size: extent, count: 1 }];
    const whole = Math.floor(extent / pixels);
    const blocks = evenTiles(whole, Math.max(1, Math.floor(limit / pixels))).map((run) => ({
      start: run.start * pixels,
      size: run.size * pixels,
      count: run.count,
    }));
    const left = extent - whole * pixels;
    return left > 0 ? [...blocks, { start: whole * pixels, size: left, count: 1 }] : blocks;
  }

  /** All pixels of some axes, the last of which is cut into tiles. */
  rows(outer: readonly Axis[], pixels: Axis, start: Position, channels: ChannelTile): void {
    const all = outer.reduce((n, { extent }) => n * extent, pixels.extent);
    const nest = (axes: readonly Axis[], position: Position, done: Index, rows: number): void => {
      if (axes.length === 0) return this.#pixelTiles(pixels, position, channels, { done, all });
      const [axis, ...rest] = axes;
      const below = rows / axis.extent;
      this.#b.loop("row", axis.extent, (i) =>
        nest(rest, this.#move(position, axis, i), done.plus(i.times(below)), below),
      );
    };
    nest(outer, start, origin, all);
  }

  #move(position: Position, { strides: [input, output, residual] }: Axis, by: Index): Position {
    return {
      input: position.input.plus(by.times(input)),
      output: position.output.plus(by.times(output)),
      residual: position.residual.plus(by.times(residual)),
    };
  }

  /** Goes over all output channels, tile by tile. */
  channelTiles(loop: "loop" | "parallel", body: (channels: ChannelTile) => void): void {
    const { groups, inChannels, outChannels } = this.#problem;
    const perGroup = outChannels / groups;
    const vectors = Math.ceil(perGroup / this.#width);
    const groupWeights = vectors * this.#width * this.#reduction.length;
    const emit = (group: Index, run: Run, i: Index, size: number): void => {
      const vector = i.times(run.size).plus(run.start);
      const channel = group.times(perGroup).plus(vector.times(this.#width));
      const inputChannel = group.times(inChannels / groups);
      const panel = vector.times(this.#width * this.#reduction.length);
      const weights = group.times(groupWeights).plus(panel);
      const last = perGroup - (vectors - 1) * this.#width;
      const atEnd = i.terms.length === 0 && run.start + i.constant * run.size + size === vectors;
      body({
        channel,
        inputChannel,
        weights,
        vectors: size,
        lastLanes: atEnd ? last : this.#width,
      });
    };
    // The tile with the last, partly filled vector stands by itself: it stores fewer lanes.
    const partial = perGroup % this.#width !== 0;
    const everyRun = (group: Index): void => {
      for (const run of evenTiles(vectors, this.#tile.vectors)) {
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

  #pixelTiles(pixels: Axis, position: Position, channels: ChannelTile, row: Progress): void {
    for (const run of evenTiles(pixels.extent, this.#tile.pixels)) {
      this.#b.loop("tile", run.count, (i) => {
        const index = i.times(run.size).plus(run.start);
        const progress = { ...row, done: row.done.plus(index) };
        const moved = this.#move(position, pixels, index);
        this.#registerTile(moved, pixels, run.size, channels, progress);
      });
    }
  }

  #registerTile(
    position: Position,
    pixels: Axis,
    count: number,
    channels: ChannelTile,
    progress: Progress,
  ): void {
    const b = this.#b;
    const { vectors } = channels;
    const { bias } = this.#buffers;
    const initial = range(vectors).map((v) =>
      bias ? b.let(load(at(bias, channels.channel.plus(v * this.#width)))) : constant(0),
    );
    const sums = range(count).map(() => range(vectors).map((v) => b.variable(initial[v])));
    const input = position.input.plus(channels.inputChannel.times(this.#problem.input.c));
    this.#reduce(
      input,
      (from, step) => this.#step(sums, from, pixels.strides[0], channels, step),
      (step) => this.#fetchAhead(channels, count, progress, step),
    );
    sums.forEach((row, p) =>
      row.forEach((sum, v) => this.#finish(sum, p, v, position, pixels, channels)),
    );
  }

  /**
   * Calls `step` for every input element, in the order of the packing, with the element's number
   * in it, and `beforeRound` for every round of the innermost loop.
   */
  #reduce(
    input: Index,
    step: (from: Index, number: Index) => void,
    beforeRound: (number: Index) => void,
  ): void {
    const { loops } = this.#reduction;
    const nest = (depth: number, from: Index, number: Index, length: number): void => {
      if (depth === loops.length) return step(from, number);
      const { extent, stride } = loops[depth];
      const below = length / extent;
      const inner = (k: Index): void =>
        nest(depth + 1, from.plus(k.times(stride)), number.plus(k.times(below)), below);
      if (depth < loops.length - 1) return this.#b.loop("k", extent, inner);
      const unroll = unrollFactor(extent, this.#tile.unroll);
      this.#b.unrolled("k", extent, unroll, inner, (k) => beforeRound(number.plus(k)));
    };
    nest(0, input, origin, this.#reduction.length);
  }

  /** The tile's share of the next panel of weights, a little of it before every round of steps. */
  #fetchAhead(channels: ChannelTile, pixels: number, { done, all }: Progress, step: Index): void {
    if (!this.#tile.prefetch) return;
    const perStep = channels.vectors * this.#width;
    const panel = perStep * this.#reduction.length;
    const from = channels.weights
      .plus(panel)
      .plus(done.times(Math.ceil(panel / all)))
      .plus(step.times(Math.ceil((pixels * perStep) / all)));
    this.#b.prefetch(at(this.#buffers.weights, from));
  }

  /** `sums[p][v] += input[p] · weights[v]`, holding the shorter side in registers. */
  #step(
    sums: readonly (readonly Variable[])[],
    from: Index,
    pixelStride: number,
    channels: ChannelTile,
    number: Index,
  ): void {
    const b = this.#b;
    const { order } = this.#tile;
    const together = order === "by step" ? channels.vectors : 1;
    const apart = order === "by step" ? 1 : this.#reduction.length;
    const weights = channels.weights.plus(number.times(together * this.#width));
    const weight = (v: number): Vector =>
      b.let(load(at(this.#buffers.weights, weights.plus(v * apart * this.#width))));
    const element = (p: number): Vector =>
      b.let(splat(at(this.#buffers.input, from.plus(p * pixelStride))));
    const [pixels, vectors] = [sums.length, sums[0].length];
    const accumulate = (p: number, v: number, x: Vector, w: Vector): void =>
      b.assign(sums[p][v], fma(x, w, read(sums[p][v])));
    if (pixels >= vectors) {
      const held = range(vectors).map(weight);
      for (const p of range(pixels)) {
        const x = element(p);
        for (const v of range(vectors)) accumulate(p, v, x, held[v]);
      }
    } else {
      const held = range(pixels).map(element);
      for (const v of range(vectors)) {
        const w = weight(v);
        for (const p of range(pixels)) accumulate(p, v, held[p], w);
      }
    }
  }

  #finish(
    sum: Variable,
    p: number,
    v: number,
    position: Position,
    pixels: Axis,
    channels: ChannelTile,
  ): void {
    const { output, epilogue } = this.#problem;
    const { residual } = epilogue;
    const lanes = v === channels.vectors - 1 ? channels.lastLanes : this.#width;
    const channel = channels.channel.plus(v * this.#width);
    const residualBuffer = this.#buffers.residual;
    const added =
      residual && residualBuffer
        ? () => {
            const index = position.residual
              .plus(p * pixels.strides[2])
              .plus(channel.times(residual.c));
            return loadChannels(residual, at(residualBuffer, index), lanes, this.#width);
          }
        : undefined;
    const value = finish(this.#b, epilogue, read(sum), added);
    const index = position.output.plus(p * pixels.strides[1]).plus(channel.times(output.c));
    // Behind a group's last channel lies the next group's first, or the next pixel.
    const own = this.#problem.groups === 1 ? output : { ...output, wholeVectors: false };
    storeChannels(this.#b, own, at(this.#buffers.output, index), value, lanes, this.#width);
  }
}

export interface ChannelTile {
  /** The first output channel. */
  readonly channel: Index;
  /** The first input channel of the group. */
  readonly inputChannel: Index;
  /** Where the tile's weights start. */
  readonly weights: Index;
  readonly vectors: number;
  /** Lanes of the last vector that are channels. */
  readonly lastLanes: number;
}

/**
 * Weights `[outChannels, inChannels / groups, kh, kw]` in the order in which the kernel reads
 * them: by group, tile or vector of channels, step of the reduction, channel in these; the last
 * vector of a group is filled up with zeros.
 */
export function packDirect(
  problem: ConvolutionProblem,
  tile: DirectTile,
  machine: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { groups, outChannels } = problem;
  const width = machine.vectorWidth;
  const perGroup = outChannels / groups;
  const vectors = Math.ceil(perGroup / width);
  const order = weightOrder(problem);
  const packed = new Float32Array(packedLength(problem, machine));
  let next = 0;
  for (let group = 0; group < groups; group++) {
    for (const run of evenTiles(vectors, tile.order === "by step" ? tile.vectors : 1)) {
      for (let i = 0; i < run.count; i++) {
        const first = (run.start + i * run.size) * width;
        for (let k = 0; k < order.length; k++) {
          for (let c = first; c < first + run.size * width; c++, next++) {
            if (c < perGroup)
              packed[next] = weights[(group * perGroup + c) * order.length + order[k]];
          }
        }
      }
    }
  }
  return packed;
}

/** Elements of the packed weights. */
export function packedLength(problem: ConvolutionProblem, { vectorWidth }: Machine): number {
  const { groups, outChannels } = problem;
  const vectors = Math.ceil(outChannels / groups / vectorWidth);
  return groups * vectors * vectorWidth * reductionOf(problem).length;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
