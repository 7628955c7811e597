/**
 * Builds graphs by hand, so that what reads graphs is tested without the checker: a node's
 * types and weights come from its layer, its place is a made-up one.
 */
import type { Span } from "../../src/diagnostics/span.ts";
import type { AttributeValue, Attributes } from "../../src/graph/attributes.ts";
import type { Dim } from "../../src/graph/dim.ts";
import type { Graph, Metadata, Node, Value, ValueId, Weight } from "../../src/graph/graph.ts";
import { type TensorType, tensorType } from "../../src/graph/tensor-type.ts";
import { layers } from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";

export interface NodeOptions {
  /** Unlabelled nodes are named by kind and order: `conv1`. */
  readonly name?: string;
  /** Take the weights of the node of this name. */
  readonly share?: string;
}

export class Build {
  private readonly name: string;
  private readonly inputs: ValueId[] = [];
  private readonly values: Value[] = [];
  private readonly nodes: Node[] = [];
  private readonly weights = new Map<string, Weight>();

  constructor(name: string) {
    this.name = name;
  }

  input(name: string, shape: readonly Dim[]): ValueId {
    const id = this.value(name, shape);
    this.inputs.push(id);
    return id;
  }

  /** Nodes so far. */
  get size(): number {
    return this.nodes.length;
  }

  typeOf(id: ValueId): TensorType {
    return this.values[id].type;
  }

  /** The first output of a new node; attributes left out have the layer's defaults. */
  add(
    kind: string,
    inputs: ValueId | readonly ValueId[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): ValueId {
    return this.addAll(kind, inputs, attributes, options)[0];
  }

  /** All outputs of a new node. */
  addAll(
    kind: string,
    inputs: ValueId | readonly ValueId[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): readonly ValueId[] {
    const layer = layers.get(kind);
    if (layer === undefined) throw new Error(`no layer ${kind}`);
    const ids = typeof inputs === "number" ? [inputs] : inputs;
    const types = ids.map((id) => this.values[id].type);
    const all = withDefaults(layer, attributes);
    const shape = layer.shape(all, types);
    if ("code" in shape) throw new Error(`${kind}: ${JSON.stringify(shape)}`);
    const sameKind = this.nodes.filter((node) => node.kind === kind).length;
    const name = options.name ?? `${kind}${sameKind + 1}`;
    const weights = Object.entries(layer.weights(all, types)).map(([role, weight]) => {
      const full = `${options.share ?? name}.${role}`;
      this.weights.set(full, { name: full, shape: weight.shape, dtype: "f32", role: weight.role });
      return [role, full];
    });
    const outputs = shape.outputs.map((type, i) =>
      this.value(i === 0 ? name : `${name}:${i}`, type.shape),
    );
    this.nodes.push({
      name,
      kind,
      attributes: all,
      inputs: ids,
      outputs,
      weights: Object.fromEntries(weights),
      span: this.nextSpan(),
    });
    return outputs;
  }

  /** One after the other, each `[kind, attributes]`. */
  chain(
    start: ValueId,
    ...steps: readonly (readonly [kind: string, attributes?: Attributes, name?: string])[]
  ): ValueId {
    return steps.reduce(
      (value, [kind, attributes, name]) =>
        this.add(kind, value, attributes, name === undefined ? {} : { name }),
      start,
    );
  }

  graph(outputs: Readonly<Record<string, ValueId>> | ValueId, metadata: Metadata = {}): Graph {
    const named = typeof outputs === "number" ? { output: outputs } : outputs;
    return {
      name: this.name,
      inputs: this.inputs,
      outputs: Object.entries(named).map(([name, value]) => ({ name, value })),
      values: this.values,
      nodes: this.nodes,
      weights: this.weights,
      metadata,
    };
  }

  private value(name: string, shape: readonly Dim[]): ValueId {
    const id = this.values.length;
    this.values.push({ id, name, type: tensorType(shape) });
    return id;
  }

  private nextSpan(): Span {
    const start = 10 * this.nodes.length;
    return { file: "model.cnn", start, end: start + 5 };
  }
}

function withDefaults(layer: Layer, attributes: Attributes): Attributes {
  const entries = Object.entries(layer.parameters).map(
    ([name, parameter]): [string, AttributeValue] => {
      const value = Object.hasOwn(attributes, name) ? attributes[name] : parameter.default;
      if (value === undefined) throw new Error(`${layer.kind} needs ${name}`);
      return [name, value];
    },
  );
  return Object.fromEntries(entries);
}
