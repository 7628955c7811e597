/** Transforms and packs the weights of a Winograd convolution. */
import type { Machine } from "../machine.ts";
import { evenTiles } from "../tiles.ts";
import type { ConvolutionProblem } from "./problem.ts";
import { type Matrix, winograd } from "./winograd-matrices.ts";
import type { WinogradTile } from "./winograd.ts";

/**
 * Weights `[outChannels, inChannels, r, r]` as `U = G g Gᵀ` in the order in which the products
 * read them: group of output channels, point, tile of channels, input channel, channel in the
 * tile. Zeros fill the last vector.
 */
export function packWinograd(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { inChannels, outChannels, kernel: shape } = problem;
  const { vectorWidth } = machine;
  const { size, taps, filterTransform } = winograd(tile.outputs, shape[0]);
  const points = size * size;
  const vectors = Math.ceil(outChannels / vectorWidth);
  const packed = new Float32Array(winogradPackedLength(problem, tile, machine));
  for (const group of tilesOf(vectors, tile.group)) {
    const groupStart = group.start * vectorWidth * points * inChannels;
    const pointStep = group.size * vectorWidth * inChannels;
    for (const { start, size: tileVectors } of tilesOf(group.size, tile.vectors)) {
      const width = tileVectors * vectorWidth;
      const first = (group.start + start) * vectorWidth;
      const filters = new FilterBlock(filterTransform, taps, width);
      for (let c = 0; c < inChannels; c++) {
        for (let i = 0; i < width && first + i < outChannels; i++) {
          filters.read(weights, ((first + i) * inChannels + c) * taps * taps, i);
        }
        const to = groupStart + start * vectorWidth * inChannels + c * width;
        filters.transform(packed, to, pointStep);
      }
    }
  }
  return packed;
}

/** Elements of the packed weights, with those that are fetched ahead of the last panel. */
export function winogradPackedLength(
  { inChannels, outChannels, kernel: [taps] }: ConvolutionProblem,
  { outputs, vectors, prefetch }: WinogradTile,
  { vectorWidth }: Machine,
): number {
  const perChannel = Math.ceil(outChannels / vectorWidth) * (outputs + taps - 1) ** 2;
  return (perChannel + (prefetch ? 2 * vectors : 0)) * vectorWidth * inChannels;
}

/** Some filters side by side, so that what is read and written together lies together. */
class FilterBlock {
  /** `[size, taps]`, row-major */
  readonly #matrix: Float64Array;
  readonly #size: number;
  readonly #taps: number;
  readonly #width: number;
  /** [tap row, tap column, filter] */
  readonly #filters: Float64Array;
  /** `G g`: [point row, tap column, filter] */
  readonly #half: Float64Array;

  constructor(matrix: Matrix, taps: number, width: number) {
    this.#matrix = Float64Array.from(matrix.flat());
    this.#size = matrix.length;
    this.#taps = taps;
    this.#width = width;
    this.#filters = new Float64Array(taps * taps * width);
    this.#half = new Float64Array(matrix.length * taps * width);
  }

  read(weights: ArrayLike<number>, from: number, filter: number): void {
    const taps = this.#taps * this.#taps;
    for (let tap = 0; tap < taps; tap++) {
      this.#filters[tap * this.#width + filter] = weights[from + tap];
    }
  }

  /** Writes the points `step` apart. */
  transform(packed: Float32Array, to: number, step: number): void {
    const [size, taps, width] = [this.#size, this.#taps, this.#width];
    const line = taps * width;
    for (let y = 0; y < size; y++)
      combine(this.#matrix, y * taps, taps, this.#filters, 0, line, this.#half, y * line);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        combine(
          this.#matrix,
          x * taps,
          taps,
          this.#half,
          y * line,
          width,
          packed,
          to + (y * size + x) * step,
        );
      }
    }
  }
}

/** `into = Σ coefficients[k] · lines[k]` for `taps` lines of `length` elements behind one another. */
function combine(
  coefficients: Float64Array,
  row: number,
  taps: number,
  lines: Float64Array,
  from: number,
  length: number,
  into: Float64Array | Float32Array,
  to: number,
): void {
  if (taps === 3) {
    const [a, b, c] = [coefficients[row], coefficients[row + 1], coefficients[row + 2]];
    for (let i = 0; i < length; i++) {
      const at = from + i;
      into[to + i] = a * lines[at] + b * lines[at + length] + c * lines[at + 2 * length];
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += coefficients[row + k] * lines[from + k * length + i];
    into[to + i] = sum;
  }
}

/** Every tile by itself. */
function tilesOf(extent: number, limit: number): { start: number; size: number }[] {
  return evenTiles(extent, limit).flatMap(({ start, size, count }) =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * size, size })),
  );
}
