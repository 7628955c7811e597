/**
 * The labels of a graph as a tree: what stands under `layer1.0` is one part of the network. A
 * part must be one run of layers that reads no weights of others; labels for which that does
 * not hold are parts of names only.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";

export interface Scope {
  /** `layer1.0`; empty for the model. */
  readonly path: string;
  /** The path within the scope around it, usually its last label. */
  readonly local: string;
  readonly items: readonly Item[];
  /** Values that come from outside, in the order in which they are read. */
  readonly inputs: readonly ValueId[];
  /** Values that are read outside. */
  readonly outputs: readonly ValueId[];
}

export interface LayerItem {
  readonly kind: "layer";
  readonly local: string;
  readonly node: Node;
  /** Where its weights are; undefined for a layer without. */
  readonly module: string | undefined;
}

export type Item =
  LayerItem | { readonly kind: "scope"; readonly local: string; readonly scope: Scope };

/** `conv1` for the weight `conv1.weight`; a learned tensor by itself is called as its layer. */
function modulePath({ kind, weights }: Node): string | undefined {
  const [first] = Object.entries(weights);
  if (first === undefined) return undefined;
  const [role, name] = first;
  return kind === "parameter" ? name : name.slice(0, name.length - role.length - 1);
}

export function scopeTree(graph: Graph): Scope {
  const dissolved = new Set<string>();
  for (;;) {
    const broken = brokenScope(graph, dissolved);
    if (broken === undefined) return scopeOf(graph, graph.nodes, "", "", dissolved);
    dissolved.add(broken);
  }
}

/** The scopes around a node, outermost first. */
function scopesAround(node: Node, dissolved: ReadonlySet<string>): readonly string[] {
  const labels = node.name.split(".");
  return labels
    .slice(0, -1)
    .map((_, at) => labels.slice(0, at + 1).join("."))
    .filter((path) => !dissolved.has(path));
}

function brokenScope(graph: Graph, dissolved: ReadonlySet<string>): string | undefined {
  const closed = new Set<string>();
  let open: readonly string[] = [];
  for (const node of graph.nodes) {
    const around = scopesAround(node, dissolved);
    for (const path of open) if (!around.includes(path)) closed.add(path);
    const again = around.find((path) => closed.has(path));
    if (again !== undefined) return again;
    const module = modulePath(node);
    const foreign = around.find((path) => module !== undefined && !module.startsWith(`${path}.`));
    if (foreign !== undefined) return foreign;
    open = around;
  }
  return undefined;
}

function scopeOf(
  graph: Graph,
  nodes: readonly Node[],
  path: string,
  local: string,
  dissolved: ReadonlySet<string>,
): Scope {
  const within = (name: string): string => (path === "" ? name : name.slice(path.length + 1));
  const items: Item[] = [];
  for (let at = 0; at < nodes.length;) {
    const node = nodes[at];
    const inner = scopesAround(node, dissolved).find((scope) => scope.length > path.length);
    if (inner === undefined) {
      items.push({ kind: "layer", local: within(node.name), node, module: modulePath(node) });
      at += 1;
      continue;
    }
    let end = at;
    while (end < nodes.length && nodes[end].name.startsWith(`${inner}.`)) end++;
    const scope = scopeOf(graph, nodes.slice(at, end), inner, within(inner), dissolved);
    items.push({ kind: "scope", local: scope.local, scope });
    at = end;
  }
  return { path, local, items, ...boundary(graph, nodes) };
}

function boundary(
  graph: Graph,
  nodes: readonly Node[],
): { readonly inputs: readonly ValueId[]; readonly outputs: readonly ValueId[] } {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const inside = new Set(nodes);
  const inputs = new Set(nodes.flatMap((node) => node.inputs.filter((id) => !made.has(id))));
  const readOutside = new Set([
    ...graph.nodes.filter((node) => !inside.has(node)).flatMap((node) => node.inputs),
    ...graph.outputs.map(({ value }) => value),
  ]);
  return { inputs: [...inputs], outputs: [...made].filter((id) => readOutside.has(id)) };
}
