/** A node as the call that makes it: `conv(64, kernel: 7, stride: 2)`. */
import { sameAttribute } from "../analysis/attributes.ts";
import { layerOfKind } from "../analysis/table.ts";
import type { AttributeValue } from "../graph/attributes.ts";
import type { Node } from "../graph/graph.ts";
import { formatAttribute, isList } from "../graph/print.ts";

/** Arguments that have their default are left out; the first parameter needs no name. */
export function callText({ kind, attributes }: Pick<Node, "kind" | "attributes">): string {
  const parameters = Object.entries(layerOfKind(kind).parameters);
  const shown = parameters.flatMap(([name, parameter], position) => {
    const value = attributes[name];
    if (parameter.default !== undefined && sameAttribute(value, parameter.default)) return [];
    const text = shortValue(value);
    return [position === 0 ? text : `${name}: ${text}`];
  });
  return shown.length === 0 ? kind : `${kind}(${shown.join(", ")})`;
}

/** `3` for `(3, 3)`, `(3, 3, 3, 3)` and the list of 3 alone. */
function shortValue(value: AttributeValue): string {
  if (value === null || typeof value !== "object" || !isList(value)) return formatAttribute(value);
  const [first, ...others] = value;
  const short = value.length > 0 && others.every((item) => sameAttribute(item, first));
  return short ? formatAttribute(first) : formatAttribute(value);
}
