/**
 * A layer's attributes as arguments of a call: defaults left out, `3` for `(3, 3)`, words for
 * axes. All of it follows from the parameters of the layer table: a shorter form is taken where
 * the parameter accepts it as the same value.
 */
import { sameAttribute } from "../../../analysis/attributes.ts";
import { layerOfKind } from "../../../analysis/table.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { AttributeValue, Attributes } from "../../../graph/attributes.ts";
import { isKnown, sameDim } from "../../../graph/dim.ts";
import { isList } from "../../../graph/print.ts";
import type { Argument, Parameter } from "../../../layers/parameters.ts";
import { quote } from "./quote.ts";
import { sizeExpression } from "./sizes.ts";

/** An argument of a call of a layer. */
export interface Given {
  /** The layer's parameter. */
  readonly parameter: string;
  readonly value: Argument;
}

/** What a call of the layer has to say, in the order of the layer's parameters. */
export function givenArguments(kind: string, attributes: Attributes): readonly Given[] {
  return Object.entries(layerOfKind(kind).parameters).flatMap(([name, parameter]): Given[] => {
    const value = attributes[name];
    if (parameter.default !== undefined && sameAttribute(value, parameter.default)) return [];
    return [{ parameter: name, value: shortest(kind, name, parameter, value) }];
  });
}

/** The parameter's default as an argument; undefined where it has none that can be written. */
export function defaultArgument(kind: string, name: string): Argument | undefined {
  const parameter = layerOfKind(kind).parameters[name];
  const { default: value } = parameter;
  return value === undefined || value === null ? undefined : shortest(kind, name, parameter, value);
}

function shortest(
  kind: string,
  name: string,
  parameter: Parameter<AttributeValue>,
  value: AttributeValue,
): Argument {
  for (const candidate of candidates(parameter, value)) {
    const accepted = parameter.accept(candidate);
    if (accepted !== undefined && sameAttribute(accepted, value)) return candidate;
  }
  throw new InternalFault(`no argument gives \`${name}\` of \`${kind}\` its value`);
}

/** From the shortest to the longest. */
function* candidates(
  parameter: Parameter<AttributeValue>,
  value: AttributeValue,
): Generator<Argument> {
  const { words = [] } = parameter;
  if (value === null || typeof value !== "object" || !isList(value)) {
    if (typeof value === "number") yield* words.map(wordOf);
    const written = scalarOf(value);
    if (written !== undefined) yield written;
    return;
  }
  // One axis of several; `valid` means four sides, which are as well said in a number.
  if (value.length === 1) yield* candidates(parameter, value[0]);
  const first = value.length === 0 ? undefined : scalarOf(value[0]);
  if (first !== undefined) yield first;
  if (value.length === 4) yield* tuples(parameter, value.slice(0, 2));
  yield* tuples(parameter, value);
}

function* tuples(
  parameter: Parameter<AttributeValue>,
  values: readonly AttributeValue[],
): Generator<Argument> {
  const words = parameter.writtenAsNumbers ? [] : (parameter.words ?? []);
  const items = values.map(scalarOf).filter((item) => item !== undefined);
  if (items.length < values.length) return;
  const named = values.map((value) =>
    words.map(wordOf).find((word) => means(parameter, word, value)),
  );
  const all = named.filter((item) => item !== undefined);
  if (all.length === values.length) yield { kind: "tuple", items: all };
  yield { kind: "tuple", items };
}

/** Whether a word that stands for one number of a list is this number. */
function means(
  parameter: Parameter<AttributeValue>,
  word: Argument,
  value: AttributeValue,
): boolean {
  const accepted = parameter.accept(word);
  return (
    typeof accepted === "object" &&
    accepted !== null &&
    isList(accepted) &&
    accepted.length === 1 &&
    sameAttribute(accepted[0], value)
  );
}

function wordOf(word: string): Argument {
  return { kind: "word", value: word };
}

function scalarOf(value: AttributeValue): Argument | undefined {
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "string") return { kind: "word", value };
  if (value === null) return undefined;
  if (isList(value)) {
    const items = value.map(scalarOf).filter((item) => item !== undefined);
    return items.length === value.length ? { kind: "tuple", items } : undefined;
  }
  return isKnown(value) && !Number.isInteger(value)
    ? { kind: "float", value }
    : { kind: "int", value };
}

/** An argument for a parameter as a program writes it. */
export function argumentText(parameter: string, argument: Argument): string {
  switch (argument.kind) {
    case "int":
      return sizeExpression(argument.value);
    case "float":
    case "bool":
      return String(argument.value);
    case "word":
      return argument.value;
    case "string":
      return quote(argument.value);
    case "tuple": {
      const items = argument.items.map((item) => argumentText("", item)).join(", ");
      // A shape is written as shapes are in types; there are no tuples of one.
      return parameter === "shape" || argument.items.length < 2 ? `[${items}]` : `(${items})`;
    }
    default:
      return argument satisfies never;
  }
}

export function sameArgument(a: Argument | undefined, b: Argument | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === "tuple" || b.kind === "tuple") {
    if (a.kind !== "tuple" || b.kind !== "tuple" || a.items.length !== b.items.length) return false;
    return a.items.every((item, at) => sameArgument(item, b.items[at]));
  }
  if (a.kind === "int" && b.kind === "int") return sameDim(a.value, b.value);
  return a.value === b.value;
}
