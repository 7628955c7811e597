/** What a pass is: a named step from graph to graph that keeps what the graph computes. */
import type { Graph } from "../graph/graph.ts";

export interface Pass {
  /** For `--stop-after`: `fold-batch-norm`. */
  readonly name: string;
  /** One sentence for `cnn plan --help` and the documents. */
  readonly summary: string;
  run(graph: Graph): Graph;
}
