/**
 * The passes in their order. Each keeps what the graph computes in inference; the verifier
 * looks at the graph that each has changed, so that a mistake shows where it was made.
 */
import { verify } from "../analysis/verify.ts";
import type { Graph } from "../graph/graph.ts";
import { dropIdentities } from "./drop-identities.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldNormalize } from "./fold-normalize.ts";
import { fuseEpilogues } from "./fuse-epilogues.ts";
import { mergeEqual } from "./merge-equal.ts";
import { mergePads } from "./merge-pads.ts";
import type { Pass } from "./pass.ts";
import { poolEarly } from "./pool-early.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";

export const passes: readonly Pass[] = [
  removeDeadNodes,
  dropIdentities,
  foldConstants,
  mergeEqual,
  foldBatchNorm,
  foldNormalize,
  mergePads,
  poolEarly,
  fuseEpilogues,
];

/** How far to optimise, and who watches. */
export interface OptimizeOptions {
  /** Name of the last pass to run; all unless given. */
  readonly stopAfter?: string;
  /** Sees the graph after each pass. */
  readonly observe?: (pass: Pass, graph: Graph) => void;
}

/** The graph after the passes. Its weights are made from the old ones by `deriveWeights`. */
export function optimize(graph: Graph, { stopAfter, observe }: OptimizeOptions = {}): Graph {
  let optimized = graph;
  for (const pass of passes) {
    const changed = pass.run(optimized);
    if (changed !== optimized) verify(changed);
    optimized = changed;
    observe?.(pass, optimized);
    if (pass.name === stopAfter) break;
  }
  return optimized;
}
