/** What the steps of a Winograd convolution along rows share: sizes, and the working memory. */
import type { KernelBuilder } from "../../ir/builder.ts";
import type { Buffer, Index, Vector } from "../../ir/ir.ts";
import type { Machine } from "../../machine.ts";
import { type LanePattern, rearrange } from "../../vectors/lanes.ts";
import { type ConvolutionBuffers, convolutionBuffers } from "../buffers.ts";
import type { ConvolutionProblem, ConvolutionShape } from "../problem.ts";
import { type Winograd, winograd } from "../winograd/matrices.ts";
import { type Strips, stripsOf } from "./strips.ts";
import { range } from "../../range.ts";

/** Rows and output channels of a register tile, whose accumulators with their operands fill 15 registers. */
export const ROWS = 2;
export const CHANNELS = 6;

export interface RowsStep {
  readonly b: KernelBuilder;
  readonly problem: ConvolutionProblem;
  readonly width: number;
  readonly form: Winograd;
  readonly strips: Strips;
  /** Along a row. */
  readonly tiles: number;
  readonly buffers: ConvolutionBuffers;
  /** One row of the input: `[column][channel][lane]`. */
  readonly x: Buffer;
  /** Transformed rows: `[row][tile][channel][point][lane]`. */
  readonly v: Buffer;
  /** Sums of products of a register tile: `[channel][row][point][lane]`. */
  readonly m: Buffer;
  /** Some rows of the result: `[row][column][channel][lane]`, rows that are pooled as one. */
  readonly p: Buffer;
}

export function rowsStep(
  b: KernelBuilder,
  problem: ConvolutionProblem,
  outputs: number,
  machine: Machine,
): RowsStep {
  const buffers = convolutionBuffers(b, problem.epilogue);
  const { x, v, m, p } = winogradRowsScratch(problem, outputs, machine);
  return {
    b,
    problem,
    width: machine.vectorWidth,
    form: winograd(outputs, problem.kernel[1]),
    strips: stripsOf(problem, machine, problem.epilogue.pool !== undefined),
    tiles: tilesAlong(problem, outputs),
    buffers,
    x: b.scratch("X", x),
    v: b.scratch("V", v),
    m: b.scratch("M", m),
    p: b.scratch("P", p),
  };
}

/** Tiles of a row. */
export function tilesAlong(
  { outputSize: [, width] }: Pick<ConvolutionShape, "outputSize">,
  outputs: number,
): number {
  return Math.ceil(width / outputs);
}

/** Height and width of the input that whole tiles read. */
export function winogradRowsInputSize(
  { outputSize, kernel: [kh, kw] }: Pick<ConvolutionShape, "outputSize" | "kernel">,
  outputs: number,
): readonly [number, number] {
  return [outputSize[0] + kh - 1, tilesAlong({ outputSize }, outputs) * outputs + kw - 1];
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
  } = problem;
  const points = outputs + kw - 1;
  const [, columns] = winogradRowsInputSize(problem, outputs);
  const tiles = tilesAlong(problem, outputs);
  const { vectorWidth } = machine;
  const { rows } = stripsOf(problem, machine, problem.epilogue.pool !== undefined);
  return {
    x: columns * inChannels * vectorWidth,
    v: (rows + kh - 1) * tiles * inChannels * points * vectorWidth,
    m: CHANNELS * ROWS * points * vectorWidth,
    p: ROWS * tiles * outputs * outChannels * vectorWidth,
  };
}

/** The first element of a tile of a transformed row. */
export function placeInV(
  { problem, form, width, tiles }: RowsStep,
  row: Index,
  tile: Index,
): Index {
  const step = problem.inChannels * form.size * width;
  return row.times(tiles * step).plus(tile.times(step));
}

/** The first channel of a pixel of the rows of the result. */
export function placeInP(
  { problem, form, width, tiles }: RowsStep,
  row: number,
  column: number,
): number {
  return (row * tiles * form.outputs + column) * problem.outChannels * width;
}

/** Lane `i` of every vector becomes vector `i`, for the first `count` lanes. */
export function transposed(
  { b, width }: RowsStep,
  vectors: readonly Vector[],
  count: number,
): readonly Vector[] {
  const patterns = range(count).map((lane): LanePattern =>
    range(width).map((vector) => (vector < vectors.length ? { vector, lane } : undefined)),
  );
  return rearrange(b, vectors, patterns, width);
}
