/**
 * What a picture of a graph consists of, before it is written in any syntax. A box is a
 * layer with the normalisation, activation and dropout that follow it and nothing else
 * reads between: people think of `conv → batch_norm → relu` as one stage, and the picture
 * of a deep model stays small. Dotted names make nested scopes.
 */
import { layerOf } from "../../analysis/table.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import { usesOf } from "../../graph/uses.ts";
import type { Category } from "../../layers/layer.ts";

export interface Box {
  readonly nodes: readonly Node[];
}

export interface Scope {
  /** All labels up to here joined by dots; empty for the whole graph. */
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly scopes: readonly Scope[];
}

const FOLLOWERS: ReadonlySet<Category> = new Set<Category>([
  "normalization",
  "activation",
  "regularization",
]);

export function boxesOf(graph: Graph): readonly Box[] {
  const uses = usesOf(graph);
  const boxOf = new Map<ValueId, Node[]>();
  const boxes: Node[][] = [];
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    const before = boxOf.get(input);
    const follows =
      before !== undefined &&
      node.inputs.length === 1 &&
      uses.onlyReader(input) === node &&
      FOLLOWERS.has(layerOf(node).category) &&
      scopeOf(before[0].name) === scopeOf(node.name);
    const box = follows ? before : [];
    box.push(node);
    if (!follows) boxes.push(box);
    for (const id of node.outputs) boxOf.set(id, box);
  }
  return boxes.map((nodes) => ({ nodes }));
}

/** The labels around a layer: `layer1.0` of `layer1.0.conv1`. */
export function scopeOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

/** Boxes by scope; a scope that holds one box and nothing else is no frame of its own. */
export function scopesOf(boxes: readonly Box[]): Scope {
  return scopeAt(
    "",
    boxes.map((box) => ({ box, path: box.nodes[0].name.split(".").slice(0, -1) })),
    0,
  );
}

interface Placed {
  readonly box: Box;
  readonly path: readonly string[];
}

function scopeAt(name: string, placed: readonly Placed[], depth: number): Scope {
  const groups = new Map<string, Placed[]>();
  const boxes: Box[] = [];
  for (const item of placed) {
    if (item.path.length <= depth) boxes.push(item.box);
    else {
      const label = item.path[depth];
      const group = groups.get(label) ?? [];
      group.push(item);
      groups.set(label, group);
    }
  }
  const scopes: Scope[] = [];
  for (const [label, group] of groups) {
    if (group.length === 1) boxes.push(group[0].box);
    else scopes.push(scopeAt(name === "" ? label : `${name}.${label}`, group, depth + 1));
  }
  return { name, boxes, scopes };
}
