/** Transforms and packs the weights of a Winograd convolution along rows. */
import { evenTiles } from "../../loops/tiles.ts";
import type { ConvolutionProblem } from "../problem.ts";
import { winograd } from "../winograd/matrices.ts";
import { CHANNELS } from "./step.ts";

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
