/** What a pass is: a named step from graph to graph that keeps what the graph computes. */
import type { Graph } from "../graph/graph.ts";

/** One step of optimisation: it computes the same in fewer or cheaper layers. */
export interface Pass {
  /** For `--stop-after`: `fold-batch-norm`. */
  readonly name: string;
  /** One sentence for `cnn plan --help` and the documents. */
  readonly summary: string;
  run(graph: Graph): Graph;
}
