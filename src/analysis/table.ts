/**
 * `src/analysis` holds what is computed about a whole graph by asking each node's layer:
 * invariants, sizes, receptive fields and costs. It stands apart from `src/graph`, which
 * knows nothing of layers.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Node } from "../graph/graph.ts";
import { layers } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";

/** The layer of a node of a verified graph. */
export function layerOf(node: Node): Layer {
  return layerOfKind(node.kind);
}

export function layerOfKind(kind: string): Layer {
  const layer = layers.get(kind);
  if (layer === undefined) throw new InternalFault(`there is no layer \`${kind}\``);
  return layer;
}
