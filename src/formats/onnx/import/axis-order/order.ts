/** Orders of axes, as `permute` has them: axis `i` of the result is axis `order[i]` of the input. */
import type { Dim } from "../../../../graph/dim.ts";
import type { Node } from "../../../../graph/graph.ts";
import { isList } from "../../../../graph/print.ts";

export type Order = readonly number[];

/** Of a `permute`. */
export function orderOf({ attributes: { order } }: Node): Order {
  return order !== undefined && isList(order) ? order.map(Number) : [];
}

export function isPermuteBy(order: Order, node: Node): boolean {
  return node.kind === "permute" && sameOrder(orderOf(node), order);
}

export function sameOrder(a: Order, b: Order): boolean {
  return a.join() === b.join();
}

export function inverseOf(order: Order): Order {
  return order.map((_, axis) => order.indexOf(axis));
}

/** `[0, 3, 1, 2]`: the last axis becomes the channels. */
export function isToChannelsFirst(order: Order): boolean {
  return order.every((axis, at) => axis === (at === 0 ? 0 : at === 1 ? order.length - 1 : at - 1));
}

export function turnedShape<T>(shape: readonly T[], order: Order): readonly T[] {
  return order.map((axis) => shape[axis]);
}

/** The shape of what is broadcast to so many axes, turned, with as few axes as say the same. */
export function turnedBroadcast<D extends Dim>(
  shape: readonly D[],
  order: Order,
): readonly (D | 1)[] {
  const missing = Array.from({ length: order.length - shape.length }, (): D | 1 => 1);
  const whole = turnedShape([...missing, ...shape], order);
  const first = whole.findIndex((size) => size !== 1);
  return whole.slice(Math.min(missing.length, first < 0 ? order.length : first));
}
