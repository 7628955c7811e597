/**
 * Runs a graph by the layers' own definitions, node after node in float64: slow, and right
 * by being obvious. Every compiled target answers to it, and training's gradients are
 * checked against its backward pass.
 */
import { knownShape, ownInputs, typesOf, valueOf } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { sameShape } from "../graph/tensor-type.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import { lastUses } from "../graph/lifetimes.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import type { ReferenceCall } from "../layers/layer.ts";
import type { Attributes } from "../graph/attributes.ts";
import { layerOf, layerOfKind } from "../analysis/table.ts";
import type { Tensors } from "./inputs.ts";

export interface RunOptions {
  /** `training` uses batch statistics and, where `random` is given, drops activations. */
  readonly mode?: "inference" | "training";
  /** A source of U[0, 1) for dropout. */
  readonly random?: () => number;
}

export interface RunResult {
  /** By the names of the graph's outputs. */
  readonly outputs: Tensors;
  /** New values of buffers after a training step, by the weights' names. */
  readonly buffers: Tensors;
}

/** A run that can be gone back through. */
export interface Tape extends RunResult {
  readonly graph: Graph;
  /** By value. */
  readonly values: readonly Tensor[];
  /** What each node was called with, in the graph's order. */
  readonly calls: readonly RecordedCall[];
}

interface RecordedCall {
  readonly call: ReferenceCall<Attributes>;
  /** The random numbers that the node drew; absent where it was given no source. */
  readonly drawn?: readonly number[];
}

export interface GraphGradients {
  /** d loss / d input, by the inputs' names. */
  readonly inputs: Tensors;
  /** d loss / d weight for every weight of role `parameter`, by name. */
  readonly weights: Tensors;
}

/**
 * Runs a graph whose sizes are known on inputs that `checkInputs` accepted. A tensor is
 * dropped after its last use.
 * @param weights by name, in float64, of the shapes that the graph says
 */
export function run(
  graph: Graph,
  weights: Tensors,
  inputs: Tensors,
  options: RunOptions = {},
): RunResult {
  const last = lastUses(graph);
  const state = startState(graph, weights, inputs);
  const { values, buffers } = state;
  for (const [index, node] of graph.nodes.entries()) {
    const call = callOf(node, valuesOf(values, ownInputs(node)), state.weights, options);
    step(graph, node, call, state);
    for (const id of [...node.inputs, ...node.outputs]) if (last[id] === index) values.delete(id);
  }
  return { outputs: outputsOf(graph, values), buffers };
}

/** As `run`, but keeps everything that `gradients` needs; for graphs as they were checked. */
export function record(
  graph: Graph,
  weights: Tensors,
  inputs: Tensors,
  options: RunOptions = {},
): Tape {
  if (graph.nodes.some((node) => node.epilogue !== undefined)) {
    throw new InternalFault("an optimised graph has no backward pass");
  }
  const state = startState(graph, weights, inputs);
  const { values, buffers } = state;
  const calls = graph.nodes.map((node): RecordedCall => {
    const { random, ...rest } = options;
    const drawn: number[] = [];
    const recording = random === undefined ? rest : { ...rest, random: noting(random, drawn) };
    const call = callOf(node, valuesOf(values, ownInputs(node)), state.weights, recording);
    step(graph, node, call, state);
    return random === undefined ? { call } : { call, drawn };
  });
  const ids = graph.values.map(({ id }) => id);
  return {
    graph,
    values: valuesOf(values, ids),
    calls,
    outputs: outputsOf(graph, values),
    buffers,
  };
}

/**
 * Goes back through a recorded run: the gradients of a loss whose gradients with respect to
 * the graph's outputs are given (an output that is left out has none). What flows through
 * several branches, or into a weight that several layers share, is added up. Nothing flows
 * back through a layer without a gradient.
 */
export function gradients(tape: Tape, outputGradients: Tensors): GraphGradients {
  const { graph } = tape;
  const byValue = new Map<ValueId, Tensor>();
  const byWeight = new Map<string, Tensor>();
  for (const { name, value } of graph.outputs) {
    const gradient = outputGradients.get(name);
    if (gradient !== undefined) accumulate(byValue, value, gradient);
  }
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index];
    const { gradient } = layerOf(node);
    if (gradient === "none" || !node.outputs.some((id) => byValue.has(id))) continue;
    const result = gradient.backward({
      ...replayed(tape.calls[index]),
      outputs: node.outputs.map((id) => tape.values[id]),
      outputGradients: node.outputs.map((id) => byValue.get(id) ?? zeros(tape.values[id].shape)),
    });
    node.inputs.forEach((id, i) => accumulate(byValue, id, result.inputs[i]));
    for (const [role, part] of Object.entries(result.weights)) {
      accumulate(byWeight, node.weights[role], part);
    }
    for (const id of node.outputs) byValue.delete(id);
  }
  return {
    inputs: new Map(
      graph.inputs.map((id) => [
        valueOf(graph, id).name,
        byValue.get(id) ?? zeros(tape.values[id].shape),
      ]),
    ),
    weights: new Map(
      [...graph.weights.values()]
        .filter(({ role }) => role === "parameter")
        .map(({ name, shape }) => [name, byWeight.get(name) ?? zeros(knownShape(shape))]),
    ),
  };
}

function accumulate<K>(sums: Map<K, Tensor>, key: K, part: Tensor): void {
  const sum = sums.get(key);
  const data = sum === undefined ? part.data : part.data.map((value, i) => value + sum.data[i]);
  sums.set(key, { shape: part.shape, data });
}

function callOf(
  node: Node,
  inputs: readonly Tensor[],
  state: Tensors,
  { mode = "inference", random }: RunOptions,
): ReferenceCall<Attributes> {
  const weights = Object.entries(node.weights).map(([role, name]) => [role, weightOf(state, name)]);
  const call = {
    attributes: node.attributes,
    inputs,
    weights: Object.fromEntries(weights),
    mode,
  };
  return random === undefined ? call : { ...call, random };
}

/** What a run has computed so far. */
interface State {
  readonly values: Map<ValueId, Tensor>;
  /** By name, as the steps so far left them. */
  readonly weights: Map<string, Tensor>;
  /** New values of buffers. */
  readonly buffers: Map<string, Tensor>;
}

function startState(graph: Graph, weights: Tensors, inputs: Tensors): State {
  return {
    values: inputValues(graph, inputs),
    weights: new Map(weights),
    buffers: new Map(),
  };
}

function step(
  graph: Graph,
  node: Node,
  call: ReferenceCall<Attributes>,
  { values, weights, buffers }: State,
): void {
  const result = layerOf(node).reference(call);
  const types = typesOf(graph, node.outputs);
  node.outputs.forEach((id, i) => {
    const output = i === 0 ? finished(node, result.outputs[0], values) : result.outputs[i];
    if (!sameShape(output.shape, types[i].shape)) {
      throw new InternalFault(
        `${node.name} computed [${output.shape.join(", ")}] for another type`,
      );
    }
    values.set(id, output);
  });
  for (const [role, buffer] of Object.entries(result.buffers ?? {})) {
    // A later use of a shared layer goes on from here.
    weights.set(node.weights[role], buffer);
    buffers.set(node.weights[role], buffer);
  }
}

/** The result after the node's epilogue, which only optimised graphs have. */
function finished(node: Node, result: Tensor, values: ReadonlyMap<ValueId, Tensor>): Tensor {
  return (node.epilogue ?? []).reduce((flowing, { kind, attributes, inputs }) => {
    const tensors = inputs.map((id) => (id === "result" ? flowing : valuesOf(values, [id])[0]));
    const call = { attributes, inputs: tensors, weights: {}, mode: "inference" } as const;
    return layerOfKind(kind).reference(call).outputs[0];
  }, result);
}

function inputValues(graph: Graph, inputs: Tensors): Map<ValueId, Tensor> {
  const values = new Map<ValueId, Tensor>();
  for (const id of graph.inputs) {
    const { name, type } = valueOf(graph, id);
    const given = inputs.get(name);
    if (given === undefined || !sameShape(given.shape, type.shape)) {
      throw new InternalFault(`input ${name} was not checked`);
    }
    values.set(id, given);
  }
  return values;
}

function valuesOf(values: ReadonlyMap<ValueId, Tensor>, ids: readonly ValueId[]): Tensor[] {
  return ids.map((id) => {
    const value = values.get(id);
    if (value === undefined) throw new InternalFault(`value ${id} was dropped before its last use`);
    return value;
  });
}

function weightOf(weights: Tensors, name: string): Tensor {
  const weight = weights.get(name);
  if (weight === undefined) throw new InternalFault(`weight ${name} was not bound`);
  return weight;
}

function outputsOf(graph: Graph, values: ReadonlyMap<ValueId, Tensor>): Tensors {
  const names = graph.outputs.map(({ name }) => name);
  const tensors = valuesOf(
    values,
    graph.outputs.map(({ value }) => value),
  );
  return new Map(names.map((name, i) => [name, tensors[i]]));
}

/** Passes random numbers on and notes them in `drawn`. */
function noting(random: () => number, drawn: number[]): () => number {
  return () => {
    const number = random();
    drawn.push(number);
    return number;
  };
}

/** The call with the same random numbers again, so that the backward pass drops the same. */
function replayed({ call, drawn }: RecordedCall): ReferenceCall<Attributes> {
  if (drawn === undefined) return call;
  let next = 0;
  return {
    ...call,
    random: () => {
      if (next === drawn.length) throw new InternalFault("a backward pass drew a number too many");
      return drawn[next++];
    },
  };
}
