/**
 * `concat(x, a)`, `concat(x, a, b)`, `concat(x, a, b, c)` as `concat` of what there is already and
 * the rest: the same tensors, but each layer of a dense block reads one value, so that the layers
 * are alike.
 */
import type { Graph, Node, ValueId } from "../../graph/graph.ts";

/** The names of changed nodes say that they belong to the last of what they join. */
export function regroupConcats(graph: Graph): Graph {
  const grouped = new Map<Node, readonly ValueId[]>();
  const prefixes = new Set<ValueId>();
  const roots = new Map<string, Joined>();
  for (const node of graph.nodes) {
    if (node.kind !== "concat") continue;
    const axis = JSON.stringify(node.attributes);
    const root = roots.get(axis) ?? { by: new Map<ValueId, Joined>() };
    roots.set(axis, root);
    const prefix = join(root, node);
    if (prefix === undefined) continue;
    prefixes.add(prefix.value);
    grouped.set(node, [prefix.value, ...node.inputs.slice(prefix.length)]);
  }
  if (grouped.size === 0) return graph;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node.name])));
  const taken = new Set(graph.nodes.map(({ name }) => name));
  const values = [...graph.values];
  const nodes = graph.nodes.map((node) => {
    const inputs = grouped.get(node) ?? node.inputs;
    if (!grouped.has(node) && !prefixes.has(node.outputs[0])) return node;
    const name = nameBeside(makers.get(node.inputs[node.inputs.length - 1]), taken);
    const [id] = node.outputs;
    values[id] = { ...values[id], name };
    return { ...node, name, inputs };
  });
  return { ...graph, nodes, values };
}

/** What is joined so far, by what comes next. */
interface Joined {
  readonly by: Map<ValueId, Joined>;
  /** The value that joins all up to here. */
  value?: ValueId;
}

/** The longest beginning of what a node joins that is joined already; the node is remembered. */
function join(
  root: Joined,
  { inputs, outputs }: Node,
): { readonly value: ValueId; readonly length: number } | undefined {
  let prefix: { readonly value: ValueId; readonly length: number } | undefined;
  let at = root;
  for (const [index, id] of inputs.entries()) {
    let next = at.by.get(id);
    if (next === undefined) {
      next = { by: new Map() };
      at.by.set(id, next);
    }
    at = next;
    const isProper = index > 0 && index < inputs.length - 1;
    if (at.value !== undefined && isProper) prefix = { value: at.value, length: index + 1 };
  }
  at.value ??= outputs[0];
  return prefix;
}

function nameBeside(maker: string | undefined, taken: Set<string>): string {
  const scope = maker?.includes(".") === true ? maker.replace(/[^.]*$/, "") : "";
  let name = `${scope}concat`;
  for (let n = 1; taken.has(name); n++) name = `${scope}concat${n}`;
  taken.add(name);
  return name;
}
