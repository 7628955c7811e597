/** What the lowering of every operation needs: where tensors lie, and where steps go. */
import { activationBytes, parameterCount } from "../../analysis/cost.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import type { WeightTensor } from "../../graph/tensor.ts";
import type { Expansion } from "../../kernels/convolution/expansion.ts";
import { copy } from "../../kernels/movement/copy.ts";
import { type Margin, noMargin } from "../../kernels/loops/layout.ts";
import type { Kernel } from "../../kernels/ir/ir.ts";
import type { Machine } from "../../kernels/machine.ts";
import { zeroMargin, zeroMarginEstimate } from "../../kernels/movement/zero-margin.ts";
import {
  type Algorithm,
  type ConvolutionChoice,
  type ConvolutionShape,
  chooseConvolution,
} from "../convolution-problem.ts";
import type { PlanDraft } from "../draft.ts";
import {
  type Order,
  type Placed,
  type PlacedMap,
  arranged,
  asMap,
  asPixels,
  covers,
  firstElement,
  hasMargin,
  joinMargins,
  orderOf,
  rowMajorArranged,
  rowMajorOrder,
  usualOrder,
  wholeVectors,
} from "../memory/placed.ts";
import type { Pack, Place } from "../plan.ts";
import { Memo } from "./memo.ts";
import type { Tensors } from "../memory/tensors.ts";

/** Packed weights are as many times as large as plain ones in networks that Winograd computes. */
const PACKED = 2.25;
const BYTES = 4;

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
  /** Of convolutions, by algorithm and problem. */
  readonly kernels = new Memo<Kernel>();
  readonly #choices = new Memo<ConvolutionChoice>();
  readonly #expansions = new Map<ConvolutionChoice, Expansion>();
  /** Whether weights and tensors stay in the last level of the cache from run to run. */
  readonly #cached: boolean;
  readonly #biases = new Map<string, Place>();

  constructor(graph: Graph, draft: PlanDraft, tensors: Tensors, options: PlanOptions) {
    this.graph = graph;
    this.draft = draft;
    this.tensors = tensors;
    this.options = options;
    this.#cached = touchedBytes(graph) <= options.machine.caches.l3;
  }

  get machine(): Machine {
    return this.options.machine;
  }

  /** The algorithm of a node that is this convolution. */
  choose(node: Node, shape: ConvolutionShape): ConvolutionChoice {
    const { machine, algorithms, precise } = this.options;
    const wanted = algorithms?.get(node.name);
    return this.#choices.of([shape, wanted], () =>
      chooseConvolution(shape, {
        machine,
        cached: this.#cached,
        ...(wanted !== undefined && { wanted }),
        ...(precise !== undefined && { precise }),
      }),
    );
  }

  /** Equal for layers that are the same convolution, wherever their tensors lie. */
  expansionOf(choice: ConvolutionChoice): Expansion {
    const expansion = this.#expansions.get(choice) ?? choice.expansion();
    this.#expansions.set(choice, expansion);
    return expansion;
  }

  /**
   * A tensor as a map whose channels lie next to each other, with at least this margin of
   * zeros; where it lies otherwise it is copied, for all who read it from here on.
   */
  mapOf(id: ValueId, margin = noMargin): PlacedMap {
    const map = this.anyMapOf(id);
    const adjacent = map.layout.c === 1 || map.shape[1] === 1;
    if (adjacent && covers(map.margin, margin)) return map;
    const all = joinMargins(margin, this.tensors.marginOf(id));
    return this.#mapAgain(id, all);
  }

  /** A tensor as a map, with its axes in whatever order they lie. */
  anyMapOf(id: ValueId): PlacedMap {
    const map = asMap(this.tensors.placeOf(id));
    if (map === undefined) throw new InternalFault(`value ${id} is no map`);
    return map;
  }

  #mapAgain(id: ValueId, margin: Margin): PlacedMap {
    const from = this.tensors.placeOf(id);
    const { vectorWidth } = this.machine;
    const { name } = this.graph.values[id];
    const order = usualOrder(from.shape.length);
    const to = this.tensors.own(from.shape, arranged(from.shape, order, vectorWidth, margin));
    this.clearMargin(name, to);
    this.copy(name, "layout", from, to);
    this.tensors.placeAt(id, to);
    return this.mapOf(id);
  }

  /** As `outputOf`, for a map. */
  outputMapOf(node: Node, like?: Placed): PlacedMap {
    const map = asMap(this.outputOf(node, like));
    if (map === undefined) throw new InternalFault(`${node.name} makes no map`);
    return map;
  }

  /**
   * A tensor whose last axis counts as channels, all others as pixels; it is copied where these
   * are more than three axes in memory.
   */
  pixelsOf(id: ValueId): PlacedMap {
    const placed = this.tensors.placeOf(id);
    const pixels = asPixels(placed);
    if (pixels !== undefined) return pixels;
    const plain = this.tensors.own(placed.shape, rowMajorArranged(placed.shape));
    this.copy(this.graph.values[id].name, "layout", placed, plain);
    this.tensors.placeAt(id, plain);
    return this.pixelsOf(id);
  }

  /** The place of a node's first output in this form. */
  outputPixelsOf(node: Node): PlacedMap {
    const [id] = node.outputs;
    const pixels = asPixels(this.outputIn(node, rowMajorOrder(this.tensors.shapeOf(id).length)));
    if (pixels === undefined) throw new InternalFault(`${node.name} writes no rows`);
    return pixels;
  }

  /**
   * The place of a node's first output; a margin around it is cleared first.
   * @param like a tensor whose order of axes the output takes over where it has as many
   */
  outputOf(node: Node, like?: Placed): Placed {
    const [id] = node.outputs;
    if (this.tensors.isPlaced(id)) return this.tensors.placeOf(id);
    const rank = this.tensors.shapeOf(id).length;
    return this.outputIn(node, like?.shape.length === rank ? orderOf(like) : usualOrder(rank));
  }

  outputIn(node: Node, order: Order): Placed {
    const [id] = node.outputs;
    if (this.tensors.isPlaced(id)) return this.tensors.placeOf(id);
    const whole = this.tensors.wholeOf(id);
    if (!this.tensors.isPlaced(whole)) {
      this.clearMargin(node.name, this.tensors.allocate(whole, order));
    }
    return this.tensors.allocate(id, order);
  }

  /** Copies a tensor into another place, whatever the order of its axes. */
  copy(name: string, operation: string, from: Placed, to: Placed): void {
    this.draft.step({
      nodes: [name],
      operation,
      algorithm: "copy",
      kernel: copy({ shape: from.shape, from: from.operand, to: to.operand }, this.machine),
      arguments: [firstElement(from), firstElement(to)],
    });
  }

  /**
   * A weight of a node, packed for its kernel.
   * @param elements of what `pack` gives, found out by packing zeros unless given
   */
  weightsFor(
    node: Node,
    role: string,
    pack: (weights: Float32Array) => Float32Array,
    elements?: number,
  ): Place {
    const name = node.weights[role];
    const length = elements ?? pack(new Float32Array(this.#elementsOf(name))).length;
    const ordered: Pack = (weights) => pack(floatsOf(weights(name)));
    return { buffer: this.draft.weights(length, ordered), offset: 0 };
  }

  /** Numbers of the program that a kernel reads. */
  tableFor(table: Float32Array): Place {
    return { buffer: this.draft.weights(table.length, () => table), offset: 0 };
  }

  /** The working memory that a kernel has asked for. */
  scratchOf({ buffers }: Kernel): readonly Place[] {
    return buffers.flatMap(({ elementsPerThread }) =>
      elementsPerThread === undefined
        ? []
        : [{ buffer: this.draft.buffer("scratch", elementsPerThread), offset: 0 }],
    );
  }

  /** A bias, filled up so that whole vectors can be read from any channel on. */
  biasFor(node: Node, channels: number): Place {
    const name = node.weights.bias;
    const known = this.#biases.get(name);
    if (known !== undefined) return known;
    const { vectorWidth } = this.machine;
    const elements = wholeVectors(channels, vectorWidth) + vectorWidth;
    const pack: Pack = (weights) => {
      const filled = new Float32Array(elements);
      filled.set(weights(name).data);
      return filled;
    };
    const place = { buffer: this.draft.weights(elements, pack), offset: 0 };
    this.#biases.set(name, place);
    return place;
  }

  /** Writes the zeros around a map, before the map itself. */
  clearMargin(name: string, { shape, operand: { strides }, margin, buffer, first }: Placed): void {
    if (!hasMargin(margin)) return;
    const [batch, , height, width] = shape;
    const [, , h, w] = strides;
    const problem = { planes: batch, size: [height, width] as const, pitch: w, margin };
    this.draft.step({
      nodes: [name],
      operation: "padding",
      algorithm: "zeros around the map",
      kernel: zeroMargin(problem, this.machine),
      cycles: zeroMarginEstimate(problem, this.machine),
      arguments: [{ buffer, offset: first - margin.top * h - margin.left * w }],
    });
  }

  #elementsOf(name: string): number {
    const weight = this.graph.weights.get(name);
    if (weight === undefined) throw new InternalFault(`weight ${name} is not in the graph`);
    return weight.shape.reduce<number>((n, size) => n * Number(size), 1);
  }
}

export function floatsOf({ data }: WeightTensor): Float32Array {
  return data instanceof Float32Array ? data : new Float32Array(data);
}

/** Of packed weights and of all tensors, in one run. */
function touchedBytes(graph: Graph): number {
  return PACKED * BYTES * Number(parameterCount(graph)) + Number(activationBytes(graph));
}
