/**
 * Compares the names, types and shapes of a weights file with those that a graph needs. What
 * has one cause is said once: a prefix, another model's file, a layer that the file calls
 * otherwise or that was trained with another size.
 */
import { type Diagnostic, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import { excerpt, excerptShape } from "../formats/excerpt.ts";
import { type StoredArray, isFloat } from "../formats/tensors/stored-array.ts";
import { type Dim, formatShape, isKnown } from "../graph/dim.ts";
import type { Graph, Node, Weight } from "../graph/graph.ts";
import { shapeHint } from "./shape-hints.ts";

export type Arrays = ReadonlyMap<string, StoredArray>;

/** A graph beside a file; `file` is its name in messages. */
export interface Binding {
  readonly graph: Graph;
  readonly arrays: Arrays;
  readonly file: string;
  /** The first layer that uses each weight. */
  readonly owners: ReadonlyMap<string, Node>;
}

/** Mistakes of one kind that are listed one by one. */
const LISTED = 8;
/** Names shown of either side when the file belongs to another model. */
const SHOWN = 3;
/** Among more names a guess is worth little, and comparing them all takes long. */
const MOST_CANDIDATES = 1000;

export function mismatches(binding: Binding): readonly Diagnostic[] {
  const whole = wholeFileMismatch(binding);
  if (whole !== undefined) return whole;
  const pairs = pairing(binding);
  return [
    ...listed(binding.file, "layers miss tensors", missing(binding, pairs)),
    ...listed(binding.file, "groups of tensors are not used", unused(binding, pairs)),
    ...listed(binding.file, "layers have other shapes", otherShapes(binding)),
    ...listed(binding.file, "tensors have another type", otherTypes(binding)),
  ];
}

/** The first mistakes, and the number of the others. */
export function listed(
  file: string,
  what: string,
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (found.length <= LISTED + 1) return found;
  const count = found.length - LISTED;
  const others = place(problem("CNN5017", { file, count, what }), wholeFile(file));
  return [...found.slice(0, LISTED), others];
}

/** One message where the file as a whole has other names than the graph, or is another network's. */
function wholeFileMismatch(binding: Binding): readonly Diagnostic[] | undefined {
  const { graph, arrays, file } = binding;
  const names = [...graph.weights.keys()];
  const absent = names.filter((name) => !arrays.has(name));
  const spare = [...arrays.keys()].filter((name) => !graph.weights.has(name));
  const wrong = [...absent, ...ofOtherShape(binding).map(({ name }) => name)];
  if (wrong.length === 0 || wrong.length * 2 < names.length) return undefined;
  const prefix = commonPrefix([...arrays.keys()]);
  const [example] = names;
  if (prefix !== "" && names.every((name) => arrays.has(prefix + name))) {
    const cause = prefix.endsWith("module.")
      ? "save `model.module.state_dict()` instead of `model.state_dict()`"
      : "save the model's own `state_dict()`";
    const facts = { model: graph.name, file, prefix: excerpt(prefix), example, cause };
    return [place(problem("CNN5016", facts), wholeFile(file))];
  }
  // Layers that only have other sizes are told one by one: the file has what the model needs.
  if (absent.length <= LISTED && spare.length <= LISTED) return undefined;
  const facts = {
    model: graph.name,
    file,
    missing: wrong.length,
    weights: names.length,
    wants: wrong.slice(0, SHOWN),
    has: spare.slice(0, SHOWN).map(excerpt),
  };
  return [place(problem("CNN5013", facts), wholeFile(file))];
}

/** The longest beginning of all names that ends with a dot. */
function commonPrefix([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const name of others) {
    while (!name.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, first.lastIndexOf(".", length - 1) + 1);
}

/** One message a layer: what it needs, and what the file has that looks like it. */
function missing(binding: Binding, { alike }: Pairing): readonly Diagnostic[] {
  const { graph, arrays, file } = binding;
  const absent = [...graph.weights.values()].filter(({ name }) => !arrays.has(name));
  return byOwner(binding, absent).map(([node, weights]) => {
    const found = weights.map(({ name }) => alike.get(name)).filter((name) => name !== undefined);
    const [scope, ...otherScopes] = new Set(found.map(scopeOf));
    const facts = {
      layer: node.name,
      file,
      tensors: weights.map(({ name, shape }) => `\`${name}\` ${formatShape(shape)}`),
      alike: found.map(excerpt),
      ...(scope !== undefined && otherScopes.length === 0 ? { label: excerpt(scope) } : {}),
    };
    return place(problem("CNN5010", facts), node.span);
  });
}

interface Pairing {
  /** For missing weights, the tensor of the file that looks like the same. */
  readonly alike: ReadonlyMap<string, string>;
  /** Tensors of the file that the graph does not use and that look like none that it misses. */
  readonly spare: Arrays;
}

function pairing({ graph, arrays }: Binding): Pairing {
  const spare = new Map([...arrays].filter(([name]) => !graph.weights.has(name)));
  const alike = new Map<string, string>();
  for (const weight of graph.weights.values()) {
    if (arrays.has(weight.name) || spare.size === 0) continue;
    const found = nearestOf(weight, spare);
    if (found === undefined) continue;
    alike.set(weight.name, found);
    spare.delete(found);
  }
  return { alike, spare };
}

/** The unused tensor of the same shape whose name is closest, or the only one of that shape. */
function nearestOf(weight: Weight, spare: Arrays): string | undefined {
  const names: string[] = [];
  for (const [name, { shape }] of spare) if (fits(weight.shape, shape)) names.push(name);
  if (names.length > MOST_CANDIDATES) return undefined;
  return nearest(weight.name, names) ?? (names.length === 1 ? names[0] : undefined);
}

/** One message a layer of the file. */
function unused({ graph, file }: Binding, { spare }: Pairing): readonly Diagnostic[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const groups = new Map<string, string[]>();
  for (const [name, { shape }] of spare) {
    const scope = scopeOf(name);
    const group = groups.get(scope) ?? [];
    group.push(`\`${excerpt(name)}\` ${excerptShape(shape)}`);
    groups.set(scope, group);
  }
  return [...groups].map(([scope, tensors]) => {
    const node = nodes.get(scope);
    const facts = { file, tensors: tensors.slice(0, LISTED), count: tensors.length };
    return node === undefined
      ? place(problem("CNN5011", facts), wholeFile(file))
      : place(problem("CNN5011", { ...facts, layer: node.name }), node.span);
  });
}

/** One message a layer, whose weights usually differ for one reason. */
function otherShapes(binding: Binding): readonly Diagnostic[] {
  const { arrays, file } = binding;
  return byOwner(binding, ofOtherShape(binding)).map(([node, weights]) => {
    const pairs = weights.map(({ name, shape }) => {
      const given = arrays.get(name)?.shape ?? [];
      return { tensor: name, wants: formatShape(shape), gets: excerptShape(given) };
    });
    const [hint] = weights.flatMap(
      ({ name, shape }) => shapeHint(shape, arrays.get(name)?.shape ?? []) ?? [],
    );
    const facts = { layer: node.name, file, pairs, ...(hint === undefined ? {} : { hint }) };
    return place(problem("CNN5012", facts), node.span);
  });
}

function ofOtherShape({ graph, arrays }: Binding): readonly Weight[] {
  return [...graph.weights.values()].filter(({ name, shape }) => {
    const given = arrays.get(name);
    return given !== undefined && !fits(shape, given.shape);
  });
}

function otherTypes({ graph, arrays, file, owners }: Binding): readonly Diagnostic[] {
  return [...graph.weights.keys()].flatMap((tensor) => {
    const [given, node] = [arrays.get(tensor), owners.get(tensor)];
    if (given === undefined || node === undefined || isFloat(given.dtype)) return [];
    const facts = { layer: node.name, tensor, file, dtype: given.dtype };
    return [place(problem("CNN5015", facts), node.span)];
  });
}

function byOwner(
  { owners }: Binding,
  weights: readonly Weight[],
): readonly (readonly [Node, readonly Weight[]])[] {
  const groups = new Map<Node, Weight[]>();
  for (const weight of weights) {
    const node = owners.get(weight.name);
    if (node === undefined) continue;
    const group = groups.get(node) ?? [];
    group.push(weight);
    groups.set(node, group);
  }
  return [...groups];
}

/** `layer1.0.conv1` of `layer1.0.conv1.weight`. */
function scopeOf(tensor: string): string {
  return tensor.slice(0, Math.max(0, tensor.lastIndexOf(".")));
}

/** A named size takes every number. */
function fits(wanted: readonly Dim[], given: readonly number[]): boolean {
  return (
    wanted.length === given.length &&
    wanted.every((size, axis) => !isKnown(size) || size === given[axis])
  );
}
