/**
 * Regions from names: the layers called `layer1.0.conv1` and `layer1.0.bn1` are a region `0`
 * inside of a region `layer1`. A scope that makes more than one value for the layers around it
 * cannot be a block; its layers stand in the scope around it and keep their names.
 */
import { typeOf } from "../../../graph/access.ts";
import type { Graph, Node, ValueId } from "../../../graph/graph.ts";
import { layerOf } from "../../../analysis/table.ts";
import { type LayerPart, type Part, type Region, layersOf } from "./region.ts";

/** The whole model as a region of regions. */
export function scopesOf(graph: Graph): Region {
  const root = new Scope("");
  const indices = new Map<Part, number>();
  const withWeights = graph.nodes.filter(({ weights }) => Object.keys(weights).length > 0);
  const areNamed = withWeights.filter(hasOwnName).length * 2 >= withWeights.length;
  for (const [at, node] of graph.nodes.entries()) {
    const { scope, label } = placeOf(node);
    const { inputs, outputs } = node;
    const named = areNamed || hasOwnName(node) ? label : {};
    const part: LayerPart = { kind: "layer", node, ...named, inputs, outputs };
    indices.set(part, at);
    scope.reduce((outer, name) => outer.child(name), root).parts.push(part);
  }
  const outputs = graph.outputs.map(({ value }) => value);
  const builder = new RegionBuilder(graph, indices);
  return { kind: "region", inputs: graph.inputs, outputs, parts: builder.partsOf(root) };
}

/** Deeper names stand in their scope whole. */
const DEEPEST = 20;

/** Whether it is called otherwise than by its kind and a number, as unlabelled layers are. */
function hasOwnName(node: Node): boolean {
  const { scope, label } = placeOf(node);
  if (label.label === undefined) return false;
  return scope.length > 0 || label.label.replace(/\d+$/, "") !== node.kind;
}

/** The whole model as one body. */
export function flat({ inputs, outputs, nodes }: Graph): Region {
  const parts = nodes.map((node): LayerPart => {
    const { scope, label } = placeOf(node);
    const own = label.label === undefined ? {} : { label: [...scope, label.label].join(".") };
    return { kind: "layer", node, ...own, inputs: node.inputs, outputs: node.outputs };
  });
  return { kind: "region", inputs, outputs: outputs.map(({ value }) => value), parts };
}

/** Where a layer belongs by its name, and what it is called there if its weights have names. */
function placeOf(node: Node): { scope: readonly string[]; label: { label?: string } } {
  const segments = (pathOfWeights(node) ?? node.name).split(".");
  const path = [
    ...segments.slice(0, DEEPEST),
    ...(segments.length > DEEPEST ? [segments.slice(DEEPEST).join(".")] : []),
  ];
  const own = path[path.length - 1];
  const isNamed = Object.keys(node.weights).length > 0 && !/^\d*$/.test(path[0]);
  return { scope: path.slice(0, -1), label: isNamed ? { label: own } : {} };
}

/** `layer1.0.conv1` for `layer1.0.conv1.weight` and `layer1.0.conv1.bias`. */
function pathOfWeights(node: Node): string | undefined {
  const names = Object.values(node.weights);
  if (layerOf(node).inputs.length === 0) return names.at(0);
  const paths = new Set(names.map((name) => name.slice(0, Math.max(0, name.lastIndexOf(".")))));
  const [path] = paths;
  return paths.size === 1 && path !== "" ? path : undefined;
}

class Scope {
  readonly name: string;
  readonly parts: LayerPart[] = [];
  readonly scopes = new Map<string, Scope>();

  constructor(name: string) {
    this.name = name;
  }

  child(name: string): Scope {
    const known = this.scopes.get(name);
    if (known !== undefined) return known;
    const made = new Scope(name);
    this.scopes.set(name, made);
    return made;
  }
}

class RegionBuilder {
  private readonly graph: Graph;
  /** Places in the graph's order; of a region that of the layer that makes its result. */
  private readonly indices: Map<Part, number>;
  private readonly readers: ReadonlyMap<ValueId, readonly Node[]>;
  private readonly results: ReadonlySet<ValueId>;

  constructor(graph: Graph, indices: Map<Part, number>) {
    this.graph = graph;
    this.indices = indices;
    this.readers = readersOf(graph);
    this.results = new Set(graph.outputs.map(({ value }) => value));
  }

  /** The parts of a scope, each behind the makers of its inputs. */
  partsOf(scope: Scope): readonly Part[] {
    const inner = [...scope.scopes.values()].flatMap((child) => this.asParts(child));
    return [...scope.parts, ...inner].toSorted((a, b) => this.indexOf(a) - this.indexOf(b));
  }

  private asParts(scope: Scope): readonly Part[] {
    const parts = this.partsOf(scope);
    const outputs = this.outputsOf(parts);
    const inputs = this.inputsOf(parts);
    // A module without weights needs no name.
    const [only] = parts;
    if (parts.length === 1 && only.kind === "layer" && only.label === undefined) return parts;
    if (outputs.length !== 1 || inputs.length === 0) {
      return parts.map((part) => this.moved(part, scope.name));
    }
    const region: Region = {
      kind: "region",
      label: scope.name,
      inputs,
      outputs,
      parts,
    };
    // All else of the region leads to its result, so a maker stands before each of its readers.
    this.indices.set(region, this.indexOf(parts[parts.length - 1]));
    return [region];
  }

  /** A part that stands in the scope around its own keeps the whole of its name. */
  private moved(part: Part, scope: string): Part {
    if (part.label === undefined) return part;
    const moved = { ...part, label: `${scope}.${part.label}` };
    this.indices.set(moved, this.indexOf(part));
    return moved;
  }

  /** The values that layers around the parts read. */
  private outputsOf(parts: readonly Part[]): readonly ValueId[] {
    const inside = new Set(parts.flatMap(nodesOf));
    return parts.flatMap((part) =>
      part.outputs.filter(
        (id) =>
          this.results.has(id) || (this.readers.get(id) ?? []).some((node) => !inside.has(node)),
      ),
    );
  }

  /** The map that was made last comes first: it is what the region works on. */
  private inputsOf(parts: readonly Part[]): readonly ValueId[] {
    const made = new Set(parts.flatMap((part) => part.outputs));
    const read = new Set(parts.flatMap((part) => part.inputs).filter((id) => !made.has(id)));
    const ids = [...read];
    const rank = (id: ValueId): number => typeOf(this.graph, id).shape.length;
    const [main] = ids.toSorted((a, b) => rank(b) - rank(a) || b - a);
    return main === undefined ? [] : [main, ...ids.filter((id) => id !== main)];
  }

  private indexOf(part: Part): number {
    return this.indices.get(part) ?? 0;
  }
}

function readersOf({ nodes }: Graph): ReadonlyMap<ValueId, readonly Node[]> {
  const readers = new Map<ValueId, Node[]>();
  for (const node of nodes) {
    for (const id of node.inputs) {
      const known = readers.get(id);
      if (known === undefined) readers.set(id, [node]);
      else known.push(node);
    }
  }
  return readers;
}

function nodesOf(part: Part): readonly Node[] {
  return layersOf(part).map(({ node }) => node);
}
