/**
 * Depthwise convolution: every channel has a filter of its own, so that vectors run along
 * the channels. A register tile is a row of output pixels; a loaded input serves all of them
 * that see it, and the weights of one filter row stay in registers.
 */
import { type KernelBuilder, kernel } from "../builder.ts";
import { finish, loadChannels, storeChannels } from "../epilogue.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Variable,
  at,
  constant,
  fma,
  load,
  origin,
  read,
} from "../ir.ts";
import type { Machine } from "../machine.ts";
import { evenTiles } from "../tiles.ts";
import type { ConvolutionProblem } from "./problem.ts";

export interface DepthwiseTile {
  /** Output pixels of a register tile. */
  readonly pixels: number;
}

/** Buffers: input, weights, bias if any, residual if any, output. */
export function depthwiseConvolution(
  problem: ConvolutionProblem,
  tile: DepthwiseTile,
  machine: Machine,
): Kernel {
  return kernel(`depthwise ${tile.pixels}`, (b) => {
    const generator = new DepthwiseGenerator(b, problem, tile, machine.vectorWidth);
    if (problem.batch === 1) {
      b.parallel("row", problem.outputSize[0], (y) => generator.row(origin, y));
    } else {
      b.parallel("image", problem.batch, (n) =>
        b.loop("row", problem.outputSize[0], (y) => generator.row(n, y)),
      );
    }
  });
}

/** As many pixels as fit beside one filter row and one input. */
export function depthwiseTile(problem: ConvolutionProblem, machine: Machine): DepthwiseTile {
  return { pixels: Math.max(1, Math.min(8, machine.registers - 1 - problem.kernel[1])) };
}

class DepthwiseGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #tile: DepthwiseTile;
  readonly #width: number;
  readonly #input: Buffer;
  readonly #weights: Buffer;
  readonly #bias: Buffer | undefined;
  readonly #residual: Buffer | undefined;
  readonly #output: Buffer;

  constructor(b: KernelBuilder, problem: ConvolutionProblem, tile: DepthwiseTile, width: number) {
    this.#b = b;
    this.#problem = problem;
    this.#tile = tile;
    this.#width = width;
    this.#input = b.buffer("input");
    this.#weights = b.buffer("weights");
    this.#bias = problem.epilogue.bias ? b.buffer("bias") : undefined;
    this.#residual = problem.epilogue.residual ? b.buffer("residual") : undefined;
    this.#output = b.buffer("output");
  }

  row(n: Index, y: Index): void {
    const { outputSize, outChannels } = this.#problem;
    for (const run of evenTiles(outputSize[1], this.#tile.pixels)) {
      this.#b.loop("tile", run.count, (i) => {
        const x = i.times(run.size).plus(run.start);
        const whole = Math.floor(outChannels / this.#width);
        this.#b.loop("channels", whole, (c) => this.#pixels(n, y, x, run.size, c, this.#width));
        const left = outChannels - whole * this.#width;
        if (left > 0) this.#pixels(n, y, x, run.size, origin.plus(whole), left);
      });
    }
  }

  #pixels(n: Index, y: Index, x: Index, count: number, vector: Index, lanes: number): void {
    const b = this.#b;
    const { input, kernel: shape, stride } = this.#problem;
    const channel = vector.times(this.#width);
    const start = this.#bias ? b.let(load(at(this.#bias, channel))) : constant(0);
    const sums = range(count).map(() => b.variable(start));
    const from = n
      .times(input.n)
      .plus(y.times(stride[0] * input.h))
      .plus(x.times(stride[1] * input.w))
      .plus(channel);
    const weights = vector.times(shape[0] * shape[1] * this.#width);
    for (const ky of range(shape[0])) this.#filterRow(sums, from, weights, ky, lanes);
    sums.forEach((sum, p) => this.#finish(sum, n, y, x.plus(p), channel, lanes));
  }

  #filterRow(
    sums: readonly Variable[],
    from: Index,
    weights: Index,
    ky: number,
    lanes: number,
  ): void {
    const b = this.#b;
    const { input, kernel: shape, stride, dilation } = this.#problem;
    const held = range(shape[1]).map((kx) =>
      b.let(load(at(this.#weights, weights.plus((ky * shape[1] + kx) * this.#width)))),
    );
    const columns = new Map<number, { p: number; kx: number }[]>();
    for (const p of range(sums.length)) {
      for (const kx of range(shape[1])) {
        const column = p * stride[1] + kx * dilation[1];
        columns.set(column, [...(columns.get(column) ?? []), { p, kx }]);
      }
    }
    for (const [column, uses] of [...columns].sort(([a], [c]) => a - c)) {
      const index = from.plus(ky * dilation[0] * input.h + column * input.w);
      const value = b.let(loadChannels(input, at(this.#input, index), lanes, this.#width));
      for (const { p, kx } of uses) b.assign(sums[p], fma(value, held[kx], read(sums[p])));
    }
  }

  #finish(sum: Variable, n: Index, y: Index, x: Index, channel: Index, lanes: number): void {
    const { output, epilogue } = this.#problem;
    const { residual } = epilogue;
    const position = (layout: typeof output): Index =>
      n
        .times(layout.n)
        .plus(y.times(layout.h))
        .plus(x.times(layout.w))
        .plus(channel.times(layout.c));
    const buffer = this.#residual;
    const added =
      residual && buffer
        ? () => loadChannels(residual, at(buffer, position(residual)), lanes, this.#width)
        : undefined;
    const value = finish(this.#b, epilogue, read(sum), added);
    storeChannels(this.#b, output, at(this.#output, position(output)), value, lanes, this.#width);
  }
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

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
