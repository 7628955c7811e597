/** Which tiles Winograd along rows takes, and what they are estimated to cost. */
import { coldCycles, fetchCycles } from "../cost.ts";
import type { Machine } from "../../machine.ts";
import { evenTiles } from "../../loops/tiles.ts";
import type { ConvolutionShape } from "../problem.ts";
import { CHANNELS, ROWS, tilesAlong, winogradRowsInputSize } from "./step.ts";
import { stripsOf } from "./strips.ts";

/** Points of a tile at most; with more rounding errors grow. */
const MOST_POINTS = 9;
/** Cycles for a vector of the input, and for one of the output, beside their transforms. */
const LOAD = 2;
const STORE = 2;
/** To start and end a register tile. */
const BESIDE = 7;

export function winogradRowsApplies(shape: ConvolutionShape): boolean {
  const { groups, stride, dilation, kernel } = shape;
  const plain = groups === 1 && [...stride, ...dilation].every((n) => n === 1);
  return plain && kernel[1] > 1 && candidates(shape).length > 0;
}

/** The outputs of a tile with the lowest estimate. */
export function winogradRowsTile(
  shape: ConvolutionShape,
  machine: Machine,
): { readonly outputs: number; readonly cycles: number } {
  return candidates(shape)
    .map((outputs) => ({ outputs, cycles: cyclesOf(shape, outputs, machine) }))
    .reduce((best, tile) => (tile.cycles < best.cycles ? tile : best));
}

/** From two outputs on, since one saves nothing. */
function candidates({ kernel, outputSize }: ConvolutionShape): readonly number[] {
  const most = Math.min(MOST_POINTS - kernel[1] + 1, outputSize[1]);
  return Array.from({ length: Math.max(0, most - 1) }, (_, i) => i + 2);
}

function pointsOf({ kernel }: ConvolutionShape, outputs: number): number {
  return outputs + kernel[1] - 1;
}

function cyclesOf(shape: ConvolutionShape, outputs: number, machine: Machine): number {
  const { inChannels, outChannels, kernel, outputSize } = shape;
  const points = pointsOf(shape, outputs);
  const tiles = tilesAlong(shape, outputs);
  // As on one thread, so that any number of threads computes the same.
  const { count, rows } = stripsOf(shape, { ...machine, threads: 1 }, false);
  const inputRows = (rows + kernel[0] - 1) * inChannels;
  const [, columns] = winogradRowsInputSize(shape, outputs);
  const perTile = evenTiles(outChannels, CHANNELS).reduce((sum, { size, count: times }) => {
    const step = Math.max((ROWS * size) / machine.fmaPerCycle, machine.fmaLatency);
    return sum + times * points * (kernel[0] * inChannels * step + BESIDE);
  }, 0);
  const each =
    inputRows * (columns * LOAD + tiles * inputTransform(points)) +
    Math.ceil(rows / ROWS) * tiles * perTile +
    rows * outChannels * (tiles * outputTransform(outputs, points) + outputSize[1] * STORE);
  const transformed = inputRows * tiles * points * machine.vectorWidth;
  const weights = points * kernel[0] * inChannels * outChannels;
  const fetched =
    fetchCycles(transformed * Math.ceil(outChannels / CHANNELS), transformed, machine) +
    fetchCycles(weights * Math.ceil(rows / ROWS) * tiles, weights, machine);
  return count * (each + fetched) + coldCycles(weights, machine);
}

/** Half of the entries of the matrix, which pairs of points share, at two operations a cycle. */
function inputTransform(points: number): number {
  return points + points ** 2 / 4;
}

function outputTransform(outputs: number, points: number): number {
  return points / 2 + (outputs * points) / 4;
}

/** How many times as many multiplications the definition takes. */
export function winogradRowsSaving(shape: ConvolutionShape, outputs: number): number {
  return (outputs * shape.kernel[1]) / pointsOf(shape, outputs);
}
