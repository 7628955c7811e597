/** A bias in front of a normalisation that subtracts each channel's mean, and the bias with it. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { sameDim } from "../../graph/dim.ts";
import type { Node } from "../../graph/graph.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";
import { inEveryUse } from "./places.ts";

export const cancelledBias: ModelLint = ({ graph, flow }, reporter) => {
  const findings = inEveryUse(graph, (node) => cancellingNorm(node, flow));
  for (const { node, found: norm } of findings) {
    const facts = { layer: node.kind, norm: norm.kind };
    reporter.report(problem("CNN4001", facts), node.span, {
      related: [{ span: norm.span, text: "subtracts the mean of each channel" }],
    });
  }
};

/** The normalisation, if nothing else reads the layer's output. */
function cancellingNorm(node: Node, flow: Flow): Node | undefined {
  if (!Object.hasOwn(node.weights, "bias") || !addsToChannels(node, flow)) return undefined;
  const norm = flow.soleReader(node.outputs[0]);
  return norm !== undefined && subtractsChannelMean(norm, flow) ? norm : undefined;
}

/** `linear` adds to the last axis, which is the channels' only in `[N, F]`. */
function addsToChannels(node: Node, flow: Flow): boolean {
  switch (node.kind) {
    case "conv":
    case "depthwise":
    case "conv_transpose":
      return true;
    case "linear":
      return flow.typeOf(node.outputs[0]).shape.length === 2;
    default:
      return false;
  }
}

function subtractsChannelMean({ kind, attributes, inputs }: Node, flow: Flow): boolean {
  switch (kind) {
    case "batch_norm":
    case "instance_norm":
      return true;
    case "group_norm": {
      const { num_groups: groups } = attributes;
      return typeof groups === "number" && sameDim(flow.typeOf(inputs[0]).shape[1], groups);
    }
    default:
      return false;
  }
}
