/** Grows the graph of one model while its program is evaluated. */
import type { Span } from "../../diagnostics/span.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Attributes } from "../../graph/attributes.ts";
import type { Graph, Metadata, Node, Value, ValueId, Weight } from "../../graph/graph.ts";
import { type TensorType, sameShape } from "../../graph/tensor-type.ts";
import type { WeightShape, WeightShapes } from "../../layers/layer.ts";
import type { TensorValue } from "./values.ts";

export interface NodeRequest {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Attributes;
  readonly inputs: readonly TensorValue[];
  readonly outputs: readonly TensorType[];
  readonly weights: WeightShapes;
  readonly span: Span;
}

/** A shared layer met an input for which its weights would have another shape. */
export interface WeightClash {
  readonly weight: Weight;
  readonly wanted: WeightShape;
}

export class GraphBuilder {
  private readonly values: Value[] = [];
  private readonly inputs: ValueId[] = [];
  private readonly nodes: Node[] = [];
  private readonly weights = new Map<string, Weight>();
  private readonly makers = new Map<ValueId, Node>();
  /** Names of inputs and nodes: a node is called after the value that it makes. */
  private readonly nodeNames = new Set<string>();
  /** How often each name was wanted for a node. */
  private readonly uses = new Map<string, number>();

  get size(): number {
    return this.nodes.length;
  }

  input(name: string, type: TensorType): TensorValue {
    const value = this.value(name, type);
    this.nodeNames.add(name);
    this.inputs.push(value.id);
    return value;
  }

  /** Adds a node; an error value where it shares weights of another shape. */
  node(request: NodeRequest): readonly TensorValue[] | WeightClash {
    const weights: Record<string, string> = {};
    for (const [role, wanted] of Object.entries(request.weights)) {
      const name = wanted.namedAsNode === true ? request.name : `${request.name}.${role}`;
      const known = this.weights.get(name);
      if (known !== undefined && !sameShape(known.shape, wanted.shape)) {
        return { weight: known, wanted };
      }
      const { shape, role: use } = wanted;
      if (known === undefined) this.weights.set(name, { name, shape, dtype: "f32", role: use });
      weights[role] = name;
    }
    const name = this.uniqueNodeName(request.name);
    const outputs = request.outputs.map((type, i) =>
      this.value(i === 0 ? name : `${name}:${i}`, type),
    );
    const node: Node = {
      name,
      kind: request.kind,
      attributes: request.attributes,
      inputs: request.inputs.map((input) => input.id),
      outputs: outputs.map((output) => output.id),
      weights,
      span: request.span,
    };
    this.nodes.push(node);
    for (const output of outputs) this.makers.set(output.id, node);
    return outputs;
  }

  /** The node that makes a value; undefined for a model's input. */
  makerOf(id: ValueId): Node | undefined {
    return this.makers.get(id);
  }

  weightOf(name: string): Weight {
    const weight = this.weights.get(name);
    if (weight === undefined) throw new InternalFault(`weight ${name} is not in the graph`);
    return weight;
  }

  typeOf(id: ValueId): TensorType {
    const value = this.values.at(id);
    if (value === undefined) throw new InternalFault(`value ${id} is not in the graph`);
    return value.type;
  }

  finish(name: string, outputs: Graph["outputs"], metadata: Metadata): Graph {
    return {
      name,
      inputs: this.inputs,
      outputs,
      values: this.values,
      nodes: this.nodes,
      weights: this.weights,
      metadata,
    };
  }

  private value(name: string, type: TensorType): TensorValue {
    const id = this.values.length;
    this.values.push({ id, name, type });
    return { kind: "tensor", id, type };
  }

  /** Further uses of a shared layer are called `embed#2`, `embed#3`. */
  private uniqueNodeName(name: string): string {
    let uses = (this.uses.get(name) ?? 0) + 1;
    let unique = uses === 1 ? name : `${name}#${uses}`;
    while (this.nodeNames.has(unique)) unique = `${name}#${++uses}`;
    this.uses.set(name, uses);
    this.nodeNames.add(unique);
    return unique;
  }
}
