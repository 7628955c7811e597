/**
 * Checks everything that the compiler relies on in a graph: dense numbering, makers before
 * readers, unique names, attributes, types and weights as the layers' own rules give
 * them. It runs after the checker and after every pass, so that a mistake shows where it
 * was made.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { ownInputs } from "../graph/access.ts";
import { decide } from "../graph/condition.ts";
import { formatShape, isKnown } from "../graph/dim.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import { formatType, sameShape } from "../graph/tensor-type.ts";
import { layers } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { attributeFault } from "./attributes.ts";

/** @throws InternalFault naming the first broken invariant */
export function verify(graph: Graph): void {
  const fault = brokenInvariant(graph);
  if (fault !== undefined) throw new InternalFault(`graph ${graph.name}: ${fault}`);
}

/** The first broken invariant in words, or undefined where all hold. */
export function brokenInvariant(graph: Graph): string | undefined {
  return (
    numbering(graph) ??
    uniqueness(graph) ??
    first(graph.nodes, (node) => prefixed(node, nodeFault(graph, node))) ??
    first(graph.outputs, ({ name, value }) =>
      inGraph(graph, value) ? undefined : `output ${name} is value ${value}, which does not exist`,
    ) ??
    unusedWeight(graph)
  );
}

/** Values are numbered inputs first, then outputs of nodes in order; so makers precede readers. */
function numbering(graph: Graph): string | undefined {
  let next = 0;
  const takes = (id: ValueId): boolean => id === next++ && inGraph(graph, id);
  for (const id of graph.inputs) {
    if (!takes(id)) return `input ${id} is not numbered in order`;
  }
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      if (!Number.isInteger(id) || id < 0 || id >= next) {
        return `node ${node.name} reads value ${id} before it is made`;
      }
    }
    if (node.outputs.length === 0) return `node ${node.name} has no outputs`;
    for (const id of node.outputs) {
      if (!takes(id)) return `output ${id} of node ${node.name} is not numbered in order`;
    }
  }
  if (next !== graph.values.length) return `${graph.values.length - next} values have no maker`;
  return first(graph.values, ({ id, name }, at) =>
    id === at ? undefined : `value ${name} stands at ${at} with number ${id}`,
  );
}

function uniqueness(graph: Graph): string | undefined {
  return (
    repeated("node", graph.nodes) ??
    repeated("value", graph.values) ??
    repeated("output", graph.outputs)
  );
}

function repeated(what: string, items: readonly { readonly name: string }[]): string | undefined {
  const seen = new Set<string>();
  return first(items, ({ name }) => {
    if (seen.has(name)) return `two ${what}s are called ${name}`;
    seen.add(name);
    return undefined;
  });
}

function nodeFault(graph: Graph, node: Node): string | undefined {
  const layer = layers.get(node.kind);
  if (layer === undefined) return `there is no layer \`${node.kind}\``;
  return (
    arityFault(layer, node) ??
    attributeFault(layer, node.attributes) ??
    typeFault(graph, layer, node) ??
    epilogueFault(graph, node) ??
    weightFault(graph, layer, node)
  );
}

function arityFault(layer: Layer, node: Node): string | undefined {
  const variadic = layer.inputs.some((name) => name.endsWith("..."));
  const fits = variadic
    ? ownInputs(node).length >= layer.inputs.length
    : ownInputs(node).length === layer.inputs.length;
  return fits
    ? undefined
    : `\`${node.kind}\` takes ${layer.inputs.join(", ")}, gets ${node.inputs.length}`;
}

function typeFault(graph: Graph, layer: Layer, node: Node): string | undefined {
  const inputs = ownInputs(node).map((id) => graph.values[id].type);
  const result = layer.shape(node.attributes, inputs);
  if ("code" in result) return `its shape rule answers ${result.code}`;
  // Symbolic conditions were decided by the checker, and deciding them is slow.
  const broken = result.requires.find(
    ({ condition }) =>
      isKnown(condition.left) && isKnown(condition.right) && decide(condition).holds === "never",
  );
  if (broken !== undefined) return `its shape rule answers ${broken.problem.code}`;
  if (result.outputs.length !== node.outputs.length) {
    return `it makes ${result.outputs.length} outputs, not ${node.outputs.length}`;
  }
  return first(node.outputs, (id, i) => {
    const { type } = graph.values[id];
    const wanted = result.outputs[i];
    return sameShape(type.shape, wanted.shape)
      ? undefined
      : `its output is ${formatType(type)}, its shape rule says ${formatType(wanted)}`;
  });
}

/** Each step is a layer without weights that keeps the result's type. */
function epilogueFault(graph: Graph, node: Node): string | undefined {
  const { epilogue = [] } = node;
  const read = epilogue.flatMap((step) => step.inputs).filter((id) => id !== "result");
  const last = node.inputs.slice(node.inputs.length - read.length);
  if (!last.every((id, at) => id === read[at])) return "its epilogue reads what is no input";
  const result = graph.values[node.outputs[0]].type;
  return first(epilogue, ({ kind, attributes, inputs }) => {
    const layer = layers.get(kind);
    if (layer === undefined) return `there is no layer \`${kind}\``;
    const types = inputs.map((id) => (id === "result" ? result : graph.values[id].type));
    const shape = layer.shape(attributes, types);
    const keeps = "outputs" in shape && sameShape(shape.outputs[0].shape, result.shape);
    if (!keeps) return `the epilogue \`${kind}\` changes its result's type`;
    return attributeFault(layer, attributes);
  });
}

function weightFault(graph: Graph, layer: Layer, node: Node): string | undefined {
  const inputs = ownInputs(node).map((id) => graph.values[id].type);
  const wanted = layer.weights(node.attributes, inputs);
  const extra = Object.keys(node.weights).find((role) => !Object.hasOwn(wanted, role));
  if (extra !== undefined) return `it has no weight \`${extra}\``;
  return first(Object.entries(wanted), ([role, { shape, role: use }]) => {
    if (!Object.hasOwn(node.weights, role)) return `its weight \`${role}\` is not named`;
    const name = node.weights[role];
    const weight = graph.weights.get(name);
    if (weight === undefined) return `its weight ${name} does not exist`;
    if (weight.name !== name) return `weight ${weight.name} stands under the name ${name}`;
    if (weight.role !== use) return `weight ${name} is a ${weight.role}, not a ${use}`;
    return sameShape(weight.shape, shape)
      ? undefined
      : `weight ${name} is ${formatShape(weight.shape)}, its layer wants ${formatShape(shape)}`;
  });
}

function unusedWeight(graph: Graph): string | undefined {
  const used = new Set(graph.nodes.flatMap((node) => Object.values(node.weights)));
  return first([...graph.weights.keys()], (name) =>
    used.has(name) ? undefined : `no node uses weight ${name}`,
  );
}

function inGraph(graph: Graph, id: ValueId): boolean {
  return Number.isInteger(id) && id >= 0 && id < graph.values.length;
}

function prefixed(node: Node, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `node ${node.name}: ${fault}`;
}

function first<T>(
  items: readonly T[],
  faultOf: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const fault = faultOf(item, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
