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
import { byColumns, rowGroups, rowsOf } from "./linear-forms.ts";
import type { ConvolutionProblem } from "./problem.ts";
import { type Block, type TileRun, blocksOf } from "./winograd-blocks.ts";
import { type Winograd, winograd } from "./winograd-matrices.ts";

export interface WinogradTile {
  /** Outputs of a tile along one axis: 2 or 4. */
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
    m: size * size * (tiles * tile.group * machine.vectorWidth + SKEW),
  };
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

/** A tile of the matrix product at one point. */
interface RegisterTile {
  readonly tiles: number;
  readonly vectors: number;
  /** Where it starts in V, in the weights and in M. */
  readonly v: Index;
  readonly u: Index;
  readonly m: Index;
  /** Elements of M from tile to tile. */
  readonly groupWidth: number;
  /** The part of the next panel of weights to fetch meanwhile, and how much of it a step. */
  readonly next: { readonly start: Index; readonly step: number };
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
    const groups = rowGroups(inputTransform);
    const each = (c: Index, lanes: number): void =>
      this.#everyTile(block, image, row, column, "uncut", (tile) => {
        const from = (y: number, x: number): Vector => {
          const index = tile.input.plus(c).plus(y * input.h + x * input.w);
          return loadChannels(input, at(this.#input, index), lanes, this.#width);
        };
        const to = tile.number.times(this.#inPitch).plus(c);
        // A group of rows at a time, so that what is live stays in registers.
        for (const rows of groups) {
          const columns = range(size).map((x) =>
            rowsOf(b, inputTransform, rows, (y) => from(y, x)),
          );
          rows.forEach((y, i) => {
            for (const points of groups) {
              const values = rowsOf(b, inputTransform, points, (x) => columns[x][i]);
              points.forEach((x, k) =>
                b.store(at(this.#v, to.plus((y * size + x) * plane)), values[k]),
              );
            }
          });
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

  /** For every group of output channels: M = V · U at every point, then Aᵀ m A. */
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
    const each = (group: Run, i: Index, lanes: number): void => {
      const channel = i.times(group.size).plus(group.start).times(this.#width);
      this.#multiply(block, channel.times(points * inChannels), group.size);
      this.#everyTile(block, image, row, column, "cut", (tile) => {
        const whole = lanes === this.#width ? group.size : group.size - 1;
        b.loop("vector", whole, (v) =>
          this.#transformOutput(block, tile, channel, v, group.size, this.#width),
        );
        if (whole < group.size) {
          this.#transformOutput(block, tile, channel, origin.plus(whole), group.size, lanes);
        }
      });
    };
    const groups = evenTiles(vectors, this.#tile.group);
    groups.forEach((group, g) => {
      const peel = g === groups.length - 1 && lastLanes < this.#width ? 1 : 0;
      b[loop]("channels", group.count - peel, (i) => each(group, i, this.#width));
      if (peel === 0) return;
      const final = origin.plus(group.count - 1);
      if (loop === "parallel") b.parallel("channels", 1, () => each(group, final, lastLanes));
      else each(group, final, lastLanes);
    });
  }

  /** M[point][tile][channels] = Σ_c V[point][tile][c] · U[point][c][channels]. */
  #multiply(block: Block, weights: Index, groupVectors: number): void {
    const b = this.#b;
    const { inChannels } = this.#problem;
    const groupWidth = groupVectors * this.#width;
    b.loop("point", this.#form.size ** 2, (point) => {
      const v = point.times(this.#planeOfV(block));
      const u = weights.plus(point.times(inChannels * groupWidth));
      const m = point.times(this.#planeOfM(block, groupVectors));
      for (const channels of evenTiles(groupVectors, this.#tile.vectors)) {
        const step = channels.size * this.#width;
        const share = Math.ceil((inChannels * step) / block.tiles);
        b.loop("vectors", channels.count, (i) => {
          const first = i.times(channels.size).plus(channels.start).times(this.#width);
          for (const tiles of evenTiles(block.tiles, this.#tile.pixels)) {
            b.loop("tiles", tiles.count, (j) => {
              const tile = j.times(tiles.size).plus(tiles.start);
              const panel = u.plus(first.times(inChannels));
              this.#registerTile({
                tiles: tiles.size,
                vectors: channels.size,
                v: v.plus(tile.times(this.#inPitch)),
                u: panel,
                m: m.plus(tile.times(groupWidth)).plus(first),
                groupWidth,
                next: {
                  start: panel.plus(inChannels * step).plus(tile.times(share)),
                  step: Math.ceil((tiles.size * step) / block.tiles),
                },
              });
            });
          }
        });
      }
    });
  }

  #registerTile({ tiles, vectors, v, u, m, groupWidth, next }: RegisterTile): void {
    const b = this.#b;
    const { inChannels } = this.#problem;
    const step = vectors * this.#width;
    const sums = range(tiles).map(() => range(vectors).map(() => b.variable(constant(0))));
    const multiplyAdd = (c: Index): void => {
      const held = range(vectors).map((k) =>
        b.let(load(at(this.#weights, u.plus(c.times(step)).plus(k * this.#width)))),
      );
      sums.forEach((row, p) => {
        const x = b.let(splat(at(this.#v, v.plus(c).plus(p * this.#inPitch))));
        row.forEach((sum, k) => b.assign(sum, fma(x, held[k], read(sum))));
      });
    };
    const unroll = unrollFactor(inChannels, this.#tile.unroll);
    b.unrolled("c", inChannels, unroll, multiplyAdd, (c) => {
      if (!this.#tile.prefetch) return;
      b.prefetch(at(this.#weights, next.start.plus(c.times(next.step))));
    });
    sums.forEach((row, p) =>
      row.forEach((sum, k) =>
        b.store(at(this.#m, m.plus(p * groupWidth + k * this.#width)), read(sum)),
      ),
    );
  }

  /** Aᵀ m A of one tile and one vector of output channels, and the epilogue. */
  #transformOutput(
    block: Block,
    tile: TilePosition,
    groupChannel: Index,
    vector: Index,
    groupVectors: number,
    lanes: number,
  ): void {
    const b = this.#b;
    const { output, epilogue } = this.#problem;
    const { residual } = epilogue;
    const { size, outputTransform } = this.#form;
    const plane = this.#planeOfM(block, groupVectors);
    const inGroup = vector.times(this.#width);
    const channel = groupChannel.plus(inGroup);
    const from = tile.number.times(groupVectors * this.#width).plus(inGroup);
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

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
