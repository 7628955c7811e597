/** Axes in another order. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { formatShape } from "../graph/dim.ts";
import type { Dim } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { op } from "./onnx.ts";
import { order as axesInOrder } from "./parameters.ts";
import { checkedAxes, resolveAxis } from "./shared/axes.ts";
import { rearrangement } from "./shared/rearrangement.ts";

/** What is wrong with an order that does not name every axis once. */
function wrongOrder(order: readonly number[], shape: readonly Dim[]): Problem | undefined {
  const rank = shape.length;
  const named = new Set<number>();
  for (const axis of order) {
    const resolved = resolveAxis("permute", axis, shape);
    if (typeof resolved !== "number") return { ...resolved, argument: "order" };
    named.add(resolved);
  }
  if (named.size === rank && order.length === rank) return undefined;
  const facts = { order: `(${order.join(", ")})`, shape: formatShape(shape), rank };
  return { ...problem("CNN2058", facts, "order"), blame: [{ input: 0 }] };
}

export const permute = rearrangement({
  kind: "permute",
  category: "shape",
  summary: "Puts the axes in another order.",
  source: "PyTorch torch.permute; ONNX Transpose",
  parameters: {
    order: axesInOrder({ doc: "For every axis of the output, which axis of the input it is." }),
  },
  shape: ({ order }, { shape }) => {
    const wrong = wrongOrder(order, shape);
    if (wrong !== undefined) return wrong;
    const sizes = checkedAxes(order, { shape }).map((axis) => shape[axis]);
    return { outputs: [tensorType(sizes)], requires: [] };
  },
  /** Where pixels keep their places; elsewhere the output is no map in the input's sense. */
  receptiveField: ({ order }, { shape }) => {
    const from = checkedAxes(order, { shape });
    return from.every((axis, to) => axis === to || (axis < 2 && to < 2)) ? "point" : "global";
  },
  arrange: ({ order }, shape) => {
    const from = checkedAxes(order, { shape });
    const target = from.map((axis) => shape[axis]);
    return {
      shape: target,
      source: (at) => shape.map((_, axis) => at[from.indexOf(axis)]),
    };
  },
  families: ["permute"],
  operation: ({ order }, shape) => ({ family: "permute", order: checkedAxes(order, { shape }) }),
  onnx: ({ attributes, inputs: [x] }) =>
    op("Transpose", [x], { perm: { ints: checkedAxes(attributes.order, x) } }),
});
