/**
 * Depthwise convolution: every channel has a filter of its own, so that vectors run along
 * the channels. A register tile is a row of output pixels; a loaded input serves all of them
 * that see it, and the weights of one filter row stay in registers.
 */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { finish } from "../vectors/epilogue.ts";
import { type Spacing, channelSpacing, loadLanes, storeLanes } from "../vectors/lanes.ts";
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
} from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import type { Layout } from "../loops/layout.ts";
import { type Run, evenTiles } from "../loops/tiles.ts";
import { type ConvolutionBuffers, convolutionBuffers } from "./buffers.ts";
import type { ConvolutionProblem, ConvolutionShape, Position } from "./problem.ts";
import { range } from "../range.ts";

export interface DepthwiseTile {
  /** Output pixels of a register tile. */
  readonly pixels: number;
}

export function depthwiseConvolution(
  problem: ConvolutionProblem,
  tile: DepthwiseTile,
  machine: Machine,
): Kernel {
  const { batch, outputSize, outChannels, stride, input, output, epilogue } = problem;
  const width = machine.vectorWidth;
  const vectors = Math.ceil(outChannels / width);
  const channels = {
    channel: origin,
    vectors,
    lastLanes: outChannels - (vectors - 1) * width,
  };
  return kernel(`depthwise ${tile.pixels}`, (b) => {
    const buffers = convolutionBuffers(b, epilogue);
    const generator = new DepthwiseGenerator(b, { problem, tile, machine, buffers });
    const row = (n: Index, y: Index): void => {
      const along = (layout: Layout, step: number): Index =>
        n.times(layout.n).plus(y.times(step * layout.h));
      const position = {
        input: along(input, stride[0]),
        output: along(output, 1),
        residual: epilogue.residual ? along(epilogue.residual, 1) : origin,
      };
      generator.row(position, channels);
    };
    if (batch === 1) b.parallel("row", outputSize[0], (y) => row(origin, y));
    else {
      b.parallel("image", batch, (n) => b.loop("row", outputSize[0], (y) => row(n, y)));
    }
  });
}

/** As many pixels as fit beside one filter row and one input. */
export function depthwiseTile(problem: ConvolutionShape, machine: Machine): DepthwiseTile {
  return { pixels: Math.max(1, Math.min(8, machine.registers - 1 - problem.kernel[1])) };
}

/** Neighbouring channels that are computed together. */
export interface DepthwiseChannels {
  /** The first. */
  readonly channel: Index;
  readonly vectors: number;
  /** Lanes of the last vector that are channels. */
  readonly lastLanes: number;
}

/** The columns that lie in memory, from the first tap of the first output on. */
export interface Columns {
  /** Before the first of them are so many of zeros. */
  readonly padding: number;
  readonly width: number;
}

/** What a depthwise convolution computes, how, and in which buffers. */
export interface DepthwiseWork {
  readonly problem: ConvolutionProblem;
  readonly tile: DepthwiseTile;
  readonly machine: Machine;
  readonly buffers: ConvolutionBuffers;
  /** All unless given; taps at other columns are left out. */
  readonly columns?: Columns;
}

/** A vector of channels of neighbouring outputs. */
interface PixelTile {
  /** Where the first tap and the first channel of the first output of the row lie. */
  readonly position: Position;
  /** The first of the outputs in its row. */
  readonly x: Index;
  /** How many, and the taps that they have. */
  readonly run: PixelRun;
  /** The first channel of the vector. */
  readonly channel: Index;
  /** Channels in front of it that are computed together with it. */
  readonly before: Index;
  readonly lanes: number;
}

export class DepthwiseGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #tile: DepthwiseTile;
  readonly #width: number;
  readonly #buffers: ConvolutionBuffers;
  readonly #columns: Columns;

  constructor(b: KernelBuilder, { problem, tile, machine, buffers, columns }: DepthwiseWork) {
    this.#b = b;
    this.#problem = problem;
    this.#tile = tile;
    this.#width = machine.vectorWidth;
    this.#buffers = buffers;
    this.#columns = columns ?? { padding: 0, width: Infinity };
  }

  /** A row of outputs. The input at `position` is that of the first tap and the first channel. */
  row(position: Position, channels: DepthwiseChannels): void {
    for (const run of this.#tiles()) {
      this.#b.loop("tile", run.count, (i) => {
        const x = i.times(run.size).plus(run.start);
        const whole = channels.vectors - (channels.lastLanes < this.#width ? 1 : 0);
        const vector = (v: Index, lanes: number): void => {
          const before = v.times(this.#width);
          const channel = channels.channel.plus(before);
          this.#pixels({ position, x, run, channel, before, lanes });
        };
        this.#b.loop("channels", whole, (v) => vector(v, this.#width));
        if (whole < channels.vectors) vector(origin.plus(whole), channels.lastLanes);
      });
    }
  }

  /** Tiles of a row; those that have the same taps stand together. */
  #tiles(): readonly PixelRun[] {
    const runs: PixelRun[] = [];
    for (const { start, size, count } of evenTiles(
      this.#problem.outputSize[1],
      this.#tile.pixels,
    )) {
      for (let i = 0; i < count; i++) {
        const x = start + i * size;
        const taps = this.#tapsOf(x, size);
        const last = runs.at(-1);
        if (last && last.size === size && sameTaps(last.taps, taps)) {
          runs[runs.length - 1] = { ...last, count: last.count + 1 };
        } else runs.push({ start: x, size, count: 1, taps });
      }
    }
    return runs;
  }

  /** For each column of the input that `size` outputs from `x` on see: which output, which tap. */
  #tapsOf(x: number, size: number): Taps {
    const { kernel: shape, stride, dilation } = this.#problem;
    const { padding, width } = this.#columns;
    const columns = new Map<number, { p: number; kx: number }[]>();
    for (const p of range(size)) {
      for (const kx of range(shape[1])) {
        const column = p * stride[1] + kx * dilation[1];
        const placed = x * stride[1] + column - padding;
        if (placed < 0 || placed >= width) continue;
        columns.set(column, [...(columns.get(column) ?? []), { p, kx }]);
      }
    }
    return [...columns].sort(([a], [c]) => a - c).map(([column, uses]) => ({ column, uses }));
  }

  #pixels({ position, x, run, channel, before, lanes }: PixelTile): void {
    const b = this.#b;
    const { bias } = this.#buffers;
    const { input, output, epilogue, kernel: shape, stride } = this.#problem;
    const initial = bias ? b.let(load(at(bias, channel))) : constant(0);
    const sums = range(run.size).map(() => b.variable(initial));
    const from = position.input.plus(x.times(stride[1] * input.w)).plus(before);
    const weights = channel.times(shape[0] * shape[1]);
    for (const ky of range(shape[0])) {
      const held = this.#filterRow(weights, ky);
      const row = from.plus(ky * this.#problem.dilation[0] * input.h);
      for (const { column, uses } of run.taps) {
        const value = this.#inputAt(row.plus(column * input.w), lanes);
        for (const { p, kx } of uses) b.assign(sums[p], fma(value, held[kx], read(sums[p])));
      }
    }
    sums.forEach((sum, p) => {
      const along = (start: Index, layout: Layout): Index =>
        start.plus(x.plus(p).times(layout.w)).plus(channel.times(layout.c));
      this.#finish(sum, lanes, {
        output: along(position.output, output),
        residual: epilogue.residual ? along(position.residual, epilogue.residual) : origin,
      });
    });
  }

  /** The weights of one row of the filter, held in registers. */
  #filterRow(weights: Index, ky: number): readonly Vector[] {
    const [, columns] = this.#problem.kernel;
    return range(columns).map((kx) => {
      const index = weights.plus((ky * columns + kx) * this.#width);
      return this.#b.let(load(at(this.#buffers.weights, index)));
    });
  }

  #inputAt(index: Index, lanes: number): Vector {
    const from = at(this.#buffers.input, index);
    const spacing = channelSpacing(this.#problem.input, lanes, this.#width);
    return this.#b.let(loadLanes(this.#b, from, spacing));
  }

  #finish(sum: Variable, lanes: number, to: Omit<Position, "input">): void {
    const { output, epilogue } = this.#problem;
    const { residual } = epilogue;
    const buffer = this.#buffers.residual;
    const spacingIn = (layout: Layout): Spacing => channelSpacing(layout, lanes, this.#width);
    const added =
      residual && buffer
        ? () => loadLanes(this.#b, at(buffer, to.residual), spacingIn(residual))
        : undefined;
    const value = finish(this.#b, epilogue, read(sum), added);
    storeLanes(this.#b, at(this.#buffers.output, to.output), value, spacingIn(output));
  }
}

type Taps = readonly {
  readonly column: number;
  readonly uses: readonly { readonly p: number; readonly kx: number }[];
}[];

interface PixelRun extends Run {
  readonly taps: Taps;
}

function sameTaps(a: Taps, b: Taps): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Weights `[channels, 1, kh, kw]` by vector of channels, tap, channel; zeros fill the last. */
export function packDepthwise(
  problem: ConvolutionProblem,
  machine: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { outChannels, kernel: shape } = problem;
  const width = machine.vectorWidth;
  const taps = shape[0] * shape[1];
  const packed = new Float32Array(depthwisePackedLength(problem, machine));
  for (let c = 0; c < outChannels; c++) {
    const vector = Math.floor(c / width);
    for (let tap = 0; tap < taps; tap++) {
      packed[(vector * taps + tap) * width + (c % width)] = weights[c * taps + tap];
    }
  }
  return packed;
}

/** Elements of the packed weights. */
export function depthwisePackedLength(
  { outChannels, kernel: shape }: ConvolutionProblem,
  { vectorWidth }: Machine,
): number {
  return Math.ceil(outChannels / vectorWidth) * vectorWidth * shape[0] * shape[1];
}
