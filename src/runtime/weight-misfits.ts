/**
 * Weights whose shape depends on a named size of the input, such as a linear layer behind a
 * flatten: they fit the sizes that the network was trained on, and no others.
 */
import { type Diagnostic, problem } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import { weightOf } from "../graph/access.ts";
import { formatShape } from "../graph/dim.ts";
import type { Graph } from "../graph/graph.ts";
import type { WeightTensors } from "../graph/tensor.ts";
import { sameShape } from "../graph/tensor-type.ts";

/** @param graph all sizes known */
export function weightMisfits(
  graph: Graph,
  weights: WeightTensors,
  file: string,
): readonly Diagnostic[] {
  return graph.nodes.flatMap((node) => {
    const pairs = Object.values(node.weights).flatMap((tensor) => {
      const wanted = weightOf(graph, tensor).shape;
      const given = weights.get(tensor)?.shape ?? [];
      if (sameShape(wanted, given)) return [];
      return [{ tensor, wants: formatShape(wanted), gets: formatShape(given) }];
    });
    if (pairs.length === 0) return [];
    return [place(problem("CNN5012", { layer: node.name, file, pairs }), node.span)];
  });
}
