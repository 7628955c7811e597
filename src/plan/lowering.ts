/** What the lowering of every operation needs: where tensors lie, and where steps go. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import { copy } from "../kernels/copy.ts";
import type { Machine } from "../kernels/machine.ts";
import { operandOf } from "../kernels/operand.ts";
import { zeroMargin } from "../kernels/zero-margin.ts";
import type { Algorithm, ChooseOptions } from "./convolution.ts";
import type { PlanDraft } from "./draft.ts";
import { type Place, type Placed, firstPixel } from "./plan.ts";
import { hasMargin, wholeVectors } from "./region.ts";
import type { Tensors } from "./tensors.ts";

export interface PlanOptions {
  readonly machine: Machine;
  /** Algorithms that the user chose, by the node's name. */
  readonly algorithms?: ReadonlyMap<string, Algorithm>;
  /** Never trade accuracy for speed. */
  readonly precise?: boolean;
}

export class Lowering {
  readonly graph: Graph;
  readonly draft: PlanDraft;
  readonly tensors: Tensors;
  readonly options: PlanOptions;
  readonly #biases = new Map<string, Place>();

  constructor(graph: Graph, draft: PlanDraft, tensors: Tensors, options: PlanOptions) {
    this.graph = graph;
    this.draft = draft;
    this.tensors = tensors;
    this.options = options;
  }

  get machine(): Machine {
    return this.options.machine;
  }

  chooseOptions(node: Node): ChooseOptions {
    const { machine, algorithms, precise } = this.options;
    const wanted = algorithms?.get(node.name);
    return {
      machine,
      ...(wanted !== undefined && { wanted }),
      ...(precise !== undefined && { precise }),
    };
  }

  /** The place of a node's first output; a margin around it is cleared first. */
  outputOf(node: Node): Placed {
    const [id] = node.outputs;
    if (this.tensors.isPlaced(id)) return this.tensors.placeOf(id);
    const whole = this.tensors.wholeOf(id);
    if (!this.tensors.isPlaced(whole)) this.clearMargin(node.name, this.tensors.allocate(whole));
    return this.tensors.allocate(id);
  }

  /** Copies a tensor into another place, whatever the layouts. */
  copy(name: string, operation: string, from: Placed, to: Placed): void {
    this.draft.step({
      nodes: [name],
      operation,
      algorithm: "copy",
      kernel: copy(
        {
          shape: from.region.shape,
          from: operandOf(from.region.layout),
          to: operandOf(to.region.layout),
        },
        this.machine,
      ),
      arguments: [firstPixel(from), firstPixel(to)],
    });
  }

  /** A weight of a node, packed for its kernel. */
  weightsFor(node: Node, role: string, pack: (weights: Float32Array) => Float32Array): Place {
    const name = node.weights[role];
    const elements = this.#elementsOf(name);
    const length = pack(new Float32Array(elements)).length;
    return {
      buffer: this.draft.weights(length, (weights) => pack(valuesOf(weights, name))),
      offset: 0,
    };
  }

  /** A bias, filled up so that whole vectors can be read from any channel on. */
  biasFor(node: Node, channels: number): Place {
    const name = node.weights.bias;
    const known = this.#biases.get(name);
    if (known !== undefined) return known;
    const { vectorWidth } = this.machine;
    const elements = wholeVectors(channels, vectorWidth) + vectorWidth;
    const pack = (weights: ReadonlyMap<string, Tensor>): Float32Array => {
      const filled = new Float32Array(elements);
      filled.set(valuesOf(weights, name));
      return filled;
    };
    const place = { buffer: this.draft.weights(elements, pack), offset: 0 };
    this.#biases.set(name, place);
    return place;
  }

  /** Writes the zeros around a map, before the map itself. */
  clearMargin(name: string, { region, buffer, offset }: Placed): void {
    if (!hasMargin(region.margin)) return;
    const [batch, , height, width] = region.shape;
    const problem = {
      planes: batch,
      size: [height, width] as const,
      pitch: region.layout.w,
      margin: region.margin,
    };
    this.draft.step({
      nodes: [name],
      operation: "padding",
      algorithm: "zeros around the map",
      kernel: zeroMargin(problem, this.machine),
      arguments: [{ buffer, offset }],
    });
  }

  #elementsOf(name: string): number {
    const weight = this.graph.weights.get(name);
    if (weight === undefined) throw new InternalFault(`weight ${name} is not in the graph`);
    return weight.shape.reduce<number>((n, size) => n * Number(size), 1);
  }
}

function valuesOf(weights: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new InternalFault(`weight ${name} was not bound`);
  return Float32Array.from(tensor.data);
}
