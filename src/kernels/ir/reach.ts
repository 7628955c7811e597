/** How far kernels fetch ahead: a prefetch may go past the end of its buffer, but not of the memory. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Address, Buffer, Index, Kernel, Statement } from "./ir.ts";

/** By buffer, the elements from its start to the end of the last one that is fetched ahead. */
export function reachOf(kernel: Kernel): ReadonlyMap<Buffer, number> {
  const reach = known.get(kernel) ?? findReach(kernel);
  known.set(kernel, reach);
  return reach;
}

/** Every layout of a plan's memory asks for those of all its steps. */
const known = new WeakMap<Kernel, ReadonlyMap<Buffer, number>>();

function findReach({ body }: Kernel): ReadonlyMap<Buffer, number> {
  const reach = new Map<Buffer, number>();
  visitPrefetches(body, ({ buffer, index }) => {
    reach.set(buffer, Math.max(reach.get(buffer) ?? 0, largest(index) + 1));
  });
  return reach;
}

function visitPrefetches(body: readonly Statement[], visit: (from: Address) => void): void {
  body.forEach((statement) => {
    if (statement.op === "prefetch") visit(statement.from);
    else if ("body" in statement) visitPrefetches(statement.body, visit);
  });
}

function largest({ constant, terms }: Index): number {
  return terms.list.reduce((sum, { counter, stride }) => {
    if (!("extent" in counter)) throw new InternalFault("a prefetch at a place from a table");
    return sum + Math.max(0, stride * (counter.extent - 1));
  }, constant);
}
