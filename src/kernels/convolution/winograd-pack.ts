/** Transforms and packs the weights of a Winograd convolution. */
import type { Machine } from "../machine.ts";
import { evenTiles } from "../tiles.ts";
import type { ConvolutionProblem } from "./problem.ts";
import { winograd } from "./winograd-matrices.ts";
import type { WinogradTile } from "./winograd.ts";

/**
 * Weights `[outChannels, inChannels, r, r]` as `U = G g Gᵀ` in the order in which the products
 * read them: group of output channels, point, tile of channels, input channel, channel in the
 * tile. Zeros fill the last vector.
 */
export function packWinograd(
  { inChannels, outChannels, kernel: shape }: ConvolutionProblem,
  tile: WinogradTile,
  { vectorWidth }: Machine,
  weights: ArrayLike<number>,
): Float32Array {
  const { size, taps, filterTransform } = winograd(tile.outputs, shape[0]);
  const points = size * size;
  const vectors = Math.ceil(outChannels / vectorWidth);
  const length = vectors * vectorWidth * points * inChannels;
  // What is fetched ahead of the last panel must be there.
  const behind = tile.prefetch ? 2 * inChannels * tile.vectors * vectorWidth : 0;
  const packed = new Float32Array(length + behind);
  const transform = filterTransform.flat();
  const half = new Float64Array(size * taps);
  /** Writes the points of one filter `step` apart. */
  const put = (from: number, to: number, step: number): void => {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < taps; x++) {
        let sum = 0;
        for (let k = 0; k < taps; k++)
          sum += transform[y * taps + k] * weights[from + k * taps + x];
        half[y * taps + x] = sum;
      }
    }
    for (let point = 0; point < points; point++) {
      const [row, column] = [Math.floor(point / size) * taps, (point % size) * taps];
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += half[row + k] * transform[column + k];
      packed[to + point * step] = sum;
    }
  };
  for (const group of tilesOf(vectors, tile.group)) {
    const groupStart = group.start * vectorWidth * points * inChannels;
    const pointStep = group.size * vectorWidth * inChannels;
    for (const { start, size: tileVectors } of tilesOf(group.size, tile.vectors)) {
      const width = tileVectors * vectorWidth;
      for (let i = 0; i < width; i++) {
        const channel = (group.start + start) * vectorWidth + i;
        if (channel >= outChannels) break;
        for (let c = 0; c < inChannels; c++) {
          const to = groupStart + start * vectorWidth * inChannels + c * width + i;
          put((channel * inChannels + c) * taps * taps, to, pointStep);
        }
      }
    }
  }
  return packed;
}

/** Every tile by itself. */
function tilesOf(extent: number, limit: number): { start: number; size: number }[] {
  return evenTiles(extent, limit).flatMap(({ start, size, count }) =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * size, size })),
  );
}
