/** A group_norm whose number of groups makes it another layer, which has a name of its own. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { knownOf, numberOf } from "./attributes.ts";
import type { ModelLint } from "./lint.ts";
import { inEveryUse } from "./places.ts";

export const renamedGroupNorm: ModelLint = ({ graph, flow }, reporter) => {
  const findings = inEveryUse(graph, (node) => {
    if (node.kind !== "group_norm") return undefined;
    const groups = numberOf(node, "num_groups");
    const channels = knownOf(flow.typeOf(node.inputs[0]).shape[1]);
    if (channels === undefined || channels === 1) return undefined;
    const affine = node.attributes.affine === true;
    if (groups === channels) return { groups, layer: "instance_norm" as const, affine };
    return groups === 1 ? { groups, layer: "layer_norm" as const, affine } : undefined;
  });
  for (const { node, found } of findings) {
    reporter.report(problem("CNN4015", found, "num_groups"), node.span);
  }
};
