/** The weights of a direct convolution in the order in which its kernel reads them. */
import { evenTiles } from "../../loops/tiles.ts";
import type { Machine } from "../../machine.ts";
import type { ConvolutionProblem } from "../problem.ts";
import { reductionOf, weightOrder } from "../reduction.ts";
import type { DirectTile } from "./tile.ts";

/**
 * Weights `[outChannels, inChannels / groups, kh, kw]` in the order in which the kernel reads
 * them: by group, tile or vector of channels, step of the reduction, channel in these; the last
 * vector of a group is filled up with zeros.
 */
export function packDirect(
  problem: ConvolutionProblem,
  tile: DirectTile,
  machine: Machine,
  weights: Float32Array,
): Float32Array {
  const { groups, outChannels } = problem;
  const width = machine.vectorWidth;
  const perGroup = outChannels / groups;
  const vectors = Math.ceil(perGroup / width);
  const order = weightOrder(problem);
  const packed = new Float32Array(packedLength(problem, machine));
  let next = 0;
  for (let group = 0; group < groups; group++) {
    for (const run of evenTiles(vectors, tile.order === "by step" ? tile.vectors : 1)) {
      for (let i = 0; i < run.count; i++) {
        const first = (run.start + i * run.size) * width;
        const channels = Math.min(run.size * width, perGroup - first);
        const filters = (group * perGroup + first) * order.length;
        const into = packed.subarray(next, (next += run.size * width * order.length));
        packChannels(weights.subarray(filters), channels, order, into);
      }
    }
  }
  return packed;
}

/**
 * Neighbouring channels side by side. By itself, so that engines compile it while a network's first
 * weights are packed.
 */
function packChannels(
  filters: Float32Array,
  channels: number,
  order: Int32Array,
  packed: Float32Array,
): void {
  const pitch = packed.length / order.length;
  for (let k = 0; k < order.length; k++) {
    for (let c = 0; c < channels; c++) {
      packed[k * pitch + c] = filters[c * order.length + order[k]];
    }
  }
}

/** Elements of the packed weights. */
export function packedLength(problem: ConvolutionProblem, { vectorWidth }: Machine): number {
  const { groups, outChannels } = problem;
  const vectors = Math.ceil(outChannels / groups / vectorWidth);
  return groups * vectors * vectorWidth * reductionOf(problem).length;
}
