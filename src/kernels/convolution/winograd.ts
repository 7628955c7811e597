/**
 * Convolution by Winograd's minimal filtering F(m×m, r×r) with stride 1. A block of tiles is
 * transformed, multiplied with the transformed weights as one matrix product for each of the
 * (m + r - 1)² points, and transformed back with the epilogue, while all of it is in the
 * cache: `V[point][tile][inChannel]` in the second level, `M[point][tile][channels]` of one
 * tile of output channels in the first.
 */
import { type KernelBuilder, kernel } from "../builder.ts";
import { finish, loadChannels, storeChannels } from "../epilogue.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "../ir.ts";
import type { Machine } from "../machine.ts";
import { type Run, evenTiles, unrollFactor } from "../tiles.ts";
import { byColumns, byRows } from "./linear-forms.ts";
import type { ConvolutionProblem } from "./problem.ts";
import { type Winograd, winograd } from "./winograd-matrices.ts";

export interface WinogradTile {
  /** Outputs of a tile along one axis: 2 or 4. */
  readonly outputs: number;
  /** Tiles that are transformed before they are multiplied. */
  readonly block: number;
  /** Tiles and vectors of output channels of a register tile of the product. */
  readonly pixels: number;
  readonly vectors: number;
  readonly unroll: number;
  /** What the threads share out: blocks of tiles, or the channels within a block. */
  readonly share: "tiles" | "channels";
}

/** Elements between the planes of V and M, so that they do not fall into the same cache set. */
const SKEW = 16;

/**
 * Buffers: input, weights, bias if any, residual if any, output, V, M. The input must be
 * readable and finite up to `winogradInputSize`.
 */
export function winogradConvolution(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
): Kernel {
  const [taps] = problem.kernel;
  const name = `winograd F(${tile.outputs}x${tile.outputs},${taps}x${taps})`;
  return kernel(name, (b) => new WinogradGenerator(b, problem, tile, machine).generate());
}

/** Height and width of the input that whole tiles read. */
export function winogradInputSize(
  { outputSize, kernel: [taps] }: Pick<ConvolutionProblem, "outputSize" | "kernel">,
  outputs: number,
): readonly [number, number] {
  const extent = (size: number): number => Math.ceil(size / outputs) * outputs + taps - 1;
  return [extent(outputSize[0]), extent(outputSize[1])];
}

/** Elements of V and M. */
export function winogradScratch(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
): { readonly v: number; readonly m: number } {
  const { size } = winograd(tile.outputs, problem.kernel[0]);
  const tiles = blocksOf(problem, tile).reduce((most, block) => Math.max(most, block.tiles), 0);
  const pitch = Math.ceil(problem.inChannels / machine.vectorWidth) * machine.vectorWidth;
  return {
    v: size * size * (tiles * pitch + SKEW),
    m: size * size * (tiles * tile.vectors * machine.vectorWidth + SKEW),
  };
}

/** Part of the tiles of one axis; the last may reach over the end of the map. */
interface TileRun extends Run {
  readonly lastPartial: boolean;
}

/** Boxes of tiles that are treated alike, one after the other. */
interface Block {
  readonly images: Run;
  readonly rows: TileRun;
  readonly columns: TileRun;
  readonly tiles: number;
}

/** Cuts the tiles of all images into boxes of at most `block` tiles. */
function blocksOf(problem: ConvolutionProblem, { outputs, block }: WinogradTile): Block[] {
  const [oh, ow] = problem.outputSize;
  const [th, tw] = [Math.ceil(oh / outputs), Math.ceil(ow / outputs)];
  const perBlock = (below: number): number => Math.max(1, Math.floor(block / below));
  const images = evenTiles(problem.batch, perBlock(th * tw));
  const rows = withPartial(evenTiles(th, perBlock(tw)), oh % outputs !== 0);
  const columns = withPartial(evenTiles(tw, perBlock(1)), ow % outputs !== 0);
  return images.flatMap((i) =>
    rows.flatMap((r) =>
      columns.map((c) => ({
        images: i,
        rows: r,
        columns: c,
        tiles: i.size * r.size * c.size,
      })),
    ),
  );
}

/** Sets the last tile of an axis apart where it is partial and the runs repeat. */
function withPartial(runs: readonly Run[], partial: boolean): TileRun[] {
  return runs.flatMap((run, i) => {
    if (!partial || i < runs.length - 1) return [{ ...run, lastPartial: false }];
    const last = { start: run.start + (run.count - 1) * run.size, size: run.size, count: 1 };
    const before = { ...run, count: run.count - 1, lastPartial: false };
    return [...(before.count > 0 ? [before] : []), { ...last, lastPartial: true }];
  });
}

/** A tile's place in its block and in the tensors. */
interface TilePosition {
  readonly number: Index;
  readonly input: Index;
  readonly output: Index;
  readonly residual: Index;
  /** Rows and columns of outputs that lie in the map. */
  readonly rows: number;
  readonly columns: number;
}

class WinogradGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #tile: WinogradTile;
  readonly #width: number;
  readonly #form: Winograd;
  readonly #inPitch: number;
  readonly #input: Buffer;
  readonly #weights: Buffer;
  readonly #bias: Buffer | undefined;
  readonly #residual: Buffer | undefined;
  readonly #output: Buffer;
  readonly #v: Buffer;
  readonly #m: Buffer;

  constructor(b: KernelBuilder, problem: ConvolutionProblem, tile: WinogradTile, machine: Machine) {
    this.#b = b;
    this.#problem = problem;
    this.#tile = tile;
    this.#width = machine.vectorWidth;
    this.#form = winograd(tile.outputs, problem.kernel[0]);
    this.#inPitch = Math.ceil(problem.inChannels / this.#width) * this.#width;
    this.#input = b.buffer("input");
    this.#weights = b.buffer("weights");
    this.#bias = problem.epilogue.bias ? b.buffer("bias") : undefined;
    this.#residual = problem.epilogue.residual ? b.buffer("residual") : undefined;
    this.#output = b.buffer("output");
    const { v, m } = winogradScratch(problem, tile, machine);
    this.#v = tile.share === "channels" ? b.buffer("V") : b.scratch("V", v);
    this.#m = b.scratch("M", m);
  }

  generate(): void {
    const blocks = blocksOf(this.#problem, this.#tile);
    for (const block of blocks) {
      if (this.#tile.share === "channels") this.#eachBoxInPhases(block);
      else this.#eachBox(block);
    }
  }

  /** Threads take boxes; each goes through all three steps by itself. */
  #eachBox(block: Block): void {
    const b = this.#b;
    const { images, rows, columns } = block;
    const inner = (image: Index, row: Index): void =>
      b.loop("columnBlock", columns.count, (column) => {
        this.#transformInputs("loop", block, image, row, column);
        this.#products("loop", block, image, row, column);
      });
    if (images.count > 1) {
      b.parallel("imageBlock", images.count, (image) =>
        b.loop("rowBlock", rows.count, (row) => inner(image, row)),
      );
    } else b.parallel("rowBlock", rows.count, (row) => inner(origin, row));
  }

  /** All threads work on one box and wait for each other between the steps. */
  #eachBoxInPhases(block: Block): void {
    const { images, rows, columns } = block;
    for (let image = 0; image < images.count; image++) {
      for (let row = 0; row < rows.count; row++) {
        for (let column = 0; column < columns.count; column++) {
          const box = [origin.plus(image), origin.plus(row), origin.plus(column)] as const;
          this.#transformInputs("parallel", block, ...box);
          this.#b.barrier();
          this.#products("parallel", block, ...box);
          this.#b.barrier();
        }
      }
    }
  }

  /** V[point][tile][c] = Bᵀ d B for every tile and vector of input channels. */
  #transformInputs(
    loop: "loop" | "parallel",
    block: Block,
    image: Index,
    row: Index,
    column: Index,
  ): void {
    const b = this.#b;
    const { inChannels, input } = this.#problem;
    const { size, inputTransform } = this.#form;
    const plane = this.#planeOfV(block);
    const each = (c: Index, lanes: number): void =>
      this.#everyTile(block, image, row, column, "uncut", (tile) => {
        const from = (y: number, x: number): Vector => {
          const index = tile.input.plus(c).plus(y * input.h + x * input.w);
          return loadChannels(input, at(this.#input, index), lanes, this.#width);
        };
        const columns = range(size).map((x) =>
          byRows(
            b,
            inputTransform,
            range(size).map((y) => b.let(from(y, x))),
          ),
        );
        const to = tile.number.times(this.#inPitch).plus(c);
        for (const y of range(size)) {
          const points = byRows(
            b,
            inputTransform,
            columns.map((values) => values[y]),
          );
          points.forEach((value, x) =>
            b.store(at(this.#v, to.plus((y * size + x) * plane)), value),
          );
        }
      });
    const whole = Math.floor(inChannels / this.#width);
    b[loop]("c", whole, (c) => each(c.times(this.#width), this.#width));
    const left = inChannels - whole * this.#width;
    if (left === 0) return;
    if (loop === "parallel") {
      b.parallel("c", 1, () => each(origin.plus(whole * this.#width), left));
    } else each(origin.plus(whole * this.#width), left);
  }

  /** For every tile of output channels: M = V · U at every point, then Aᵀ m A. */
  #products(
    loop: "loop" | "parallel",
    block: Block,
    image: Index,
    row: Index,
    column: Index,
  ): void {
    const b = this.#b;
    const { inChannels, outChannels } = this.#problem;
    const vectors = Math.ceil(outChannels / this.#width);
    const lastLanes = outChannels - (vectors - 1) * this.#width;
    const points = this.#form.size ** 2;
    const each = (run: Run, i: Index, lanes: number): void => {
      const channel = i.times(run.size).plus(run.start).times(this.#width);
      const weights = channel.times(points * inChannels);
      this.#multiply(block, weights, run.size);
      this.#everyTile(block, image, row, column, "cut", (tile) => {
        for (const v of range(run.size)) {
          const last = v === run.size - 1 ? lanes : this.#width;
          this.#transformOutput(block, tile, channel.plus(v * this.#width), v, run.size, last);
        }
      });
    };
    const runs = evenTiles(vectors, this.#tile.vectors);
    runs.forEach((run, r) => {
      const peel = r === runs.length - 1 && lastLanes < this.#width ? 1 : 0;
      b[loop]("channels", run.count - peel, (i) => each(run, i, this.#width));
      if (peel === 0) return;
      const final = origin.plus(run.count - 1);
      if (loop === "parallel") b.parallel("channels", 1, () => each(run, final, lastLanes));
      else each(run, final, lastLanes);
    });
  }

  /** M[point][tile][channels] = Σ_c V[point][tile][c] · U[point][c][channels]. */
  #multiply(block: Block, weights: Index, vectors: number): void {
    const b = this.#b;
    const { inChannels } = this.#problem;
    const step = vectors * this.#width;
    b.loop("point", this.#form.size ** 2, (point) => {
      for (const run of evenTiles(block.tiles, this.#tile.pixels)) {
        b.loop("tiles", run.count, (i) => {
          const tile = i.times(run.size).plus(run.start);
          const sums = range(run.size).map(() => range(vectors).map(() => b.variable(constant(0))));
          const from = point.times(this.#planeOfV(block)).plus(tile.times(this.#inPitch));
          const u = weights.plus(point.times(inChannels * step));
          b.unrolled("c", inChannels, unrollFactor(inChannels, this.#tile.unroll), (c) => {
            const held = range(vectors).map((v) =>
              b.let(load(at(this.#weights, u.plus(c.times(step)).plus(v * this.#width)))),
            );
            sums.forEach((row, p) => {
              const x = b.let(splat(at(this.#v, from.plus(c).plus(p * this.#inPitch))));
              row.forEach((sum, v) => b.assign(sum, fma(x, held[v], read(sum))));
            });
          });
          const to = point.times(this.#planeOfM(block, vectors)).plus(tile.times(step));
          sums.forEach((row, p) =>
            row.forEach((sum, v) =>
              b.store(at(this.#m, to.plus(p * step + v * this.#width)), read(sum)),
            ),
          );
        });
      }
    });
  }

  /** Aᵀ m A of one tile and one vector of output channels, and the epilogue. */
  #transformOutput(
    block: Block,
    tile: TilePosition,
    channel: Index,
    v: number,
    vectors: number,
    lanes: number,
  ): void {
    const b = this.#b;
    const { output, epilogue } = this.#problem;
    const { residual } = epilogue;
    const { size, outputTransform } = this.#form;
    const plane = this.#planeOfM(block, vectors);
    const from = tile.number.times(vectors * this.#width).plus(v * this.#width);
    const columns = range(size).map((x) =>
      byColumns(
        b,
        outputTransform.slice(0, tile.rows),
        range(size).map((y) => b.let(load(at(this.#m, from.plus((y * size + x) * plane))))),
      ),
    );
    const bias = this.#bias ? b.let(load(at(this.#bias, channel))) : undefined;
    for (const y of range(tile.rows)) {
      const row = byColumns(
        b,
        outputTransform.slice(0, tile.columns),
        columns.map((values) => values[y]),
      );
      row.forEach((value, x) => {
        const sum = bias ? b.let({ op: "add", left: value, right: bias }) : value;
        const residualBuffer = this.#residual;
        const added =
          residual && residualBuffer
            ? () => {
                const index = tile.residual
                  .plus(channel.times(residual.c))
                  .plus(y * residual.h + x * residual.w);
                return loadChannels(residual, at(residualBuffer, index), lanes, this.#width);
              }
            : undefined;
        const index = tile.output.plus(channel.times(output.c)).plus(y * output.h + x * output.w);
        const result = finish(b, epilogue, sum, added);
        storeChannels(b, output, at(this.#output, index), result, lanes, this.#width);
      });
    }
  }

  /** Walks over the tiles of a box; where outputs are cut, partial tiles stand apart. */
  #everyTile(
    block: Block,
    image: Index,
    rowBlock: Index,
    columnBlock: Index,
    kind: "cut" | "uncut",
    body: (tile: TilePosition) => void,
  ): void {
    const b = this.#b;
    const { input, output, outputSize, epilogue } = this.#problem;
    const { residual } = epilogue;
    const { outputs } = this.#tile;
    const left = (axis: 0 | 1): number => outputSize[axis] % outputs;
    b.loop("image", block.images.size, (n) =>
      this.#along("row", block.rows, kind === "cut" ? left(0) : 0, (y, rows) =>
        this.#along("column", block.columns, kind === "cut" ? left(1) : 0, (x, columns) => {
          const where = {
            n: image.times(block.images.size).plus(block.images.start).plus(n),
            y: rowBlock.times(block.rows.size).plus(block.rows.start).plus(y),
            x: columnBlock.times(block.columns.size).plus(block.columns.start).plus(x),
          };
          const position = (layout: { n: number; h: number; w: number }): Index =>
            where.n
              .times(layout.n)
              .plus(where.y.times(outputs * layout.h))
              .plus(where.x.times(outputs * layout.w));
          body({
            number: n
              .times(block.rows.size * block.columns.size)
              .plus(y.times(block.columns.size))
              .plus(x),
            input: position(input),
            output: position(output),
            residual: residual ? position(residual) : origin,
            rows,
            columns,
          });
        }),
      ),
    );
  }

  /** The tiles of one axis, with the number of outputs that lie in the map. */
  #along(
    name: string,
    run: TileRun,
    left: number,
    body: (index: Index, outputs: number) => void,
  ): void {
    const peel = run.lastPartial && left > 0 ? 1 : 0;
    this.#b.loop(name, run.size - peel, (i) => body(i, this.#tile.outputs));
    if (peel === 1) body(origin.plus(run.size - 1), left);
  }

  #planeOfV(block: Block): number {
    return block.tiles * this.#inPitch + SKEW;
  }

  #planeOfM(block: Block, vectors: number): number {
    return block.tiles * vectors * this.#width + SKEW;
  }
}

/**
 * Weights `[outChannels, inChannels, r, r]` as `U = G g Gᵀ` in the order in which the products
 * read them: tile of output channels, point, input channel, output channel in the tile.
 */
export function packWinograd(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { inChannels, outChannels, kernel: shape } = problem;
  const { size, taps, filterTransform } = winograd(tile.outputs, shape[0]);
  const width = machine.vectorWidth;
  const vectors = Math.ceil(outChannels / width);
  const packed = new Float32Array(vectors * width * size * size * inChannels);
  const half = new Float64Array(size * taps);
  for (const run of evenTiles(vectors, tile.vectors)) {
    const step = run.size * width;
    for (let i = 0; i < run.count; i++) {
      const first = (run.start + i * run.size) * width;
      const panel = first * size * size * inChannels;
      for (let oc = first; oc < Math.min(first + step, outChannels); oc++) {
        for (let c = 0; c < inChannels; c++) {
          const g = (oc * inChannels + c) * taps * taps;
          for (let y = 0; y < size; y++) {
            for (let x = 0; x < taps; x++) {
              let sum = 0;
              for (let k = 0; k < taps; k++) {
                sum += filterTransform[y][k] * weights[g + k * taps + x];
              }
              half[y * taps + x] = sum;
            }
          }
          for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) {
              let sum = 0;
              for (let k = 0; k < taps; k++) sum += half[y * taps + k] * filterTransform[x][k];
              const point = y * size + x;
              packed[panel + (point * inChannels + c) * step + oc - first] = sum;
            }
          }
        }
      }
    }
  }
  return packed;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
