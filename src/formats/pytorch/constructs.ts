/**
 * What makes modules: calls of PyTorch's classes, sequences of such, and instances of classes
 * that are written for parts of the network. Parts that differ in numbers only share a class,
 * whose constructor takes what differs.
 */
import { type Argument, argumentTexts } from "./python.ts";

export type Construct =
  | { readonly kind: "module"; readonly type: string; readonly arguments: readonly Argument[] }
  | { readonly kind: "sequence"; readonly items: readonly Construct[] }
  | { readonly kind: "instance"; readonly of: PartClass; readonly members: readonly Member[] };

export interface Member {
  readonly local: string;
  readonly construct: Construct;
}

/** A class, as its first part and what all its parts are made with. */
export interface PartClass {
  readonly name: string;
  /** What it would be called if no other class was. */
  readonly wish: string;
  readonly members: readonly Member[];
  readonly forward: readonly string[];
  /** The arguments of all modules inside, in order, for each part. */
  readonly parts: (readonly Argument[])[];
}

/** Equal for parts that differ in numbers only. */
export function shapeKey(construct: Construct): string {
  switch (construct.kind) {
    case "module":
      return `${construct.type}(${construct.arguments.map(({ name }) => name).join()})`;
    case "sequence":
      return `[${construct.items.map(shapeKey).join()}]`;
    case "instance":
      return construct.of.name;
    default:
      return construct satisfies never;
  }
}

/** The arguments of all modules inside, in order. */
export function argumentsIn(construct: Construct): readonly Argument[] {
  switch (construct.kind) {
    case "module":
      return construct.arguments;
    case "sequence":
      return construct.items.flatMap(argumentsIn);
    case "instance":
      return construct.members.flatMap((member) => argumentsIn(member.construct));
    default:
      return construct satisfies never;
  }
}

export interface ClassParameter {
  readonly name: string;
  /** Places among a part's arguments that always have its value. */
  readonly places: readonly number[];
}

/** What the parts of a class differ in: one parameter for places that always agree. */
export function parametersOf({ members, parts }: PartClass): readonly ClassParameter[] {
  const [first] = parts;
  const owners = members.flatMap(({ local, construct }) => argumentsIn(construct).map(() => local));
  const places = new Map<string, number[]>();
  for (const at of first.keys()) {
    const values = parts.map((part) => part[at].value);
    if (values.every((value) => value === values[0])) continue;
    const key = JSON.stringify(values);
    places.set(key, [...(places.get(key) ?? []), at]);
  }
  const taken = new Set<string>();
  const named = [...places.values()].map((group) => {
    const [at] = group;
    const plain = first[at].name;
    const wish = taken.has(plain) ? `${owners[at].replaceAll(/\W+/g, "_")}_${plain}` : plain;
    let name = wish;
    for (let n = 2; taken.has(name); n++) name = `${wish}${n}`;
    taken.add(name);
    return { name, places: group };
  });
  // Those that an instance is given without their names stand first.
  return named.toSorted((a, b) => Number(isPlain(b.name)) - Number(isPlain(a.name)));
}

/** Numbers of channels and features need no name where they are given. */
function isPlain(name: string): boolean {
  return /^(in|out|num)_/.test(name);
}

/** @param values the arguments' values as they stand here: numbers, or parameters of a class */
export function constructText(
  construct: Construct,
  values: readonly string[],
  indent: string,
): string {
  switch (construct.kind) {
    case "module": {
      const given = construct.arguments.map((argument, at) => ({ ...argument, value: values[at] }));
      return wrapped(construct.type, argumentTexts(given), indent);
    }
    case "sequence": {
      let at = 0;
      const lines = construct.items.map((item) => {
        const count = argumentsIn(item).length;
        const text = constructText(item, values.slice(at, at + count), `${indent}    `);
        at += count;
        return `${indent}    ${text},\n`;
      });
      return `nn.Sequential(\n${lines.join("")}${indent})`;
    }
    case "instance": {
      const given = parametersOf(construct.of).map(({ name, places: [place] }) => ({
        name,
        value: values[place],
        ...(isPlain(name) ? {} : { default: "" }),
      }));
      return wrapped(construct.of.name, argumentTexts(given), indent);
    }
    default:
      return construct satisfies never;
  }
}

const WIDTH = 100;

/** A call or signature; an argument a line where it is too long for one. */
export function wrapped(head: string, given: readonly string[], indent: string): string {
  const text = `${head}(${given.join(", ")})`;
  if (indent.length + text.length <= WIDTH) return text;
  return `${head}(\n${given.map((argument) => `${indent}    ${argument},\n`).join("")}${indent})`;
}
