/**
 * Dropout in front of batch_norm: dropping values changes their variance in training only, so the
 * running variance that batch_norm keeps is not that of inference. Li et al., "Understanding the
 * Disharmony between Dropout and Batch Normalization by Variance Shift", CVPR 2019.
 */
import { layerOf } from "../../analysis/table.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Node } from "../../graph/graph.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";
import { inEveryUse } from "./places.ts";
import { changesNothing } from "./results.ts";

export const dropoutBeforeNorm: ModelLint = ({ graph, flow }, reporter) => {
  const findings = inEveryUse(graph, (node) =>
    node.kind === "batch_norm" ? dropoutBefore(node, flow) : undefined,
  );
  for (const { node, found: dropout } of findings) {
    reporter.report(problem("CNN4010", {}), dropout.span, {
      related: [{ span: node.span, text: "measures the variance" }],
    });
  }
};

/** Layers with weights of their own scale the values anew; activations do not. */
function dropoutBefore(norm: Node, flow: Flow): Node | undefined {
  const maker = flow.makerThrough(
    norm.inputs[0],
    (node) =>
      node.kind !== "dropout" && (changesNothing(node) || layerOf(node).category === "activation"),
  );
  return maker?.kind === "dropout" ? maker : undefined;
}
