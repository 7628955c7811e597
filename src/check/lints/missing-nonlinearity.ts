/**
 * Two convolutions or linear layers in a row. Without a nonlinearity between them they can
 * learn nothing that one layer could not, unless they are a factorisation, which saves work:
 *
 * - a grouped layer beside a dense one (depthwise separable convolutions),
 * - kernels along different axes (1×3 and 3×1),
 * - fewer channels between them than at both ends (MobileNetV2's linear bottlenecks).
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Pair } from "../../graph/attributes.ts";
import type { Node } from "../../graph/graph.ts";
import { knownOf, numberOf, pairOf } from "./attributes.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";

/** Layers that are linear maps, seen from an image to the next: what they leave, is composed. */
const AFFINE: ReadonlySet<string> = new Set([
  "batch_norm",
  "dropout",
  "identity",
  "flatten",
  "avg_pool",
  "adaptive_avg_pool",
  "global_avg_pool",
]);

export const missingNonlinearity: ModelLint = ({ graph, flow }, reporter) => {
  for (const second of graph.nodes) {
    if (!isLinear(second)) continue;
    const first = linearBefore(second, flow);
    if (first === undefined || isFactorisation(first, second, flow)) continue;
    const facts = { first: first.name, second: second.name, kind: second.kind };
    reporter.report(problem("CNN4002", facts), second.span, {
      related: [{ span: first.span, text: `\`${first.name}\` is linear, too` }],
    });
  }
};

function isLinear({ kind }: Node): boolean {
  return kind === "conv" || kind === "conv_transpose" || kind === "linear";
}

/** The linear layer from which a value comes through affine layers alone, read by nothing else. */
function linearBefore(second: Node, flow: Flow): Node | undefined {
  for (let id = second.inputs[0]; flow.soleReader(id) !== undefined;) {
    const maker = flow.makerOf(id);
    if (maker === undefined) return undefined;
    if (isLinear(maker)) return maker;
    if (!AFFINE.has(maker.kind)) return undefined;
    id = maker.inputs[0];
  }
  return undefined;
}

function isFactorisation(first: Node, second: Node, flow: Flow): boolean {
  return (
    isGrouped(first) ||
    isGrouped(second) ||
    alongDifferentAxes(first, second) ||
    isBottleneck(first, second, flow)
  );
}

function isGrouped(node: Node): boolean {
  return node.kind !== "linear" && numberOf(node, "groups") !== 1;
}

function alongDifferentAxes(first: Node, second: Node): boolean {
  const [a, b] = [pairOf(first, "kernel"), pairOf(second, "kernel")];
  if (a === undefined || b === undefined) return false;
  return (isRow(a) && isColumn(b)) || (isColumn(a) && isRow(b));
}

function isRow([height, width]: Pair): boolean {
  return height === 1 && width > 1;
}

function isColumn([height, width]: Pair): boolean {
  return height > 1 && width === 1;
}

/** Sizes that are not known count as a bottleneck: nothing is said without being sure. */
function isBottleneck(first: Node, second: Node, flow: Flow): boolean {
  const before = widthOf(first, first.inputs[0], flow);
  const between = widthOf(first, first.outputs[0], flow);
  const after = widthOf(second, second.outputs[0], flow);
  if (before === undefined || between === undefined || after === undefined) return true;
  return between < before && between < after;
}

/** Channels, or features of `linear`, which stand on the last axis. */
function widthOf(node: Node, id: number, flow: Flow): number | undefined {
  const { shape } = flow.typeOf(id);
  return knownOf(node.kind === "linear" ? shape.at(-1) : shape[1]);
}
