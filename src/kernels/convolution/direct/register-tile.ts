/**
 * The register tile of a direct convolution: some output pixels times some vectors of output
 * channels, which stay in registers over the whole reduction. Every step loads one input element
 * a pixel into all lanes and multiplies it with the weights of the channels.
 */
import type { KernelBuilder } from "../../ir/builder.ts";
import {
  type Index,
  type Variable,
  type Vector,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "../../ir/ir.ts";
import { type Axis, unrollFactor } from "../../loops/tiles.ts";
import type { Machine } from "../../machine.ts";
import { finish } from "../../vectors/epilogue.ts";
import { channelSpacing, loadLanes, storeLanes } from "../../vectors/lanes.ts";
import type { ConvolutionBuffers } from "../buffers.ts";
import { type ConvolutionProblem, type Position, moved } from "../problem.ts";
import { type Reduction, reductionOf } from "../reduction.ts";
import type { DirectTile } from "./tile.ts";
import { range } from "../../range.ts";

/** What a direct convolution computes, how, and in which buffers. */
export interface DirectWork {
  readonly problem: ConvolutionProblem;
  readonly tile: DirectTile;
  readonly machine: Machine;
  readonly buffers: ConvolutionBuffers;
}

/** Output channels that are computed together. */
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

/** Output pixels that are computed together. */
export interface PixelTile {
  /** Where the first of them lies. */
  readonly position: Position;
  /** They follow each other along this axis. */
  readonly axis: Axis;
  readonly count: number;
  /** Pixels that are computed before them with the same weights, of so many in all. */
  readonly done: Index;
  readonly all: number;
}

/** One step of the reduction. */
interface Step {
  /** Where its input element lies for the first pixel. */
  readonly from: Index;
  /** Steps before it. */
  readonly number: Index;
}

export class RegisterTiles {
  readonly #b: KernelBuilder;
  readonly #work: DirectWork;
  readonly #width: number;
  readonly #reduction: Reduction;

  constructor(b: KernelBuilder, work: DirectWork) {
    this.#b = b;
    this.#work = work;
    this.#width = work.machine.vectorWidth;
    this.#reduction = reductionOf(work.problem);
  }

  compute(pixels: PixelTile, channels: ChannelTile): void {
    const b = this.#b;
    const { bias } = this.#work.buffers;
    const initial = range(channels.vectors).map((v) =>
      bias ? b.let(load(at(bias, channels.channel.plus(v * this.#width)))) : constant(0),
    );
    const sums = range(pixels.count).map(() =>
      range(channels.vectors).map((v) => b.variable(initial[v])),
    );
    const input = channels.inputChannel.times(this.#work.problem.input.c);
    this.#reduce(pixels.position.input.plus(input), {
      step: (step) => this.#step(sums, step, pixels, channels),
      beforeRound: (number) => this.#fetchAhead(channels, pixels, number),
    });
    sums.forEach((row, p) => {
      const position = moved(pixels.position, pixels.axis, origin.plus(p));
      row.forEach((sum, v) => this.#finish(sum, v, position, channels));
    });
  }

  /**
   * Calls `step` for every input element, in the order of the packing, and `beforeRound` with
   * the number of steps so far for every round of the innermost loop.
   */
  #reduce(
    input: Index,
    { step, beforeRound }: { step: (step: Step) => void; beforeRound: (number: Index) => void },
  ): void {
    const { loops } = this.#reduction;
    const nest = (depth: number, from: Index, number: Index, length: number): void => {
      if (depth === loops.length) return step({ from, number });
      const { extent, stride } = loops[depth];
      const below = length / extent;
      const inner = (k: Index): void =>
        nest(depth + 1, from.plus(k.times(stride)), number.plus(k.times(below)), below);
      if (depth < loops.length - 1) return this.#b.loop("k", extent, inner);
      const unroll = unrollFactor(extent, this.#work.tile.unroll);
      this.#b.unrolled("k", extent, unroll, inner, (k) => beforeRound(number.plus(k)));
    };
    nest(0, input, origin, this.#reduction.length);
  }

  /** The tile's share of the next panel of weights, a little of it before every round of steps. */
  #fetchAhead(channels: ChannelTile, { count, done, all }: PixelTile, step: Index): void {
    const { tile, buffers } = this.#work;
    if (!tile.prefetch) return;
    const perStep = channels.vectors * this.#width;
    const panel = perStep * this.#reduction.length;
    const from = channels.weights
      .plus(panel)
      .plus(done.times(Math.ceil(panel / all)))
      .plus(step.times(Math.ceil((count * perStep) / all)));
    this.#b.prefetch(at(buffers.weights, from));
  }

  /** `sums[p][v] += input[p] · weights[v]`, holding the shorter side in registers. */
  #step(
    sums: readonly (readonly Variable[])[],
    { from, number }: Step,
    pixels: PixelTile,
    channels: ChannelTile,
  ): void {
    const b = this.#b;
    const { tile, buffers } = this.#work;
    const together = tile.order === "by step" ? channels.vectors : 1;
    const apart = tile.order === "by step" ? 1 : this.#reduction.length;
    const weights = channels.weights.plus(number.times(together * this.#width));
    const weight = (v: number): Vector =>
      b.let(load(at(buffers.weights, weights.plus(v * apart * this.#width))));
    const [pixelStride] = pixels.axis.strides;
    const element = (p: number): Vector =>
      b.let(splat(at(buffers.input, from.plus(p * pixelStride))));
    const accumulate = (p: number, v: number, x: Vector, w: Vector): void =>
      b.assign(sums[p][v], fma(x, w, read(sums[p][v])));
    if (pixels.count >= channels.vectors) {
      const held = range(channels.vectors).map(weight);
      for (const p of range(pixels.count)) {
        const x = element(p);
        for (const v of range(channels.vectors)) accumulate(p, v, x, held[v]);
      }
    } else {
      const held = range(pixels.count).map(element);
      for (const v of range(channels.vectors)) {
        const w = weight(v);
        for (const p of range(pixels.count)) accumulate(p, v, held[p], w);
      }
    }
  }

  /** Stores the vector `v` of a pixel's channels. */
  #finish(sum: Variable, v: number, position: Position, channels: ChannelTile): void {
    const { problem, buffers } = this.#work;
    const { output, epilogue, groups } = problem;
    const { residual } = epilogue;
    const lanes = v === channels.vectors - 1 ? channels.lastLanes : this.#width;
    const channel = channels.channel.plus(v * this.#width);
    const residualBuffer = buffers.residual;
    const added =
      residual && residualBuffer
        ? () => {
            const index = position.residual.plus(channel.times(residual.c));
            const spacing = channelSpacing(residual, lanes, this.#width);
            return loadLanes(this.#b, at(residualBuffer, index), spacing);
          }
        : undefined;
    const value = finish(this.#b, epilogue, read(sum), added);
    const to = at(buffers.output, position.output.plus(channel.times(output.c)));
    // Behind a group's last channel lies the next group's first, or the next pixel.
    const own = groups === 1 ? output : { ...output, wholeVectors: false };
    storeLanes(this.#b, to, value, channelSpacing(own, lanes, this.#width));
  }
}
