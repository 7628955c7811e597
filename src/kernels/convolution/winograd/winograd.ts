/**
 * Convolution by Winograd's minimal filtering F(m×m, r×r), with strides, dilations and groups.
 * A block of tiles is transformed, multiplied with the transformed weights as one matrix product
 * for each point, and transformed back with the epilogue, while all of it is in the cache:
 * `V[point][tile][phase][inChannel]` in the second level, `M[point][tile][channels]` of a few
 * vectors of output channels in the first.
 */
import { type KernelBuilder, kernel } from "../../ir/builder.ts";
import { type Buffer, type Index, type Kernel, origin } from "../../ir/ir.ts";
import type { Machine } from "../../machine.ts";
import type { LoopKind } from "../../loops/nest.ts";
import { type Run, evenTiles } from "../../loops/tiles.ts";
import { type ConvolutionBuffers, convolutionBuffers } from "../buffers.ts";
import type { ConvolutionProblem, ConvolutionShape } from "../problem.ts";
import { readPixels } from "./axis.ts";
import { BLOCK_AXES, type Block, type Tiling, blocksOf, productsOf, tilingOf } from "./blocks.ts";
import { transformInputs } from "./input.ts";
import { transformOutput } from "./output.ts";
import { type PlaneLayout, planesOf } from "./planes.ts";
import { multiply } from "./product.ts";
import { type BlockIndex, type Box, everyTile } from "./walk.ts";

export interface WinogradTile {
  /** Outputs of a tile along one axis: 2 to 6. */
  readonly outputs: number;
  /** Tiles that are transformed before they are multiplied. */
  readonly block: number;
  /** Tiles and vectors of output channels of a register tile of the product. */
  readonly pixels: number;
  readonly vectors: number;
  /** Vectors of output channels that are multiplied before they are transformed back. */
  readonly group: number;
  readonly unroll: number;
  /** Whether each panel of weights is fetched while the one before it is used. */
  readonly prefetch: boolean;
  /** What the threads share out: groups, blocks of tiles, or the channels within a block. */
  readonly share: "groups" | "tiles" | "channels";
}

/**
 * Buffers: input, weights, bias if any, residual if any, output, V, M. The input must be
 * readable and finite up to `winogradInputSize`.
 */
export function winogradConvolution(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
): Kernel {
  const { rows, columns } = tilingOf(problem, tile.outputs);
  const outputs = [rows, columns].map(({ form }) => form.outputs).join("x");
  const name = `winograd F(${outputs},${problem.kernel.join("x")})`;
  return kernel(name, (b) => new WinogradGenerator(b, problem, tile, machine).generate());
}

/** Height and width of the input that the tiles read. */
export function winogradInputSize(
  geometry: Pick<ConvolutionShape, "kernel" | "stride" | "dilation" | "outputSize">,
): readonly [number, number] {
  return [readPixels(geometry, 0), readPixels(geometry, 1)];
}

/** Elements of V and M. */
export function winogradScratch(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
): { readonly v: number; readonly m: number } {
  const tiling = tilingOf(problem, tile.outputs);
  const pitches = pitchesOf(problem, tile, machine);
  let [v, m] = [0, 0];
  for (const block of blocksOf(tiling, tile.block)) {
    v = Math.max(v, layoutOfV(block, tiling, pitches.phase).elements);
    m = Math.max(m, layoutOfM(block, tiling, pitches.group).elements);
  }
  return { v, m };
}

/** Elements of one phase of a tile in V, and of a tile in M at most. */
function pitchesOf(
  { inChannels, groups }: ConvolutionShape,
  tile: WinogradTile,
  { vectorWidth }: Machine,
): { readonly phase: number; readonly group: number } {
  const phase = Math.ceil(inChannels / groups / vectorWidth) * vectorWidth;
  return { phase, group: tile.group * vectorWidth };
}

function layoutOfV(block: Block, tiling: Tiling, phasePitch: number): PlaneLayout {
  return planesOf(block, tiling, ({ phases }) => phases * phasePitch);
}

function layoutOfM(block: Block, tiling: Tiling, pitch: number): PlaneLayout {
  return planesOf(block, tiling, () => pitch);
}

class WinogradGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #tile: WinogradTile;
  readonly #tiling: Tiling;
  readonly #width: number;
  readonly #phasePitch: number;
  readonly #buffers: ConvolutionBuffers;
  readonly #v: Buffer;
  readonly #m: Buffer;

  constructor(b: KernelBuilder, problem: ConvolutionProblem, tile: WinogradTile, machine: Machine) {
    this.#b = b;
    this.#problem = problem;
    this.#tile = tile;
    this.#tiling = tilingOf(problem, tile.outputs);
    this.#width = machine.vectorWidth;
    this.#phasePitch = pitchesOf(problem, tile, machine).phase;
    this.#buffers = convolutionBuffers(b, problem.epilogue);
    const { v, m } = winogradScratch(problem, tile, machine);
    this.#v = tile.share === "channels" ? b.buffer("V") : b.scratch("V", v);
    this.#m = b.scratch("M", m);
  }

  generate(): void {
    const b = this.#b;
    const { groups } = this.#problem;
    const blocks = blocksOf(this.#tiling, this.#tile.block);
    switch (this.#tile.share) {
      case "groups":
        return b.parallel("group", groups, (group) => {
          for (const block of blocks) this.#eachBox("loop", group, block);
        });
      case "tiles":
        for (const block of blocks) this.#eachBox("parallel", origin, block);
        return;
      case "channels":
        for (const block of blocks) this.#eachBoxInPhases(block);
    }
  }

  /** Threads take boxes or groups; each goes through all three steps by itself. */
  #eachBox(outermost: LoopKind, group: Index, block: Block): void {
    const slowest = BLOCK_AXES.find((axis) => block[axis].count > 1) ?? BLOCK_AXES[0];
    const box = (depth: number, index: BlockIndex): void => {
      const axis = BLOCK_AXES.at(depth);
      if (axis === undefined) {
        this.#transformInputs("loop", group, this.#box(block, index));
        this.#products("loop", group, this.#box(block, index));
        return;
      }
      const loop = axis === slowest ? outermost : "loop";
      this.#b[loop](axis, block[axis].count, (i) => box(depth + 1, { ...index, [axis]: i }));
    };
    box(0, FIRST);
  }

  /** All threads work on one box and wait for each other between the steps. */
  #eachBoxInPhases(block: Block): void {
    const box = (depth: number, index: BlockIndex): void => {
      const axis = BLOCK_AXES.at(depth);
      if (axis === undefined) {
        this.#transformInputs("parallel", origin, this.#box(block, index));
        this.#b.barrier();
        this.#products("parallel", origin, this.#box(block, index));
        this.#b.barrier();
        return;
      }
      for (let i = 0; i < block[axis].count; i++) {
        box(depth + 1, { ...index, [axis]: origin.plus(i) });
      }
    };
    box(0, FIRST);
  }

  #box(block: Block, index: BlockIndex): Box {
    return { tiling: this.#tiling, block, index };
  }

  #transformInputs(loop: LoopKind, group: Index, box: Box): void {
    const step = {
      b: this.#b,
      problem: this.#problem,
      tiling: this.#tiling,
      width: this.#width,
      input: this.#buffers.input,
      v: this.#v,
    };
    const planes = layoutOfV(box.block, this.#tiling, this.#phasePitch);
    transformInputs(step, { group, box, planes }, loop);
  }

  /** For every run of output channels: M = V · U at every point, then Aᵀ m A. */
  #products(loop: LoopKind, group: Index, box: Box): void {
    const b = this.#b;
    const width = this.#width;
    const { groups, outChannels } = this.#problem;
    const perGroup = outChannels / groups;
    const vectors = Math.ceil(perGroup / width);
    const lastLanes = perGroup - (vectors - 1) * width;
    const each = (run: Run, i: Index, lanes: number): void =>
      this.#channelRun(group, box, {
        first: i.times(run.size).plus(run.start).times(width),
        vectors: run.size,
        lastLanes: lanes,
      });
    const runs = evenTiles(vectors, this.#tile.group);
    runs.forEach((run, r) => {
      const peel = r === runs.length - 1 && lastLanes < width ? 1 : 0;
      b[loop]("channels", run.count - peel, (i) => each(run, i, width));
      if (peel === 0) return;
      const final = origin.plus(run.count - 1);
      b[loop]("channels", 1, () => each(run, final, lastLanes));
    });
  }

  #channelRun(group: Index, box: Box, { first, vectors, lastLanes }: ChannelRun): void {
    const b = this.#b;
    const width = this.#width;
    const inChannels = this.#problem.inChannels / this.#problem.groups;
    const outChannels = this.#problem.outChannels / this.#problem.groups;
    const v = layoutOfV(box.block, this.#tiling, this.#phasePitch);
    const m = layoutOfM(box.block, this.#tiling, vectors * width);
    const perChannel = productsOf(this.#tiling) * inChannels;
    const filled = Math.ceil(outChannels / width) * width;
    const { pixels, vectors: tileVectors, unroll, prefetch } = this.#tile;
    const step = {
      b,
      width,
      pixels,
      vectors: tileVectors,
      unroll,
      prefetch,
      channels: inChannels,
      phasePitch: this.#phasePitch,
      v: this.#v,
      weights: this.#buffers.weights,
      m: this.#m,
    };
    const weights = group.times(filled).plus(first).times(perChannel);
    multiply(step, { v, m, weights, vectors });
    const output = {
      b,
      problem: this.#problem,
      tiling: this.#tiling,
      width,
      m: this.#m,
      bias: this.#buffers.bias,
      residual: this.#buffers.residual,
      output: this.#buffers.output,
    };
    everyTile(b, box, true, (tile) => {
      const transform = (vector: Index, lanes: number): void => {
        const inTile = vector.times(width);
        const channel = group.times(outChannels).plus(first).plus(inTile);
        transformOutput(output, tile, { first: channel, lanes, inTile }, m);
      };
      const whole = lastLanes === width ? vectors : vectors - 1;
      b.loop("vector", whole, (vector) => transform(vector, width));
      if (whole < vectors) transform(origin.plus(whole), lastLanes);
    });
  }
}

/** Vectors of output channels of a group that are multiplied together. */
interface ChannelRun {
  readonly first: Index;
  readonly vectors: number;
  /** Lanes of the last vector that are channels. */
  readonly lastLanes: number;
}

const FIRST: BlockIndex = {
  images: origin,
  gridRows: origin,
  gridColumns: origin,
  rows: origin,
  columns: origin,
};
