/** `same` padding of a kernel with an even extent: one side gets a pixel more than the other. */
import { layerOf } from "../../analysis/table.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Node } from "../../graph/graph.ts";
import { pairOf } from "./attributes.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";

export const offCentreKernel: ModelLint = ({ graph, flow }, reporter) => {
  for (const node of graph.nodes) {
    if (node.attributes.padding !== "same") continue;
    const extent = evenExtent(node, flow);
    if (extent !== undefined) {
      reporter.report(problem("CNN4016", { layer: node.kind, extent }), node.span);
    }
  }
};

function evenExtent(node: Node, flow: Flow): number | undefined {
  const field = layerOf(node).receptiveField(node.attributes, [flow.typeOf(node.inputs[0])]);
  if (typeof field === "string" || pairOf(node, "kernel") === undefined) return undefined;
  return field.size.find((size) => size % 2 === 0);
}
