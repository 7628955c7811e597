/** The weights of a convolution: packed in advance, or by kernels where that keeps them small. */
import type { Node } from "../../graph/graph.ts";
import { plainLength } from "../../kernels/convolution/expansion.ts";
import type { ConvolutionProblem } from "../../kernels/convolution/problem.ts";
import type { ConvolutionChoice } from "../convolution-problem.ts";
import type { Place, PlainWeights } from "../plan.ts";
import { type Lowering, floatsOf } from "./lowering.ts";

/** Bytes that must be saved: the kernels are a few kilobytes of code in every form of a module. */
const WORTH_CODE = 64 * 1024;
const BYTES = 4;

/** A convolution of which it is known how it is computed. */
interface Convolution {
  readonly problem: ConvolutionProblem;
  readonly choice: ConvolutionChoice;
  /** Brings the node's weights into the order `[out, in / groups, kh, kw]`, if need be. */
  readonly order?: (weights: Float32Array) => Float32Array;
}

export function convolutionWeights(
  node: Node,
  { problem, choice, order }: Convolution,
  lowering: Lowering,
): Place {
  const elements = choice.packedLength(problem);
  const expansion = lowering.expansionOf(choice);
  const saved = (elements - plainLength(expansion)) * BYTES;
  if (expansion.length > 0 && saved >= WORTH_CODE) {
    const { weight } = node.weights;
    const source: PlainWeights = (weights) =>
      order === undefined ? weights(weight) : arrayReader(order(floatsOf(weights(weight))));
    return { buffer: lowering.draft.expandedWeights(elements, source, expansion), offset: 0 };
  }
  const pack = (weights: Float32Array): Float32Array =>
    choice.pack(problem, order?.(weights) ?? weights);
  return lowering.weightsFor(node, "weight", pack, elements);
}

function arrayReader(data: Float32Array): ReturnType<PlainWeights> {
  return { read: (from, into) => into.set(data.subarray(from, from + into.length)) };
}
