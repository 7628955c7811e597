/**
 * A global pool that answers from windows much smaller than the image: each place of the map saw
 * only a small part, so nothing ever related distant parts to each other. Below half the image no
 * place sees from the middle to a border. Gates (squeeze and excitation) pool such maps by
 * intention, and are joined to a map again; so the lint asks that nothing behind has places.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Node, ValueId } from "../../graph/graph.ts";
import { knownOf, pairOf } from "./attributes.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";

const LEAST_SHARE = 1 / 2;

export const localGlobalPool: ModelLint = ({ graph, flow }, reporter) => {
  // Fields do not say of which of several inputs they speak.
  if (flow.images.length !== 1) return;
  const [, , rows, columns] = flow.typeOf(flow.images[0]).shape.map(knownOf);
  if (rows === undefined || columns === undefined) return;
  for (const node of graph.nodes) {
    if (!poolsAll(node) || isGate(node, flow)) continue;
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

/** Whether what is pooled meets a map again. */
function isGate(pool: Node, flow: Flow): boolean {
  const seen = new Set<ValueId>();
  const waiting = [...pool.outputs];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const [, , ...places] = flow.typeOf(id).shape;
    if (places.length === 2 && places.some((size) => size !== 1)) return true;
    for (const reader of flow.readersOf(id)) {
      for (const output of reader.outputs) {
        if (seen.has(output)) continue;
        seen.add(output);
        waiting.push(output);
      }
    }
  }
  return false;
}

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
