/**
 * Convolution by Winograd's minimal filtering along rows, F(m, r) in one dimension, with stride
 * 1. The lanes of a vector are four strips of the batch (images, or rows of one image), so that
 * layers with few channels leave none of them empty. Every row of the input is transformed once;
 * the rows of the kernel and the channels are summed up before transforming back. For few input
 * channels that is less work than filtering in two dimensions, whose transforms are not shared
 * by enough products, and it rounds less.
 */
import { applyActivation } from "../../vectors/activations.ts";
import { type KernelBuilder, kernel } from "../../ir/builder.ts";
import {
  combineWindow,
  finish,
  finishWindow,
  loadChannels,
  storeChannels,
} from "../../vectors/epilogue.ts";
import {
  type Buffer,
  type Index,
  type Kernel,
  type Vector,
  add,
  at,
  constant,
  fma,
  load,
  origin,
  read,
  splat,
} from "../../ir/ir.ts";
import { type LanePattern, loadLanes, rearrange } from "../../vectors/lanes.ts";
import type { Layout } from "../../loops/layout.ts";
import type { Machine } from "../../machine.ts";
import { evenTiles, unrollFactor } from "../../loops/tiles.ts";
import { byColumns, rowGroups, rowsOf } from "../winograd/linear-forms.ts";
import type { ConvolutionProblem, ConvolutionShape } from "../problem.ts";
import { type Strips, stripsOf } from "./strips.ts";
import { type Winograd, winograd } from "../winograd/matrices.ts";

/** Rows and output channels of a register tile, whose accumulators with their operands fill 15 registers. */
export const ROWS = 2;
export const CHANNELS = 6;
/** Steps of a reduction that are written out; one of few more is written out as a whole. */
const UNROLL = 6;
const WRITTEN_OUT = 8;

/** Buffers: input, weights, bias if any, residual if any, output, X, V, M, P. */
export function winogradRows(
  problem: ConvolutionProblem,
  outputs: number,
  machine: Machine,
): Kernel {
  const name = `winograd F(${outputs},${problem.kernel[1]}) along rows`;
  return kernel(name, (b) => new RowsGenerator(b, problem, outputs, machine).generate());
}

/** Height and width of the input that whole tiles read. */
export function winogradRowsInputSize(
  {
    outputSize: [height, width],
    kernel: [kh, kw],
  }: Pick<ConvolutionShape, "outputSize" | "kernel">,
  outputs: number,
): readonly [number, number] {
  return [height + kh - 1, Math.ceil(width / outputs) * outputs + kw - 1];
}

/** Elements of the working memory of a thread. */
export function winogradRowsScratch(
  problem: ConvolutionProblem,
  outputs: number,
  machine: Machine,
): { readonly x: number; readonly v: number; readonly m: number; readonly p: number } {
  const {
    inChannels,
    outChannels,
    kernel: [kh, kw],
    outputSize,
  } = problem;
  const points = outputs + kw - 1;
  const [, columns] = winogradRowsInputSize(problem, outputs);
  const tiles = Math.ceil(outputSize[1] / outputs);
  const { vectorWidth } = machine;
  const { rows } = stripsOf(problem, machine, problem.epilogue.pool !== undefined);
  return {
    x: columns * inChannels * vectorWidth,
    v: (rows + kh - 1) * tiles * inChannels * points * vectorWidth,
    m: CHANNELS * ROWS * points * vectorWidth,
    p: ROWS * tiles * outputs * outChannels * vectorWidth,
  };
}

/**
 * Weights `[outChannels, inChannels, kh, kw]` as `G g` of every row, in the order in which the
 * products read them: tile of output channels, point, kernel row, input channel, channel in the
 * tile.
 */
export function packWinogradRows(
  problem: ConvolutionProblem,
  outputs: number,
  weights: ArrayLike<number>,
): Float32Array {
  const {
    inChannels,
    outChannels,
    kernel: [kh, kw],
  } = problem;
  const { filterTransform } = winograd(outputs, kw);
  const packed = new Float32Array(winogradRowsPackedLength(problem, outputs));
  let next = 0;
  for (const run of evenTiles(outChannels, CHANNELS)) {
    for (let first = run.start; first < run.start + run.count * run.size; first += run.size) {
      for (const row of filterTransform) {
        for (let ky = 0; ky < kh; ky++) {
          for (let c = 0; c < inChannels; c++) {
            for (let k = first; k < first + run.size; k++, next++) {
              const from = ((k * inChannels + c) * kh + ky) * kw;
              packed[next] = row.reduce((sum, g, j) => sum + g * weights[from + j], 0);
            }
          }
        }
      }
    }
  }
  return packed;
}

/** Elements of the packed weights. */
export function winogradRowsPackedLength(
  { inChannels, outChannels, kernel: [kh, kw] }: ConvolutionProblem,
  outputs: number,
): number {
  return (outputs + kw - 1) * kh * inChannels * outChannels;
}

class RowsGenerator {
  readonly #b: KernelBuilder;
  readonly #problem: ConvolutionProblem;
  readonly #width: number;
  readonly #form: Winograd;
  readonly #strips: Strips;
  readonly #tiles: number;
  readonly #input: Buffer;
  readonly #weights: Buffer;
  readonly #bias: Buffer | undefined;
  readonly #residual: Buffer | undefined;
  readonly #output: Buffer;
  /** One row of the input: `[column][channel][lane]`. */
  readonly #x: Buffer;
  /** Transformed rows: `[row][tile][channel][point][lane]`. */
  readonly #v: Buffer;
  /** Sums of products of a register tile: `[channel][row][point][lane]`. */
  readonly #m: Buffer;
  /** Some rows of the result: `[row][column][channel][lane]`, rows that are pooled as one. */
  readonly #p: Buffer;

  constructor(b: KernelBuilder, problem: ConvolutionProblem, outputs: number, machine: Machine) {
    this.#b = b;
    this.#problem = problem;
    this.#width = machine.vectorWidth;
    this.#form = winograd(outputs, problem.kernel[1]);
    this.#strips = stripsOf(problem, machine, problem.epilogue.pool !== undefined);
    this.#tiles = Math.ceil(problem.outputSize[1] / outputs);
    this.#input = b.buffer("input");
    this.#weights = b.buffer("weights");
    this.#bias = problem.epilogue.bias ? b.buffer("bias") : undefined;
    this.#residual = problem.epilogue.residual ? b.buffer("residual") : undefined;
    this.#output = b.buffer("output");
    const { x, v, m, p } = winogradRowsScratch(problem, outputs, machine);
    this.#x = b.scratch("X", x);
    this.#v = b.scratch("V", v);
    this.#m = b.scratch("M", m);
    this.#p = b.scratch("P", p);
  }

  /** Threads share the images of the strips, or the parts of their rows. */
  generate(): void {
    const { count, parts, rows } = this.#strips;
    if (parts === 1) {
      this.#b.parallel("image", count, (image) => this.#part(image, origin));
      return;
    }
    this.#b.parallel("part", parts, (part) =>
      this.#b.loop("image", count, (image) => this.#part(image, part.times(rows))),
    );
  }

  /** Some rows of one image of every strip. */
  #part(image: Index, start: Index): void {
    this.#transformRows(image, start);
    for (const run of evenTiles(this.#strips.rows, ROWS)) {
      this.#b.loop("rows", run.count, (i) => {
        const row = i.times(run.size).plus(run.start);
        this.#everyTile(row, run.size);
        this.#storeRows(image, start.plus(row), run.size);
      });
    }
  }

  /** V = Bᵀ d for every row that these rows of the strips see. */
  #transformRows(image: Index, start: Index): void {
    const b = this.#b;
    const {
      inChannels,
      kernel: [kh],
      input,
    } = this.#problem;
    const { outputs, size, inputTransform } = this.#form;
    b.loop("row", this.#strips.rows + kh - 1, (row) => {
      this.#loadRow(image.times(input.n).plus(start.plus(row).times(input.h)));
      b.loop("tile", this.#tiles, (tile) =>
        b.loop("c", inChannels, (c) => {
          const first = tile
            .times(outputs * inChannels)
            .plus(c)
            .times(this.#width);
          const inputs = range(size).map((k) =>
            b.let(load(at(this.#x, first.plus(k * inChannels * this.#width)))),
          );
          const to = this.#placeInV(row, tile).plus(c.times(size * this.#width));
          for (const points of rowGroups(inputTransform)) {
            const values = rowsOf(b, points, (k) => inputs[k]);
            points.rows.forEach((point, i) =>
              b.store(at(this.#v, to.plus(point * this.#width)), values[i]),
            );
          }
        }),
      );
    });
  }

  /** Brings the same element of all strips into one vector, for every element of a row. */
  #loadRow(from: Index): void {
    const { inChannels, input } = this.#problem;
    const [, columns] = winogradRowsInputSize(this.#problem, this.#form.outputs);
    const alongRow = { count: columns, stride: input.w, to: inChannels };
    const alongChannels = { count: inChannels, stride: input.c, to: 1 };
    // Vectors are loaded along the axis whose elements lie next to each other.
    const [outer, inner] =
      input.w === 1 || inChannels === 1 ? [alongChannels, alongRow] : [alongRow, alongChannels];
    const filled = inner === alongChannels && input.wholeVectors;
    this.#b.loop("i", outer.count, (i) => {
      const start = from.plus(i.times(outer.stride));
      const each = (first: Index, lanes: number): void =>
        this.#transposeIn(
          start.plus(first.times(inner.stride)),
          inner.stride,
          i.times(outer.to).plus(first.times(inner.to)).times(this.#width),
          inner.to * this.#width,
          lanes,
          filled,
        );
      const whole = Math.floor(inner.count / this.#width);
      this.#b.loop("j", whole, (j) => each(j.times(this.#width), this.#width));
      const left = inner.count - whole * this.#width;
      if (left > 0) each(origin.plus(whole * this.#width), left);
    });
  }

  /** Up to a vector of neighbours of each strip becomes as many vectors across the strips. */
  #transposeIn(
    from: Index,
    stride: number,
    to: Index,
    step: number,
    lanes: number,
    filled: boolean,
  ): void {
    const b = this.#b;
    const { input } = this.#problem;
    const loaded = this.#strips.lanes.map(({ image, row }) =>
      b.let(
        loadLanes(b, at(this.#input, from.plus(image * input.n + row * input.h)), {
          stride,
          lanes,
          width: this.#width,
          wholeVectors: filled,
        }),
      ),
    );
    const across = transposed(b, loaded, lanes, this.#width);
    across.forEach((value, i) => b.store(at(this.#x, to.plus(i * step)), value));
  }

  #placeInV(row: Index, tile: Index): Index {
    const step = this.#problem.inChannels * this.#form.size * this.#width;
    return row.times(this.#tiles * step).plus(tile.times(step));
  }

  /** Some rows of the result before they are stored, in tiles of rows and channels. */
  #everyTile(row: Index, rows: number): void {
    const b = this.#b;
    const { outputs } = this.#form;
    const {
      inChannels,
      outChannels,
      kernel: [kh],
    } = this.#problem;
    const perChannel = this.#form.size * kh * inChannels;
    b.loop("tile", this.#tiles, (tile) => {
      for (const run of evenTiles(outChannels, CHANNELS)) {
        b.loop("channels", run.count, (i) => {
          const channel = i.times(run.size).plus(run.start);
          this.#multiply(this.#placeInV(row, tile), channel.times(perChannel), rows, run.size);
          const to = tile
            .times(outputs * outChannels)
            .plus(channel)
            .times(this.#width);
          this.#transformBack(channel, to, rows, run.size);
        });
      }
    });
  }

  /** M[channel][row] = Σ V · U at every point, over the kernel's rows and the input channels. */
  #multiply(v: Index, u: Index, rows: number, channels: number): void {
    const b = this.#b;
    const {
      inChannels,
      kernel: [kh],
    } = this.#problem;
    const { size } = this.#form;
    const rowStep = this.#tiles * inChannels * size * this.#width;
    b.loop("point", size, (point) => {
      const sums = range(channels).map(() => range(rows).map(() => b.variable(constant(0))));
      const from = v.plus(point.times(this.#width));
      const weights = u.plus(point.times(kh * inChannels * channels));
      const accumulate = (held: readonly Vector[], taps: Index): void =>
        sums.forEach((own, k) => {
          const weight = b.let(splat(at(this.#weights, taps.plus(k))));
          own.forEach((sum, r) => b.assign(sum, fma(held[r], weight, read(sum))));
        });
      const loaded = (place: Index): Vector => b.let(load(at(this.#v, place)));
      if (kh * inChannels <= WRITTEN_OUT) {
        for (const c of range(inChannels)) {
          const start = from.plus(c * size * this.#width);
          const held = range(rows - 1).map((r) => loaded(start.plus(r * rowStep)));
          for (const ky of range(kh)) {
            held.push(loaded(start.plus((ky + rows - 1) * rowStep)));
            accumulate(held.slice(ky), weights.plus((ky * inChannels + c) * channels));
          }
        }
      } else {
        b.loop("ky", kh, (ky) =>
          b.unrolled("c", inChannels, unrollFactor(inChannels, UNROLL), (c) => {
            const place = from.plus(ky.times(rowStep)).plus(c.times(size * this.#width));
            const held = range(rows).map((r) => loaded(place.plus(r * rowStep)));
            accumulate(held, weights.plus(ky.times(inChannels).plus(c).times(channels)));
          }),
        );
      }
      sums.forEach((own, k) =>
        own.forEach((sum, r) =>
          b.store(
            at(this.#m, point.times(this.#width).plus((k * rows + r) * size * this.#width)),
            read(sum),
          ),
        ),
      );
    });
  }

  /** Aᵀ m of a tile, the bias and the activation; of rows that are pooled what is left of two. */
  #transformBack(channel: Index, to: Index, rows: number, channels: number): void {
    const b = this.#b;
    const { activation, pool, residual } = this.#problem.epilogue;
    const { size, outputTransform } = this.#form;
    b.loop("k", channels, (k) => {
      const bias = this.#bias && b.let(splat(at(this.#bias, channel.plus(k))));
      const results = range(rows).map((r) => {
        const from = k
          .times(rows)
          .plus(r)
          .times(size * this.#width);
        const sums = range(size).map((point) => {
          const sum = load(at(this.#m, from.plus(point * this.#width)));
          return b.let(bias && point === this.#one ? add(sum, bias) : sum);
        });
        const row = byColumns(b, outputTransform, sums);
        return activation && !residual
          ? row.map((value) => b.let(applyActivation(b, activation, value)))
          : row;
      });
      const [first, second] = results;
      const left = pool
        ? [first.map((value, x) => b.let(combineWindow(pool, [value, second[x]])))]
        : results;
      left.forEach((row, r) =>
        row.forEach((value, x) => {
          const place = to.plus(k.times(this.#width)).plus(this.#placeInP(r, x));
          b.store(at(this.#p, place), value);
        }),
      );
    });
  }

  /** Every row of Aᵀ has a 1 for the point 1, so that what is added there is added to all outputs. */
  get #one(): number {
    const { size, outputTransform } = this.#form;
    return range(size).findIndex((point) => outputTransform.every((row) => row[point] === 1));
  }

  /** Takes the strips apart again. */
  #storeRows(image: Index, row: Index, rows: number): void {
    const b = this.#b;
    const { outChannels, outputSize, epilogue } = this.#problem;
    const [rowsLeft, columns] = epilogue.pool
      ? [1, Math.floor(outputSize[1] / 2)]
      : [rows, outputSize[1]];
    const whole = Math.floor(outChannels / this.#width);
    const left = outChannels - whole * this.#width;
    range(rowsLeft).forEach((r) =>
      b.loop("column", columns, (x) => {
        const each = (c: Index, lanes: number): void =>
          this.#storePixel(image, row, r, x, c, lanes);
        b.loop("c", whole, (c) => each(c.times(this.#width), this.#width));
        if (left > 0) each(origin.plus(whole * this.#width), left);
      }),
    );
  }

  /** Up to a vector of channels of one pixel of every strip. */
  #storePixel(image: Index, row: Index, r: number, x: Index, c: Index, lanes: number): void {
    const b = this.#b;
    const { output, epilogue } = this.#problem;
    const { pool, residual } = epilogue;
    const from = c.times(this.#width);
    const loaded = (lane: number, next: number, columns: number): Vector =>
      load(
        at(
          this.#p,
          from
            .plus(lane * this.#width)
            .plus(x.times(columns * this.#placeInP(0, 1)))
            .plus(this.#placeInP(r, next)),
        ),
      );
    const values = range(lanes).map((lane) =>
      b.let(
        pool
          ? finishWindow(b, pool, combineWindow(pool, [loaded(lane, 0, 2), loaded(lane, 1, 2)]))
          : loaded(lane, 0, 1),
      ),
    );
    const place = (layout: Layout, strip: Strips["lanes"][number], perRow: number): Index =>
      image
        .times(layout.n)
        .plus(row.times(layout.h / perRow))
        .plus(strip.image * layout.n + (strip.row / perRow + r) * layout.h)
        .plus(x.times(layout.w))
        .plus(c.times(layout.c));
    transposed(b, values, this.#width, this.#width).forEach((value, i) => {
      const strip = this.#strips.lanes[i];
      const residualBuffer = this.#residual;
      const result =
        residual && residualBuffer
          ? finish(b, epilogue, value, () =>
              loadChannels(
                residual,
                at(residualBuffer, place(residual, strip, 1)),
                lanes,
                this.#width,
              ),
            )
          : value;
      const to = at(this.#output, place(output, strip, pool ? 2 : 1));
      storeChannels(b, output, to, result, lanes, this.#width);
    });
  }

  #placeInP(row: number, column: number): number {
    const { outChannels } = this.#problem;
    return (row * this.#tiles * this.#form.outputs + column) * outChannels * this.#width;
  }
}

/** Lane `i` of every vector becomes vector `i`, for the first `count` lanes. */
function transposed(
  b: KernelBuilder,
  vectors: readonly Vector[],
  count: number,
  width: number,
): readonly Vector[] {
  const patterns = range(count).map((lane): LanePattern =>
    range(width).map((vector) => (vector < vectors.length ? { vector, lane } : undefined)),
  );
  return rearrange(b, vectors, patterns, width);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
