/** Who makes and who reads each value of a graph: what lints ask again and again. */
import { type ReceptiveField, receptiveFields } from "../../analysis/receptive-field.ts";
import { typeOf } from "../../graph/access.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { TensorType } from "../../graph/tensor-type.ts";

export class Flow {
  readonly graph: Graph;
  private readonly makers = new Map<ValueId, Node>();
  private readonly readers = new Map<ValueId, Node[]>();
  private readonly results: ReadonlySet<ValueId>;
  private knownFields: readonly (ReceptiveField | null)[] | undefined;

  constructor(graph: Graph) {
    this.graph = graph;
    this.results = new Set(graph.outputs.map(({ value }) => value));
    for (const node of graph.nodes) {
      for (const id of node.outputs) this.makers.set(id, node);
      for (const id of node.inputs) {
        const readers = this.readers.get(id);
        if (readers === undefined) this.readers.set(id, [node]);
        else if (readers.at(-1) !== node) readers.push(node);
      }
    }
  }

  /** Undefined for an input of the model. */
  makerOf(id: ValueId): Node | undefined {
    return this.makers.get(id);
  }

  readersOf(id: ValueId): readonly Node[] {
    return this.readers.get(id) ?? [];
  }

  isResult(id: ValueId): boolean {
    return this.results.has(id);
  }

  /** The one node that reads a value which goes nowhere else. */
  soleReader(id: ValueId): Node | undefined {
    const readers = this.readersOf(id);
    return readers.length === 1 && !this.isResult(id) ? readers[0] : undefined;
  }

  typeOf(id: ValueId): TensorType {
    return typeOf(this.graph, id);
  }

  /** Inputs of the model that are maps. */
  get images(): readonly ValueId[] {
    return this.graph.inputs.filter((id) => this.typeOf(id).shape.length === 4);
  }

  fieldOf(id: ValueId): ReceptiveField | null {
    this.knownFields ??= receptiveFields(this.graph);
    return this.knownFields[id];
  }

  /** The node behind a value, past layers that `passes` lets through, from first input to first input. */
  makerThrough(id: ValueId, passes: (node: Node) => boolean): Node | undefined {
    let maker = this.makerOf(id);
    while (maker !== undefined && passes(maker)) maker = this.makerOf(maker.inputs[0]);
    return maker;
  }
}
