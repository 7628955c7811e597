/**
 * A global pool that answers from windows much smaller than the image: each place of the map saw
 * only a small part, so nothing ever related distant parts to each other. Below half the image no
 * place sees from the middle to a border. Gates (squeeze and excitation) pool such maps by
 * intention, and keep the map for others; so the lint asks that the pool alone reads it.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Node } from "../../graph/graph.ts";
import { knownOf, pairOf } from "./attributes.ts";
import type { ModelLint } from "./lint.ts";

const LEAST_SHARE = 1 / 2;

export const localGlobalPool: ModelLint = ({ graph, flow }, reporter) => {
  // Fields do not say of which of several inputs they speak.
  if (flow.images.length !== 1) return;
  const [, , rows, columns] = flow.typeOf(flow.images[0]).shape.map(knownOf);
  if (rows === undefined || columns === undefined) return;
  for (const node of graph.nodes) {
    if (!poolsAll(node) || flow.soleReader(node.inputs[0]) === undefined) continue;
    const field = flow.fieldOf(node.inputs[0]);
    if (field === null || field.global) continue;
    const [height, width] = [field.height.size, field.width.size];
    if (height >= LEAST_SHARE * rows && width >= LEAST_SHARE * columns) continue;
    const facts = {
      layer: node.kind,
      sees: `${height}×${width}`,
      image: `${rows}×${columns}`,
    };
    reporter.report(problem("CNN4006", facts), node.span);
  }
};

function poolsAll(node: Node): boolean {
  switch (node.kind) {
    case "global_avg_pool":
    case "global_max_pool":
      return true;
    case "adaptive_avg_pool":
    case "adaptive_max_pool":
      return pairOf(node, "output_size")?.every((size) => size === 1) ?? false;
    default:
      return false;
  }
}
