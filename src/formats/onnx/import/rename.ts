/**
 * Gives the layers of an imported graph names that a person would have given them. The names of
 * the file's weights are kept where they are names (`layer1.0.conv1.weight`); an exporter's
 * numbers (`onnx::Conv_193`) give way to the path of modules that PyTorch writes into the nodes'
 * names, or to the layer's kind and number.
 */
import type { Graph, Node, Value, Weight } from "../../../graph/graph.ts";
import type { StoredArray } from "../../tensors/stored-array.ts";
import type { Draft } from "./draft.ts";
import type { Origin } from "./emission.ts";
import { layerOfOperation, layerOfVariable } from "./tensorflow-names.ts";

export interface Named {
  readonly graph: Graph;
  /** By the weights' new names. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
}

export function nameLayers({ graph, arrays, origins }: Draft): Named {
  const namer = new Namer(graph.inputs.map((id) => graph.values[id].name));
  const nodes: Node[] = [];
  const values: Value[] = graph.values.map((value) => value);
  const weights = new Map<string, Weight>();
  const renamed = new Map<string, StoredArray>();
  const bases = new Map<string, string>();
  for (const node of graph.nodes) {
    const [base, again] = /^(.*?)(#\d+)?$/.exec(node.name)?.slice(1) ?? [node.name];
    // A further use of shared weights is called as the first, with its number.
    const name =
      again === undefined ? namer.take(node, origins.get(node.name)) : (bases.get(base) ?? base);
    bases.set(base, name);
    const own: Record<string, string> = {};
    for (const [role, old] of Object.entries(node.weights)) {
      const weightName = name + old.slice(base.length);
      const weight = graph.weights.get(old);
      const array = arrays.get(old);
      if (weight === undefined || array === undefined) continue;
      own[role] = weightName;
      weights.set(weightName, { ...weight, name: weightName });
      renamed.set(weightName, array);
    }
    const unique = again === undefined ? name : `${name}${again}`;
    nodes.push({ ...node, name: unique, weights: own });
    node.outputs.forEach((id, at) => {
      values[id] = { ...graph.values[id], name: at === 0 ? unique : `${unique}:${at}` };
    });
  }
  return { graph: { ...graph, nodes, values, weights }, arrays: renamed };
}

class Namer {
  private readonly taken: Set<string>;
  private readonly counts = new Map<string, number>();

  constructor(inputs: readonly string[]) {
    this.taken = new Set(inputs);
  }

  take(node: Node, origin: Origin | undefined): string {
    for (const name of candidates(node, origin)) {
      if (!this.taken.has(name)) return this.claim(name);
    }
    const scope = origin === undefined ? undefined : modulePath(origin.node.name);
    const within = scope === undefined || Object.keys(node.weights).length > 0 ? "" : `${scope}.`;
    return this.claim(this.numbered(within, node.kind));
  }

  private claim(name: string): string {
    this.taken.add(name);
    return name;
  }

  private numbered(scope: string, kind: string): string {
    const key = scope + kind;
    for (;;) {
      const n = (this.counts.get(key) ?? 0) + 1;
      this.counts.set(key, n);
      if (!this.taken.has(`${key}${n}`)) return `${key}${n}`;
    }
  }
}

function candidates({ kind, weights }: Node, origin: Origin | undefined): readonly string[] {
  if (origin === undefined) return [];
  const names = Object.entries(origin.weights).map(([role, name]) =>
    kind === "parameter" ? dotted(name) : ownerOf(name, role),
  );
  const path = Object.keys(weights).length > 0 ? pathOf(origin.node.name) : undefined;
  return [...names, path].filter((name) => name !== undefined).filter((name) => name !== "");
}

/** Endings by which the exporters' languages name a layer's weights. */
const ROLES =
  /[._/](weight|bias|kernel|alpha|gamma|beta|scale|shift|W|B|w|b|running_mean|running_var|mean|var|variance|moving_mean|moving_variance|weights|biases)(:0|_0)?$/;

/** The layer that a weight belongs to: `layer1.0.conv1` of `layer1.0.conv1.weight`. */
function ownerOf(name: string, role: string): string | undefined {
  const variable = layerOfVariable(name);
  const path = dotted(variable ?? name);
  if (path === undefined) return undefined;
  const owner = path.endsWith(`.${role}`)
    ? path.slice(0, -role.length - 1)
    : path.replace(ROLES, "");
  return owner === path && variable === undefined ? undefined : owner;
}

/** The layer that a node's name tells of. */
function pathOf(name: string): string | undefined {
  const operation = name.startsWith("/") ? undefined : layerOfOperation(name);
  return operation === undefined ? modulePath(name) : dotted(operation);
}

/** A name of words joined by dots, as PyTorch's; TensorFlow's slashes become dots. */
function dotted(name: string): string | undefined {
  const path = name.replace(/:0$/, "").replaceAll("/", ".");
  return path.length <= 200 &&
    /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(path) &&
    /[A-Za-z_]/.test(path)
    ? path
    : undefined;
}

/**
 * The modules around a node by PyTorch's name for it: `/layer1/layer1.0/conv1/Conv` stands in
 * `layer1.0.conv1`. A module that starts with its parent's name repeats the whole path.
 */
function modulePath(name: string): string | undefined {
  if (!name.startsWith("/")) return undefined;
  const parts = name.split("/").slice(1, -1);
  let path: readonly string[] = [];
  for (const part of parts) {
    const parent = path.at(-1);
    const repeats = parent !== undefined && part.startsWith(`${parent}.`);
    path = [...(repeats ? path.slice(0, -1) : path), part];
  }
  const joined = path.join(".");
  return joined === "" ? undefined : dotted(joined);
}
