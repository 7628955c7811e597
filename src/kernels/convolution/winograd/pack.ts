/** Transforms and packs the weights of a Winograd convolution. */
import type { Kernel } from "../../ir/ir.ts";
import type { Machine } from "../../machine.ts";
import { evenTiles } from "../../loops/tiles.ts";
import type { Expansion, ExpansionPart } from "../expansion.ts";
import type { ConvolutionProblem, ConvolutionShape } from "../problem.ts";
import { type PlaneClass, type Tiling, productsOf, tilingOf } from "./blocks.ts";
import { winogradFilters } from "./filters.ts";
import type { Matrix } from "./matrices.ts";
import type { WinogradTile } from "./winograd.ts";
import { range } from "../../range.ts";

/**
 * Weights `[outChannels, inChannels / groups, kh, kw]` as `U = G g Gᵀ` in the order in which the
 * products read them: group, run of output channels, point, tile of channels, phase of the
 * stride, input channel, channel in the tile. Zeros fill the last vector of a group.
 */
export function packWinograd(
  problem: ConvolutionProblem,
  tile: WinogradTile,
  machine: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { groups } = problem;
  const { vectorWidth } = machine;
  const [inChannels, outChannels] = [problem.inChannels / groups, problem.outChannels / groups];
  const tiling = tilingOf(problem, tile.outputs);
  const vectors = Math.ceil(outChannels / vectorWidth);
  const perVector = productsOf(tiling) * inChannels * vectorWidth;
  const packed = new Float32Array(winogradPackedLength(problem, tile, machine));
  const phases = phasesOf(problem, tiling);
  for (let group = 0; group < groups; group++) {
    for (const run of tilesOf(vectors, tile.group)) {
      const runStart = (group * vectors + run.start) * perVector;
      for (const { start, size: tileVectors } of tilesOf(run.size, tile.vectors)) {
        const width = tileVectors * vectorWidth;
        const first = (run.start + start) * vectorWidth;
        const filters = new FilterBlock(tiling, width);
        for (const phase of phases) {
          const offsets = pointOffsets(tiling, phase, {
            panel: run.size * vectorWidth * inChannels,
            inPanel: start * vectorWidth * inChannels,
            line: width * inChannels,
          });
          for (let c = 0; c < inChannels; c++) {
            for (let i = 0; i < width && first + i < outChannels; i++) {
              const filter = (group * outChannels + first + i) * inChannels + c;
              filters.read(weights, filter * problem.kernel[0] * problem.kernel[1], phase.taps, i);
            }
            filters.transform(packed, runStart + c * width, offsets);
          }
        }
      }
    }
  }
  return packed;
}

/** The same by a kernel for each panel: a tile of output channels with all their input channels. */
export function winogradExpansion(
  shape: ConvolutionShape,
  tile: WinogradTile,
  machine: Machine,
): Expansion {
  const { groups, kernel } = shape;
  const { vectorWidth } = machine;
  const [inChannels, outChannels] = [shape.inChannels / groups, shape.outChannels / groups];
  const tiling = tilingOf(shape, tile.outputs);
  const vectors = Math.ceil(outChannels / vectorWidth);
  const perVector = productsOf(tiling) * inChannels * vectorWidth;
  const phases = phasesOf(shape, tiling);
  const kernels = new Map<string, Kernel>();
  return range(groups).flatMap((group) =>
    tilesOf(vectors, tile.group).flatMap((run) =>
      tilesOf(run.size, tile.vectors).map(({ start, size }): ExpansionPart => {
        const own = Math.min(size * vectorWidth, outChannels - (run.start + start) * vectorWidth);
        const key = [run.size, start, own].join(" ");
        const sizes = {
          panel: run.size * vectorWidth * inChannels,
          inPanel: start * vectorWidth * inChannels,
          line: size * vectorWidth * inChannels,
        };
        const filters =
          kernels.get(key) ??
          winogradFilters(
            {
              inChannels,
              outChannels: own,
              filterLength: kernel[0] * kernel[1],
              rows: tiling.rows.form.filterTransform,
              columns: tiling.columns.form.filterTransform,
              phases: phases.map((phase) => ({
                taps: Array.from(phase.taps),
                offsets: Array.from(pointOffsets(tiling, phase, sizes)),
              })),
            },
            machine,
          );
        kernels.set(key, filters);
        return {
          kernel: filters,
          elements: own * inChannels * kernel[0] * kernel[1],
          to: (group * vectors + run.start) * perVector,
        };
      }),
    ),
  );
}

/** Elements of the packed weights. */
export function winogradPackedLength(
  { inChannels, outChannels, groups, ...shape }: ConvolutionShape,
  { outputs }: WinogradTile,
  { vectorWidth }: Machine,
): number {
  const vectors = Math.ceil(outChannels / groups / vectorWidth);
  return vectors * vectorWidth * inChannels * productsOf(tilingOf(shape, outputs));
}

/** A phase of the stride along both axes. */
interface Phase {
  readonly row: number;
  readonly column: number;
  /** Where its taps stand in the filter, `[taps, taps]`; -1 behind the last. */
  readonly taps: Int32Array;
}

function phasesOf(
  { kernel: [height, width], stride }: ConvolutionShape,
  { rows, columns }: Tiling,
): readonly Phase[] {
  return range(rows.phases).flatMap((row) =>
    range(columns.phases).map((column): Phase => {
      const taps = range(rows.form.taps).flatMap((i) =>
        range(columns.form.taps).map((k) => {
          const [y, x] = [row + i * stride[0], column + k * stride[1]];
          return y < height && x < width ? y * width + x : -1;
        }),
      );
      return { row, column, taps: Int32Array.from(taps) };
    }),
  );
}

/** Elements of the weights of some vectors of output channels, in one product. */
interface Sizes {
  /** From point to point, for one phase. */
  readonly panel: number;
  /** From the start of a panel to a tile of channels, for one phase. */
  readonly inPanel: number;
  /** From phase to phase. */
  readonly line: number;
}

/** Where each point of a phase goes, `[points, points]`; -1 where it has no product. */
function pointOffsets(
  { rows, columns, classes }: Tiling,
  phase: Phase,
  { panel, inPanel, line }: Sizes,
): Int32Array {
  const width = columns.form.size;
  const offsets = new Int32Array(rows.form.size * width).fill(-1);
  let start = 0;
  for (const of of classes) {
    const [y, x] = [of.rows, of.columns];
    if (phase.row < y.phases && phase.column < x.phases) {
      const inPoint = inPanel * of.phases + (phase.row * x.phases + phase.column) * line;
      for (let point = 0; point < of.points; point++) {
        const at = (y.start + Math.floor(point / x.count)) * width + x.start + (point % x.count);
        offsets[at] = start + point * panel * of.phases + inPoint;
      }
    }
    start += elementsOf(of, panel);
  }
  return offsets;
}

function elementsOf({ points, phases }: PlaneClass, panel: number): number {
  return points * phases * panel;
}

/** Some filters side by side, so that what is read and written together lies together. */
class FilterBlock {
  readonly #rows: Transform;
  readonly #columns: Transform;
  readonly #width: number;
  /** [tap row, tap column, filter] */
  readonly #filters: Float64Array;
  /** `G g`: [point row, tap column, filter] */
  readonly #half: Float64Array;

  constructor({ rows, columns }: Tiling, width: number) {
    this.#rows = transformOf(rows.form.filterTransform);
    this.#columns = transformOf(columns.form.filterTransform);
    this.#width = width;
    this.#filters = new Float64Array(this.#rows.taps * this.#columns.taps * width);
    this.#half = new Float64Array(this.#rows.size * this.#columns.taps * width);
  }

  /** @param taps where they stand behind `from` */
  read(weights: ArrayLike<number>, from: number, taps: Int32Array, filter: number): void {
    for (let tap = 0; tap < taps.length; tap++) {
      const value = taps[tap] < 0 ? 0 : weights[from + taps[tap]];
      this.#filters[tap * this.#width + filter] = value;
    }
  }

  /** Writes the points to these places behind `to`. */
  transform(packed: Float32Array, to: number, offsets: Int32Array): void {
    const [rows, columns, width] = [this.#rows, this.#columns, this.#width];
    const line = columns.taps * width;
    for (let y = 0; y < rows.size; y++) {
      const filters = { values: this.#filters, from: 0, length: line };
      combine(rows, y, filters, this.#half, y * line);
    }
    for (let y = 0; y < rows.size; y++) {
      for (let x = 0; x < columns.size; x++) {
        const offset = offsets[y * columns.size + x];
        const half = { values: this.#half, from: y * line, length: width };
        if (offset >= 0) combine(columns, x, half, packed, to + offset);
      }
    }
  }
}

/** A matrix `[size, taps]`, row-major. */
interface Transform {
  readonly matrix: Float64Array;
  readonly size: number;
  readonly taps: number;
}

function transformOf(matrix: Matrix): Transform {
  const taps = matrix[0].length;
  return { matrix: Float64Array.from(matrix.flat()), size: matrix.length, taps };
}

/** Lines of some elements, one behind the other. */
interface FilterLines {
  readonly values: Float64Array;
  readonly from: number;
  readonly length: number;
}

/** `into = Σ matrix[row, k] · lines[k]`. */
function combine(
  { matrix, taps }: Transform,
  row: number,
  { values, from, length }: FilterLines,
  into: Float64Array | Float32Array,
  to: number,
): void {
  const first = row * taps;
  if (taps === 3) {
    const [a, b, c] = [matrix[first], matrix[first + 1], matrix[first + 2]];
    for (let i = 0; i < length; i++) {
      const at = from + i;
      into[to + i] = a * values[at] + b * values[at + length] + c * values[at + 2 * length];
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += matrix[first + k] * values[from + k * length + i];
    into[to + i] = sum;
  }
}

/** Every tile by itself. */
function tilesOf(extent: number, limit: number): { start: number; size: number }[] {
  return evenTiles(extent, limit).flatMap(({ start, size, count }) =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * size, size })),
  );
}
