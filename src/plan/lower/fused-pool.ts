/**
 * Pools that the kernel of the convolution before them can do: windows of 2×2 side by side, which
 * see what one tile has in registers. Whether a convolution's kernel does is its algorithm's
 * affair, so that this is decided here and not by a pass.
 */
import type { Graph, Node } from "../../graph/graph.ts";
import type { Operation, WindowPoolOperation } from "../../graph/operation.ts";
import type { Uses } from "../../graph/uses.ts";
import type { FusedPool } from "../../kernels/vectors/epilogue.ts";
import type { Tensors } from "../memory/tensors.ts";
import { activationOf } from "./epilogue.ts";

/** A pool with the form in which a kernel takes it. */
export interface PoolBehind {
  readonly node: Node;
  readonly pool: FusedPool;
}

/** By convolution, the pool that alone reads its output and could be done by its kernel. */
export function poolsBehind(
  graph: Graph,
  uses: Uses,
  operationOf: (node: Node) => Operation,
  tensors: Tensors,
): ReadonlyMap<Node, PoolBehind> {
  const found = new Map<Node, PoolBehind>();
  for (const node of graph.nodes) {
    const operation = operationOf(node);
    const [input] = node.inputs;
    const maker = uses.maker(input);
    if (operation.family !== "window_pool" || maker === undefined) continue;
    if (uses.onlyReader(input) !== node) continue;
    const fits = operationOf(maker).family === "convolution" && !addsMap(maker);
    if (fits && isTwoByTwo(node, operation, tensors)) {
      const kind = operation.reduce === "max" ? "max" : "mean";
      found.set(maker, { node, pool: { kind, ...activationOf(node) } });
    }
  }
  return found;
}

function isTwoByTwo(node: Node, operation: WindowPoolOperation, tensors: Tensors): boolean {
  const { kernel, stride, dilation, padding } = operation;
  const [, , height, width] = tensors.mapShapeOf(node.inputs[0]);
  const [, , rows, columns] = tensors.mapShapeOf(node.outputs[0]);
  return (
    [...kernel, ...stride].every((n) => n === 2) &&
    dilation.every((n) => n === 1) &&
    padding.every((side) => side === 0) &&
    // `ceil_mode` makes a window of what is left of odd maps.
    rows === Math.floor(height / 2) &&
    columns === Math.floor(width / 2)
  );
}

function addsMap({ epilogue = [] }: Node): boolean {
  return epilogue.some(({ kind }) => kind === "add");
}
