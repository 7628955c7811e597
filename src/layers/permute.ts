/** Axes in another order. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { formatShape } from "../graph/dim.ts";
import type { Dim } from "../graph/dim.ts";
import { tensorType } from "../graph/tensor-type.ts";
import { op } from "./onnx.ts";
import { order as axesInOrder } from "./parameters.ts";
import { checkedAxis, resolveAxes } from "./shared/axes.ts";
import { rearrangement } from "./shared/rearrangement.ts";

function checkedOrder(order: readonly number[], shape: readonly Dim[]): readonly number[] {
  return order.map((axis) => checkedAxis(axis, { shape }));
}

/** What is wrong with an order that does not name every axis once. */
function wrongOrder(order: readonly number[], shape: readonly Dim[]): Problem | undefined {
  const rank = shape.length;
  const resolved = resolveAxes("permute", order, shape);
  if ("code" in resolved) return { ...resolved, argument: "order" };
  if (resolved.length === rank && order.length === rank) return undefined;
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
    const sizes = checkedOrder(order, shape).map((axis) => shape[axis]);
    return { outputs: [tensorType(sizes)], requires: [] };
  },
  /** Where pixels keep their places; elsewhere the output is no map in the input's sense. */
  receptiveField: ({ order }, { shape }) => {
    const from = checkedOrder(order, shape);
    return from.every((axis, to) => axis === to || (axis < 2 && to < 2)) ? "point" : "global";
  },
  arrange: ({ order }, shape) => {
    const from = checkedOrder(order, shape);
    const target = from.map((axis) => shape[axis]);
    return {
      shape: target,
      source: (at) => shape.map((_, axis) => at[from.indexOf(axis)]),
    };
  },
  families: ["permute"],
  operation: ({ order }, shape) => ({ family: "permute", order: checkedOrder(order, shape) }),
  onnx: ({ attributes, inputs: [x] }) =>
    op("Transpose", [x], { perm: { ints: checkedOrder(attributes.order, x.shape) } }),
});
