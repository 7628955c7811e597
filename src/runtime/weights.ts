/**
 * Gives a graph its weights from a file. Names and shapes are compared as a whole before
 * anything is decoded: every mismatch is one diagnostic at the layer's line, and where one
 * cause explains many (a prefix, another model's file) it is said once.
 */
import { nearest } from "../diagnostics/nearest.ts";
import {
  type Diagnostic,
  InternalFault,
  type Problem,
  problem,
} from "../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import { excerpt, excerptShape } from "../formats/excerpt.ts";
import { type StoredArray, isFloat, toTensor } from "../formats/stored-array.ts";
import { type Dim, formatShape, isKnown } from "../graph/dim.ts";
import type { Graph, Node, Weight } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { formatIndex, type Tensors } from "./inputs.ts";
import { layoutHint } from "./weight-layouts.ts";

export interface BoundWeights {
  /** By name, exactly those of the graph; empty where there are errors. */
  readonly weights: Tensors;
  readonly diagnostics: readonly Diagnostic[];
}

type Arrays = ReadonlyMap<string, StoredArray>;

interface Site {
  readonly graph: Graph;
  readonly arrays: Arrays;
  /** The file's name in messages. */
  readonly file: string;
  /** The first layer that uses each weight. */
  readonly owners: ReadonlyMap<string, Node>;
}

/** Mistakes of one kind that are listed one by one. */
const LISTED = 8;
/** Names shown of either side when the file belongs to another model. */
const SHOWN = 3;

/** Sizes of the graph may be named; a weight of named size takes what the file has. */
export function bindWeights(graph: Graph, arrays: Arrays, file: string): BoundWeights {
  const site: Site = { graph, arrays: withoutCounters(arrays), file, owners: ownersOf(graph) };
  const mismatches = nameProblems(site) ?? [
    ...listed(site, missingAndExtra(site)),
    ...listed(site, shapeProblems(site)),
  ];
  if (mismatches.length > 0) return { weights: new Map(), diagnostics: mismatches };
  const weights = new Map<string, Tensor>();
  const invalid: Diagnostic[] = [];
  for (const name of graph.weights.keys()) {
    const array = site.arrays.get(name);
    if (array === undefined) throw new InternalFault(`weight ${name} was not compared`);
    const tensor = toTensor(array);
    weights.set(name, tensor);
    const at = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const facts = { value: String(tensor.data[at]), index: formatIndex(tensor.shape, at) };
      invalid.push(
        atOwner(site, name, problem("CNN5014", { ...weightFacts(site, name), ...facts })),
      );
    }
  }
  return invalid.length === 0
    ? { weights, diagnostics: [] }
    : {
        weights: new Map(),
        diagnostics: listed(site, { what: "hold such values", found: invalid }),
      };
}

/** PyTorch counts batches in each batch_norm; nothing here uses the count. */
function withoutCounters(arrays: Arrays): Arrays {
  return new Map([...arrays].filter(([name]) => !/(^|\.)num_batches_tracked$/.test(name)));
}

function ownersOf(graph: Graph): ReadonlyMap<string, Node> {
  const owners = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const name of Object.values(node.weights)) {
      if (!owners.has(name)) owners.set(name, node);
    }
  }
  return owners;
}

/** One message where the file as a whole has other names than the graph. */
function nameProblems({ graph, arrays, file }: Site): readonly Diagnostic[] | undefined {
  const names = [...graph.weights.keys()];
  const missing = names.filter((name) => !arrays.has(name));
  if (missing.length === 0 || missing.length * 2 < names.length) return undefined;
  const prefix = commonPrefix([...arrays.keys()]);
  const [example] = names;
  if (prefix !== "" && names.every((name) => arrays.has(prefix + name))) {
    const cause = prefix.endsWith("module.")
      ? "save `model.module.state_dict()` instead of `model.state_dict()`"
      : "save the model's own `state_dict()`";
    const facts = { model: graph.name, file, prefix: excerpt(prefix), example, cause };
    return [place(problem("CNN5016", facts), wholeFile(file))];
  }
  if (missing.length <= LISTED) return undefined;
  const facts = {
    model: graph.name,
    file,
    missing: missing.length,
    weights: names.length,
    wants: missing.slice(0, SHOWN),
    has: [...arrays.keys()]
      .filter((name) => !graph.weights.has(name))
      .slice(0, SHOWN)
      .map(excerpt),
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

interface Mistakes {
  readonly what: string;
  readonly found: readonly Diagnostic[];
}

function missingAndExtra(site: Site): Mistakes {
  const { graph, arrays, file } = site;
  const spare = new Map([...arrays].filter(([name]) => !graph.weights.has(name)));
  const found: Diagnostic[] = [];
  for (const weight of graph.weights.values()) {
    if (arrays.has(weight.name)) continue;
    const near = nearestOf(weight, spare);
    if (near !== undefined) spare.delete(near);
    const { layer, tensor } = weightFacts(site, weight.name);
    const facts = { layer, tensor, file, shape: formatShape(weight.shape) };
    const nearby = near === undefined ? facts : { ...facts, nearest: excerpt(near) };
    found.push(atOwner(site, weight.name, problem("CNN5010", nearby)));
  }
  for (const [name, { shape }] of spare) found.push(extra(site, name, shape));
  return { what: "are missing or not used", found };
}

/** The unused tensor of the same shape whose name is closest, or the only one of that shape. */
function nearestOf(weight: Weight, spare: Arrays): string | undefined {
  const alike = [...spare].filter(([, { shape }]) => fits(weight.shape, shape));
  const names = alike.map(([name]) => name);
  return nearest(weight.name, names) ?? (names.length === 1 ? names[0] : undefined);
}

function extra(site: Site, name: string, shape: readonly number[]): Diagnostic {
  const facts = { tensor: excerpt(name), shape: excerptShape(shape), file: site.file };
  const layer = name.slice(0, Math.max(0, name.lastIndexOf(".")));
  const node = site.graph.nodes.find((candidate) => candidate.name === layer);
  return node === undefined
    ? place(problem("CNN5011", facts), wholeFile(site.file))
    : place(problem("CNN5011", { ...facts, layer }), node.span);
}

function shapeProblems(site: Site): Mistakes {
  const found: Diagnostic[] = [];
  for (const { name, shape } of site.graph.weights.values()) {
    const array = site.arrays.get(name);
    if (array === undefined) continue;
    const facts = weightFacts(site, name);
    if (!isFloat(array.dtype)) {
      found.push(atOwner(site, name, problem("CNN5015", { ...facts, dtype: array.dtype })));
    } else if (!fits(shape, array.shape)) {
      const hint = layoutHint(shape, array.shape);
      const shapes = { wants: formatShape(shape), gets: excerptShape(array.shape) };
      const mismatch = { ...facts, ...shapes, ...(hint === undefined ? {} : { hint }) };
      found.push(atOwner(site, name, problem("CNN5012", mismatch)));
    }
  }
  return { what: "have another shape or type", found };
}

function fits(wanted: readonly Dim[], given: readonly number[]): boolean {
  return (
    wanted.length === given.length &&
    wanted.every((size, axis) => !isKnown(size) || size === given[axis])
  );
}

/** The first mistakes, and the number of the others. */
function listed({ file }: Site, { what, found }: Mistakes): readonly Diagnostic[] {
  if (found.length <= LISTED + 1) return found;
  const count = found.length - LISTED;
  const others = place(problem("CNN5017", { file, count, what }), wholeFile(file));
  return [...found.slice(0, LISTED), others];
}

function weightFacts(
  { owners, file }: Site,
  tensor: string,
): { readonly layer: string; readonly tensor: string; readonly file: string } {
  return { layer: owners.get(tensor)?.name ?? tensor, tensor, file };
}

function atOwner({ owners, file }: Site, tensor: string, found: Problem): Diagnostic {
  return place(found, owners.get(tensor)?.span ?? wholeFile(file));
}
