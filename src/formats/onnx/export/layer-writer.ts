/** Writes the nodes of a graph one layer after another, each by its `onnx` facet. */
import { layerOf, layerOfKind } from "../../../analysis/table.ts";
import { type Diagnostic, type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import { place } from "../../../diagnostics/place.ts";
import type { Span } from "../../../diagnostics/span.ts";
import { ownInputs, typeOf, weightOf } from "../../../graph/access.ts";
import { type Variable, variablesIn } from "../../../graph/dim.ts";
import type { EpilogueStep, Graph, Node, ValueId } from "../../../graph/graph.ts";
import type { Layer } from "../../../layers/layer.ts";
import type { OnnxCall, OnnxTensor, OnnxValue, Opset } from "../../../layers/onnx.ts";
import { Emitter, type Owner } from "./emitter.ts";
import type { Names } from "./names.ts";
import { SizeReader } from "./size-reader.ts";

interface Setting {
  readonly opset: Opset;
  readonly names: Names;
  /** Names of the graph's inputs and of the values that are its outputs. */
  readonly named: ReadonlyMap<ValueId, string>;
  readonly placeOf: (span: Span) => string;
}

export class LayerWriter {
  readonly emitter: Emitter;
  readonly diagnostics: Diagnostic[] = [];
  readonly #graph: Graph;
  readonly #setting: Setting;
  readonly #sizes: SizeReader;
  readonly #tensors = new Map<ValueId, OnnxTensor>();

  constructor(graph: Graph, setting: Setting) {
    this.#graph = graph;
    this.#setting = setting;
    for (const id of graph.inputs) this.#name(id, this.#wishFor(id));
    this.#sizes = new SizeReader(graph, this.#tensors);
    this.emitter = new Emitter(setting.names, this.#sizes);
    for (const node of graph.nodes) this.#write(node);
  }

  /** A value's name in the model. */
  nameOf(id: ValueId): string {
    return this.#tensorOf(id).name;
  }

  #write(node: Node): void {
    const wrong = this.#writeLayer(node);
    if (wrong === undefined) return;
    this.diagnostics.push(place(wrong, node.span));
    // What follows is written all the same, so that all mistakes are found.
    for (const id of node.outputs) {
      if (!this.#tensors.has(id)) this.#name(id, this.#wishFor(id));
    }
  }

  #writeLayer(node: Node): Problem | undefined {
    const { epilogue = [], name, span } = node;
    const doc = this.#setting.placeOf(span);
    const values = this.#valuesOf(layerOf(node), {
      attributes: node.attributes,
      inputs: ownInputs(node).map((id) => this.#tensorOf(id)),
      weights: Object.fromEntries(
        Object.entries(node.weights).map(([role, weight]) => [role, this.#weight(weight)]),
      ),
      shapes: node.outputs.map((id) => typeOf(this.#graph, id).shape),
    });
    if ("code" in values) return values;
    if (epilogue.length === 0) {
      this.#emit(values, node.outputs, { name, doc });
      return undefined;
    }
    return this.#writeEpilogue(node, values, epilogue, doc);
  }

  /** The steps as layers of their own, called as their layer; the last one makes the value. */
  #writeEpilogue(
    { name, outputs: [output] }: Node,
    values: readonly OnnxValue[],
    steps: readonly EpilogueStep[],
    doc: string,
  ): Problem | undefined {
    const { names, named } = this.#setting;
    const { shape } = typeOf(this.#graph, output);
    const write = (value: OnnxValue, owner: Owner, wish?: string): OnnxTensor => {
      const [written] = this.emitter.emitLayer([value], [wish ?? names.take(owner.name)], owner);
      return { kind: "tensor", name: written, shape };
    };
    let result = write(values[0], { name, doc });
    for (const [at, { kind, attributes, inputs }] of steps.entries()) {
      const next = this.#valuesOf(layerOfKind(kind), {
        attributes,
        inputs: inputs.map((id) => (id === "result" ? result : this.#tensorOf(id))),
        weights: {},
        shapes: [shape],
      });
      if ("code" in next) return next;
      const wish = at === steps.length - 1 ? named.get(output) : undefined;
      result = write(next[0], { name: `${name}/${kind}`, doc }, wish);
    }
    this.#tensors.set(output, result);
    return undefined;
  }

  #valuesOf(
    layer: Layer,
    call: Omit<OnnxCall<Node["attributes"]>, "opset">,
  ): readonly OnnxValue[] | Problem {
    const expression = layer.onnx({ ...call, opset: this.#setting.opset });
    if ("code" in expression) return expression;
    const values = "kind" in expression ? [expression] : expression;
    return this.#unreadable(layer, values) ?? values;
  }

  #emit(values: readonly OnnxValue[], ids: readonly ValueId[], owner: Owner): void {
    const wishes = ids.map((id) => this.#wishFor(id));
    const names = this.emitter.emitLayer(values, wishes, owner);
    for (const [at, id] of ids.entries()) this.#name(id, names[at]);
  }

  /** A size that has to be computed where the model runs, but stands in no input by itself. */
  #unreadable({ kind }: Layer, values: readonly OnnxValue[]): Problem | undefined {
    for (const variable of variablesOf(values)) {
      if (this.#sizes.canRead(variable)) continue;
      const { name } = variable;
      const reason = `it needs \`${name}\`, which is the size of no axis of an input`;
      return problem("CNN5080", {
        layer: kind,
        reason,
        remedy: `give it a value: \`--set ${name}=…\``,
      });
    }
    return undefined;
  }

  #weight(name: string): OnnxTensor {
    return { kind: "tensor", name, shape: weightOf(this.#graph, name).shape };
  }

  #tensorOf(id: ValueId): OnnxTensor {
    const tensor = this.#tensors.get(id);
    if (tensor === undefined) throw new InternalFault(`value ${id} was not written`);
    return tensor;
  }

  #wishFor(id: ValueId): string {
    return this.#setting.named.get(id) ?? this.#setting.names.take(this.#graph.values[id].name);
  }

  #name(id: ValueId, name: string): void {
    const { shape } = typeOf(this.#graph, id);
    this.#tensors.set(id, { kind: "tensor", name, shape });
  }
}

/** The named sizes in the size vectors of expressions. */
function variablesOf(values: readonly OnnxValue[]): readonly Variable[] {
  const found = new Map<string, Variable>();
  const seen = new Set<OnnxValue>();
  const visit = (value: OnnxValue | undefined): void => {
    if (value === undefined || seen.has(value)) return;
    seen.add(value);
    if (value.kind === "sizes") for (const size of value.sizes) variablesIn(size, found);
    if (value.kind === "result") value.of.inputs.forEach(visit);
  };
  values.forEach(visit);
  return [...found.values()];
}
