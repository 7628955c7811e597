/**
 * Where parts of one form may differ: the arguments of their layers. Equal regions of a network
 * become one block, and what differs between them its parameters.
 */
import { layerOfKind } from "../../../analysis/table.ts";
import type { Node } from "../../../graph/graph.ts";
import { isKnown } from "../../../graph/dim.ts";
import type { Argument } from "../../../layers/parameters.ts";
import { defaultArgument, givenArguments } from "../code/arguments.ts";

/** All arguments of a layer by parameter, defaults too; without those that are left out. */
export function allArguments({ kind, attributes }: Node): ReadonlyMap<string, Argument> {
  const given = new Map(givenArguments(kind, attributes).map((g) => [g.parameter, g.value]));
  const all = new Map<string, Argument>();
  for (const name of Object.keys(layerOfKind(kind).parameters)) {
    const isLeftOut = attributes[name] === null;
    const value = isLeftOut ? undefined : (given.get(name) ?? defaultArgument(kind, name));
    if (value !== undefined) all.set(name, value);
  }
  return all;
}

/** Equal where the layers can be one layer of a block, whose arguments follow from parameters. */
export function formOf(node: Node): string {
  const forms = [...allArguments(node)].map(([name, value]) => `${name} ${formOfArgument(value)}`);
  return `${node.kind}(${forms.join(", ")})`;
}

function formOfArgument(value: Argument): string {
  switch (value.kind) {
    case "int":
    case "float":
      return "number";
    case "bool":
      return "bool";
    case "tuple":
      // `3` and `(1, 3)` can be values of one parameter.
      return value.items.length === 2 && value.items.every(isKnownInt)
        ? "number"
        : `[${value.items.map(formOfArgument).join(" ")}]`;
    case "word":
    case "string":
      return JSON.stringify(value.value);
    default:
      return value satisfies never;
  }
}

export function isKnownInt(argument: Argument): boolean {
  return argument.kind === "int" && isKnown(argument.value);
}
