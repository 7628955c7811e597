/**
 * A 1×1 convolution and the depthwise one behind it in one kernel, as mobile networks have
 * them: some vectors of channels of the map between them are computed for many rows and used
 * at once, so that this map, the largest of the network, never leaves the caches.
 */
import { type KernelBuilder, kernel } from "../ir/builder.ts";
import { type Buffer, type Index, type Kernel, at, constant, origin } from "../ir/ir.ts";
import { type Layout, channelsLast } from "../loops/layout.ts";
import type { LoopKind } from "../loops/nest.ts";
import type { Machine } from "../machine.ts";
import { type Axis, type Run, evenTiles, joinAxes } from "../loops/tiles.ts";
import type { ConvolutionBuffers } from "./buffers.ts";
import { DepthwiseGenerator, depthwiseTile } from "./depthwise.ts";
import { DirectGenerator } from "./direct/direct.ts";
import type { ChannelTile } from "./direct/register-tile.ts";
import { type DirectTile, directTile } from "./direct/tile.ts";
import { type ConvolutionProblem, paddedInputSize } from "./problem.ts";

export interface ExpandDepthwiseProblem {
  /** 1×1 with stride 1. */
  readonly expand: Omit<ConvolutionProblem, "output">;
  readonly depthwise: Omit<ConvolutionProblem, "input">;
  /** Zeros above and left of the map between the two; those below and right follow. */
  readonly padding: { readonly top: number; readonly left: number };
}

/**
 * Buffers: input, weights of the 1×1 convolution, its bias if any, weights of the depthwise
 * one, its bias if any, residual if any, output, rows between (of each thread).
 */
export function expandDepthwise(problem: ExpandDepthwiseProblem, machine: Machine): Kernel {
  const tiling = expandDepthwiseTiling(problem, machine);
  const { tile, depthwise } = tiling;
  const { pixels } = depthwiseTile(depthwise, machine);
  const name = `direct ${tile.pixels}x${tile.vectors * machine.vectorWidth}, depthwise ${pixels}`;
  return kernel(name, (b) => new Generator(b, problem, tiling, machine).generate());
}

/** Of the second-level cache, for the input of a band and the rows between. */
const BAND_SHARE = 1;
const BYTES = 4;

/** How the work is cut. */
export interface ExpandDepthwiseTiling {
  /** Of the 1×1 convolution, which decides how its weights are packed. */
  readonly tile: DirectTile;
  /** Of the rows between: without gaps, for as many channels as a tile has. */
  readonly between: Layout;
  /** Both convolutions, with these rows as output and as input. */
  readonly expand: ConvolutionProblem;
  readonly depthwise: ConvolutionProblem;
  readonly bands: readonly Band[];
  /** Elements of the rows between. */
  readonly scratch: number;
  /** The share of rows that are computed twice, since two bands read them. */
  readonly repeated: number;
}

/** Output rows that have the same rows of zeros above and below what they read. */
interface Band extends Run {
  readonly above: number;
  readonly below: number;
}

export function expandDepthwiseTiling(
  problem: ExpandDepthwiseProblem,
  machine: Machine,
): ExpandDepthwiseTiling {
  const { expand } = problem;
  const [height, width] = expand.outputSize;
  const { vectorWidth } = machine;
  const layoutOf = (pitch: number): Layout =>
    channelsLast([1, pitch, height, width], { pitch, vectorWidth });
  const vectors = Math.ceil(expand.outChannels / machine.vectorWidth);
  const whole = layoutOf(vectors * machine.vectorWidth);
  const tile = directTile({ ...expand, output: whole }, machine);
  const between = layoutOf(Math.min(vectors, tile.vectors) * machine.vectorWidth);
  const bands = bandsOf(problem, between.w, machine);
  const read = bands.map((band) => rowsFor(band.size, problem));
  const own = bands.reduce(
    (sum, { count, above, below }, i) => sum + count * (read[i] - above - below),
    0,
  );
  return {
    tile,
    between,
    expand: { ...expand, output: between },
    depthwise: { ...problem.depthwise, input: between },
    bands,
    scratch: Math.max(...read) * between.h,
    repeated: own / height - 1,
  };
}

/** Rows between that so many output rows read. */
function rowsFor(outputs: number, { depthwise }: ExpandDepthwiseProblem): number {
  return paddedInputSize({ ...depthwise, outputSize: [outputs, 1] })[0];
}

function bandsOf(
  problem: ExpandDepthwiseProblem,
  pitch: number,
  machine: Machine,
): readonly Band[] {
  const { expand, depthwise, padding } = problem;
  const [height, width] = expand.outputSize;
  const bytes = depthwise.stride[0] * width * (expand.inChannels + pitch) * BYTES;
  const limit = Math.max(1, Math.floor((machine.caches.l2 * BAND_SHARE) / bytes));
  const bands: Band[] = [];
  for (const { start, size, count } of evenTiles(depthwise.outputSize[0], limit)) {
    const rows = rowsFor(size, problem);
    for (let i = 0; i < count; i++) {
      const first = (start + i * size) * depthwise.stride[0] - padding.top;
      const above = Math.min(rows, Math.max(0, -first));
      const below = Math.min(rows - above, Math.max(0, first + rows - height));
      const last = bands.at(-1);
      if (last && last.size === size && last.above === above && last.below === below) {
        bands[bands.length - 1] = { ...last, count: last.count + 1 };
      } else bands.push({ start: start + i * size, size, count: 1, above, below });
    }
  }
  return bands;
}

class Generator {
  readonly #b: KernelBuilder;
  readonly #problem: ExpandDepthwiseProblem;
  readonly #tiling: ExpandDepthwiseTiling;
  readonly #width: number;
  readonly #expand: DirectGenerator;
  readonly #depthwise: DepthwiseGenerator;
  readonly #between: Buffer;

  constructor(
    b: KernelBuilder,
    problem: ExpandDepthwiseProblem,
    tiling: ExpandDepthwiseTiling,
    machine: Machine,
  ) {
    const { expand, depthwise, tile, scratch } = tiling;
    const input = b.buffer("input");
    const first = weightBuffers(b, expand);
    const second = weightBuffers(b, depthwise);
    const residual = depthwise.epilogue.residual ? b.buffer("residual") : undefined;
    const output = b.buffer("output");
    this.#between = b.scratch("between", scratch);
    this.#b = b;
    this.#problem = problem;
    this.#tiling = tiling;
    this.#width = machine.vectorWidth;
    this.#expand = new DirectGenerator(b, {
      problem: expand,
      tile,
      machine,
      buffers: { ...first, input, residual: undefined, output: this.#between },
    });
    this.#depthwise = new DepthwiseGenerator(b, {
      problem: depthwise,
      tile: depthwiseTile(depthwise, machine),
      machine,
      buffers: { ...second, input: this.#between, residual, output },
      columns: { padding: problem.padding.left, width: expand.outputSize[1] },
    });
  }

  /** Threads share images or bands where there are several, and channels where there is one. */
  generate(): void {
    const b = this.#b;
    const { batch } = this.#problem.expand;
    const { bands } = this.#tiling;
    if (batch > 1) {
      b.parallel("image", batch, (n) => {
        for (const band of bands) {
          b.loop("band", band.count, (i) => this.#band("loop", n, band, i));
        }
      });
      return;
    }
    for (const band of bands) {
      if (band.count === 1) this.#band("parallel", origin, band, origin);
      else b.parallel("band", band.count, (i) => this.#band("loop", origin, band, i));
    }
  }

  #band(loop: LoopKind, n: Index, band: Band, i: Index): void {
    const { depthwise, padding, expand } = this.#problem;
    const { between } = this.#tiling;
    const { residual } = depthwise.epilogue;
    const first = i.times(band.size).plus(band.start);
    const rows = rowsFor(band.size, this.#problem);
    const own = rows - band.above - band.below;
    const from = first.times(depthwise.stride[0]).plus(band.above - padding.top);
    const input = n.times(expand.input.n).plus(from.times(expand.input.h));
    const pixels = this.#pixelsOf(own);
    this.#expand.channelTiles(loop, (channels) => {
      this.#zeroRows(0, band.above, channels);
      this.#zeroRows(band.above + own, band.below, channels);
      if (own > 0) {
        // The rows between begin with the first channel of the tile.
        const to = channels.channel.times(-1).plus(band.above * between.h);
        const start = { input, output: to, residual: origin };
        this.#expand.rows(pixels, start, channels);
      }
      this.#b.loop("row", band.size, (y) => {
        const along = (layout: Layout): Index =>
          n.times(layout.n).plus(first.plus(y).times(layout.h));
        const place = {
          input: y.times(depthwise.stride[0] * between.h).plus(-padding.left * between.w),
          output: along(depthwise.output),
          residual: residual ? along(residual) : origin,
        };
        this.#depthwise.row(place, channels);
      });
    });
  }

  /** The pixels of so many rows, as axes from the input to the rows between. */
  #pixelsOf(rows: number): readonly Axis[] {
    const { input, outputSize } = this.#problem.expand;
    const { between } = this.#tiling;
    const joined = joinAxes([
      { extent: rows, strides: [input.h, between.h, 0] },
      { extent: outputSize[1], strides: [input.w, between.w, 0] },
    ]);
    return joined.length > 0 ? joined : [{ extent: 1, strides: [0, 0, 0] }];
  }

  #zeroRows(from: number, count: number, { vectors }: ChannelTile): void {
    const { between } = this.#tiling;
    const pixels = (count * between.h) / between.w;
    this.#b.loop("zero", pixels, (pixel) => {
      for (let v = 0; v < vectors; v++) {
        const to = pixel.times(between.w).plus(from * between.h + v * this.#width);
        this.#b.store(at(this.#between, to), constant(0));
      }
    });
  }
}

function weightBuffers(
  b: KernelBuilder,
  { epilogue }: Pick<ConvolutionProblem, "epilogue">,
): Pick<ConvolutionBuffers, "weights" | "bias"> {
  return {
    weights: b.buffer("weights"),
    bias: epilogue.bias ? b.buffer("bias") : undefined,
  };
}
