/**
 * Means of windows are taken before a 1×1 convolution rather than behind it: both are sums, so
 * that their order is free, and the convolution has as many pixels less to compute.
 */
import type { Graph, Node } from "../graph/graph.ts";
import { type TensorType, tensorType } from "../graph/tensor-type.ts";
import { usesOf } from "../graph/uses.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const poolEarly: Pass = {
  name: "pool-early",
  summary: "takes means of windows before 1×1 convolutions instead of behind them",
  run: (graph) => {
    const uses = usesOf(graph);
    /** By either of a convolution and the pool behind it, what stands in its place. */
    const swapped = new Map<Node, Swap>();
    for (const conv of graph.nodes) {
      const pool = isPointwise(conv) ? uses.onlyReader(conv.outputs[0]) : undefined;
      if (pool === undefined || !poolsAlike(pool, conv)) continue;
      const { inputs, outputs } = conv;
      swapped.set(conv, {
        node: { ...pool, inputs, outputs },
        type: pooledType(graph, conv, pool),
      });
      swapped.set(pool, { node: { ...conv, inputs: pool.inputs, outputs: pool.outputs } });
    }
    return rewrite(graph, (node) => swapped.get(node) ?? { node });
  },
};

interface Swap {
  readonly node: Node;
  readonly type?: TensorType;
}

/** What the pool makes of the convolution's input. */
function pooledType(graph: Graph, conv: Node, pool: Node): TensorType {
  const [batch, channels] = graph.values[conv.inputs[0]].type.shape;
  const [, , height, width] = graph.values[pool.outputs[0]].type.shape;
  return tensorType([batch, channels, height, width]);
}

/** Whether every output pixel of a convolution is made of one input pixel, at the same place. */
function isPointwise({ kind, attributes, epilogue }: Node): boolean {
  const { kernel, stride, padding } = attributes;
  return (
    kind === "conv" &&
    epilogue === undefined &&
    isAll(1, kernel) &&
    isAll(1, stride) &&
    (padding === "same" || isAll(0, padding))
  );
}

/** Whether a pool leaves fewer pixels, by the same means wherever the convolution stands. */
function poolsAlike({ kind, attributes, epilogue }: Node, conv: Node): boolean {
  if (epilogue !== undefined) return false;
  if (kind === "global_avg_pool") return true;
  const { kernel, stride, padding, ceil_mode: ceil, count_include_pad: counts } = attributes;
  // With zeros among what is summed, the shares of the bias do not sum to 1.
  const whole = counts === false || conv.attributes.bias === false;
  return (
    kind === "avg_pool" && !isAll(1, stride ?? kernel) && (whole || (isAll(0, padding) && !ceil))
  );
}

function isAll(wanted: number, numbers: Node["attributes"][string]): boolean {
  return Array.isArray(numbers) && numbers.every((n) => n === wanted);
}
