/** The weights of a convolution: packed in advance, or by kernels where that keeps them small. */
import type { Node } from "../../graph/graph.ts";
import { plainLength } from "../../kernels/convolution/expansion.ts";
import type { ConvolutionProblem } from "../../kernels/convolution/problem.ts";
import type { ConvolutionChoice } from "../convolution-problem.ts";
import type { Place } from "../plan.ts";
import type { Lowering } from "./lowering.ts";

/** Bytes that must be saved: the kernels are a few kilobytes of code in every form of a module. */
const WORTH_CODE = 64 * 1024;
const BYTES = 4;

/** @param plain the node's weights in the order `[out, in / groups, kh, kw]` of the problem */
export function convolutionWeights(
  node: Node,
  problem: ConvolutionProblem,
  choice: ConvolutionChoice,
  lowering: Lowering,
  plain: (weights: Float32Array) => Float32Array = (weights) => weights,
): Place {
  const elements = choice.packedLength(problem);
  const key = [choice.algorithm, problem];
  const expansion = lowering.expansions.of(key, () => choice.expansion(problem));
  const saved = (elements - plainLength(expansion)) * BYTES;
  if (expansion.length > 0 && saved >= WORTH_CODE) {
    return lowering.weightsFor(node, "weight", plain, elements, expansion);
  }
  const pack = (weights: Float32Array): Float32Array => choice.pack(problem, plain(weights));
  return lowering.weightsFor(node, "weight", pack, elements);
}
