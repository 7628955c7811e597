/**
 * Emits layers for ONNX nodes through the checker's own door, so that their shape rules decide
 * and their messages tell, and keeps what the graph does not: the weights' numbers, and which
 * names of the file each layer came from.
 */
import { argumentOf } from "../../../analysis/attributes.ts";
import { applyLayer } from "../../../check/evaluate/apply.ts";
import { Elaboration } from "../../../check/evaluate/elaboration.ts";
import type { Reporter } from "../../../check/reporter.ts";
import type { TensorValue } from "../../../check/evaluate/values.ts";
import { InternalFault, type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Attributes } from "../../../graph/attributes.ts";
import { formatShape } from "../../../graph/dim.ts";
import { formatAttribute } from "../../../graph/print.ts";
import { sameShape } from "../../../graph/tensor-type.ts";
import { layers } from "../../../layers/index.ts";
import type { Layer } from "../../../layers/layer.ts";
import { excerpt } from "../../excerpt.ts";
import type { StoredArray } from "../../tensors/stored-array.ts";
import { sameArray } from "./arrays.ts";
import { type OnnxNode, nodeLabel } from "./model.ts";
import type { Constant, Flow } from "./operand.ts";

/** Where a layer of the graph came from: what its name is made of. */
export interface Origin {
  readonly node: OnnxNode;
  /** ONNX's names of its weights, by role. */
  readonly weights: Readonly<Record<string, string>>;
}

export interface AttributePlace {
  readonly name: string;
  readonly span: Span;
}

/** By role. */
type Weights = Readonly<Record<string, Constant>>;

export interface LayerRequest {
  readonly kind: string;
  /** Without those that have their default. */
  readonly attributes?: Attributes;
  readonly inputs: readonly TensorValue[];
  readonly weights?: Weights;
  readonly node: OnnxNode;
  readonly span: Span;
  /** Which attribute of the node each parameter of the layer comes from. */
  readonly from?: ReadonlyMap<string, AttributePlace>;
}

/** So many forms of one weight are compared; a real model has two. */
const MOST_FORMS = 16;

interface SharedLayer {
  readonly name: string;
  readonly weights: Weights;
}

export class Emission {
  readonly elaboration: Elaboration;
  /** By the weight's name in the graph. */
  readonly arrays = new Map<string, StoredArray>();
  /** By the node's name in the graph. */
  readonly origins = new Map<string, Origin>();
  /**
   * Layers by their weights' names: a second use of the same weights is the same layer. One weight
   * of the file may be several in the graph, where it is transposed or scaled for some.
   */
  private readonly shared = new Map<string, SharedLayer[]>();
  private count = 0;

  constructor(reporter: Reporter) {
    this.elaboration = new Elaboration(reporter);
  }

  /** The layer's results; undefined after a reported mistake. */
  emit(request: LayerRequest): readonly TensorValue[] | undefined {
    const { kind, inputs, span, from = new Map<string, AttributePlace>(), weights = {} } = request;
    const layer = layers.get(kind);
    const given = request.attributes ?? {};
    if (layer === undefined || !Object.keys(given).every((name) => name in layer.parameters)) {
      this.elaboration.report(missingLayer(request), span);
      return undefined;
    }
    const attributes = completed(layer, given);
    const fault = this.wrongAttribute(layer, attributes, request);
    if (fault !== undefined) {
      this.elaboration.report(fault.problem, fault.span);
      return undefined;
    }
    const name = this.nameFor(kind, attributes, weights);
    const before = this.elaboration.builder.size;
    const result = applyLayer(this.elaboration, {
      layer,
      attributes,
      inputs,
      name,
      span,
      argumentSpans: new Map([...from].map(([parameter, place]) => [parameter, place.span])),
    });
    if (this.elaboration.builder.size === before) return undefined;
    const outputs = result.kind === "tuple" ? result.items : [result];
    const tensors = outputs.filter((output) => output.kind === "tensor");
    return this.keepWeights(tensors[0], request, weights) ? tensors : undefined;
  }

  /** The value as the model has it. */
  own(flow: Flow, node: OnnxNode, span: Span): TensorValue | undefined {
    flow.own ??=
      flow.map &&
      this.emit({
        kind: "squeeze",
        attributes: { axes: [2] },
        inputs: [flow.map],
        node,
        span,
      })?.[0];
    return flow.own;
  }

  /** A sequence `[N, C, L]` as a map of height 1. */
  map(flow: Flow, node: OnnxNode, span: Span): TensorValue | undefined {
    flow.map ??=
      flow.own &&
      this.emit({
        kind: "unsqueeze",
        attributes: { axes: [2] },
        inputs: [flow.own],
        node,
        span,
      })?.[0];
    return flow.map;
  }

  private nameFor(kind: string, attributes: Attributes, weights: Weights): string {
    const fresh = `${kind}${++this.count}`;
    const names = Object.entries(weights).map(([role, { name }]) => `${role}=${name}`);
    if (names.length === 0) return fresh;
    const key = [kind, ...Object.values(attributes).map(formatAttribute), ...names].join(" ");
    const uses = this.shared.get(key) ?? [];
    const known = uses.find((use) => sameArrays(use.weights, weights));
    if (known !== undefined) return known.name;
    if (uses.length < MOST_FORMS) this.shared.set(key, [...uses, { name: fresh, weights }]);
    return fresh;
  }

  /** False where a weight has another shape than the layer needs. */
  private keepWeights(
    output: TensorValue,
    { node, span }: LayerRequest,
    weights: Weights,
  ): boolean {
    const { builder } = this.elaboration;
    const made = builder.makerOf(output.id);
    if (made === undefined) throw new InternalFault("a layer that was emitted has no node");
    const names: Record<string, string> = {};
    for (const [role, weightName] of Object.entries(made.weights)) {
      const given = weights[role];
      if (given === undefined) throw new InternalFault(`${made.kind} was given no ${role}`);
      const { shape } = builder.weightOf(weightName);
      if (!sameShape(shape, given.array.shape)) {
        const facts = {
          node: excerpt(nodeLabel(node)),
          weight: excerpt(given.name),
          role,
          gets: formatShape(given.array.shape),
          needs: formatShape(shape),
        };
        this.elaboration.report(problem("CNN6007", facts), span);
        return false;
      }
      this.arrays.set(weightName, given.array);
      names[role] = given.name;
    }
    this.origins.set(made.name, { node, weights: names });
    return true;
  }

  private wrongAttribute(
    layer: Layer,
    attributes: Attributes,
    { node, span, from }: LayerRequest,
  ): { readonly problem: Problem; readonly span: Span } | undefined {
    for (const [name, value] of Object.entries(attributes)) {
      const parameter = layer.parameters[name];
      if (parameter === undefined) {
        throw new InternalFault(`${layer.kind} has no parameter ${name}`);
      }
      const argument = argumentOf(value);
      if (argument === undefined || parameter.accept(argument) !== undefined) continue;
      const place = from?.get(name);
      const attribute = place?.name ?? name;
      const facts = { node: excerpt(nodeLabel(node)), op: excerpt(node.op), attribute };
      const { expects } = parameter;
      return {
        problem: problem("CNN6011", { ...facts, gets: formatAttribute(value), expects }),
        span: place?.span ?? span,
      };
    }
    return undefined;
  }
}

function sameArrays(a: Weights, b: Weights): boolean {
  return Object.entries(a).every(([role, { array }]) => sameArray(array, b[role].array));
}

/** A layer that the language is still to get. */
function missingLayer({ kind, attributes = {}, node }: LayerRequest): Problem {
  const names = Object.keys(attributes).join(", ");
  return problem("CNN6002", {
    node: excerpt(nodeLabel(node)),
    op: excerpt(node.op),
    reason: `there is no layer \`${kind}\`${names === "" ? "" : ` with ${names}`} yet`,
    remedy: "cut the model before it, and do this outside",
  });
}

/** With the defaults of what is not given. */
function completed(layer: Layer, given: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(layer.parameters).map(([name, parameter]) => {
      const value = given[name] ?? parameter.default;
      if (value === undefined) throw new InternalFault(`${layer.kind} is given no ${name}`);
      return [name, value];
    }),
  );
}
