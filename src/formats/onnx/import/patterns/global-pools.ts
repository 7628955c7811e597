/** Means and maxima over all pixels of a map, whose axes are kept or put back. */
import type { AttributeValue } from "../../../../graph/attributes.ts";
import type { Node } from "../../../../graph/graph.ts";
import { isList } from "../../../../graph/print.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const POOLS: Readonly<Record<string, string | undefined>> = {
  mean: "global_avg_pool",
  amax: "global_max_pool",
};

function isHeightAndWidth(axes: AttributeValue | undefined): boolean {
  return axes !== undefined && isList(axes) && axes.join() === "2,3";
}

/** The pool that the reduction of a map's pixels is. */
function poolOf(node: Node | undefined, keepdim: boolean): string | undefined {
  if (node === undefined || node.attributes.keepdim !== keepdim) return undefined;
  return isHeightAndWidth(node.attributes.axes) ? POOLS[node.kind] : undefined;
}

export const globalPools: Pattern = {
  name: "global pools",
  summary: "mean and amax over height and width, which stay axes of size 1",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const isPutBack = node.kind === "unsqueeze" && isHeightAndWidth(node.attributes.axes);
      const reduction = isPutBack ? view.made(node.inputs[0], ...Object.keys(POOLS)) : node;
      const kind = poolOf(reduction, !isPutBack);
      if (kind === undefined || reduction === undefined) return undefined;
      return view.shape(reduction.inputs[0]).length === 4
        ? { kind, inputs: reduction.inputs }
        : undefined;
    }),
};
