/**
 * From a graph of known sizes to its execution plan: algorithms are chosen, which fixes what
 * margins the tensors need; then the nodes become steps in their order.
 */
import { layerOf } from "../analysis/table.ts";
import { knownShape, ownInputs, typesOf } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import { EPILOGUES, type Operation } from "../graph/operation.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import { PlanDraft } from "./draft.ts";
import {
  arrangeConcats,
  arrangeViews,
  isInPlace,
  lowerConcat,
  lowerParameter,
  lowerPermute,
  lowerSlice,
  lowerSplit,
  lowerView,
} from "./lower/arrangement.ts";
import { lowerBatchNorm, lowerChannelAffine } from "./lower/channel-affine.ts";
import {
  type ChosenConvolution,
  chooseForConvolution,
  lowerConvolution,
  lowerLinear,
} from "./lower/convolution.ts";
import { poolsBehind } from "./lower/fused-pool.ts";
import { type Expansion, expansionsOf, lowerExpandDepthwise } from "./lower/expand-depthwise.ts";
import { lowerCopies } from "./lower/copies.ts";
import { lowerMatmul } from "./lower/matmul.ts";
import { lowerElementwise, lowerPrelu } from "./lower/elements.ts";
import {
  copiesMap,
  lowerChannelShuffle,
  lowerPad,
  lowerPixelShuffle,
  lowerResample,
} from "./lower/movement.ts";
import { lowerLrn, lowerNormalization, lowerSoftmax } from "./lower/normalization.ts";
import { lowerAdaptivePool, lowerReduction, lowerWindowPool } from "./lower/pools.ts";
import { type ChosenTransposed, chooseForTransposed, lowerTransposed } from "./lower/transposed.ts";
import { Lowering, type PlanOptions } from "./lower/lowering.ts";
import { asMap, channelsLastExact, hasMargin } from "./memory/placed.ts";
import type { Plan, Port } from "./plan.ts";
import { Tensors } from "./memory/tensors.ts";

/** @param graph optimised, all sizes known */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const draft = new PlanDraft(options.machine);
  const tensors = new Tensors(graph, draft, options.machine.vectorWidth);
  const lowering = new Lowering(graph, draft, tensors, options);
  return new Planner(graph, lowering).plan();
}

class Planner {
  readonly #graph: Graph;
  readonly #lowering: Lowering;
  readonly #uses: Uses;
  readonly #operations: ReadonlyMap<Node, Operation>;
  readonly #chosen = new Map<Node, ChosenConvolution>();
  /** Nodes that the kernel of another computes too. */
  readonly #fused = new Set<Node>();
  #expansions: ReadonlyMap<Node, Expansion> = new Map();
  readonly #chosenTransposed = new Map<Node, ChosenTransposed>();

  constructor(graph: Graph, lowering: Lowering) {
    this.#graph = graph;
    this.#lowering = lowering;
    this.#uses = usesOf(graph);
    this.#operations = new Map(graph.nodes.map((node) => [node, operationOf(graph, node)]));
  }

  plan(): Plan {
    const operationOfNode = (node: Node): Operation => this.#operationOf(node);
    const pools = poolsBehind(this.#graph, this.#uses, operationOfNode, this.#lowering.tensors);
    for (const [node, operation] of this.#operations) {
      if (operation.family === "convolution") {
        const chosen = chooseForConvolution(node, operation, pools.get(node), this.#lowering);
        this.#chosen.set(node, chosen);
        if (chosen.pool !== undefined) this.#fused.add(chosen.pool.node);
      } else if (operation.family === "transposed_convolution") {
        this.#chosenTransposed.set(node, chooseForTransposed(node, operation, this.#lowering));
      }
    }
    this.#expansions = expansionsOf(this.#uses, this.#chosen, this.#lowering);
    for (const { node } of this.#expansions.values()) this.#fused.add(node);
    this.#arrange();
    this.#lowering.tensors.alignMargins();
    const inputs = this.#graph.inputs.map((id) => this.#input(id));
    this.#placeOutputs();
    for (const [node, operation] of this.#operations) {
      if (!this.#fused.has(node)) this.#lower(node, operation);
    }
    const outputs = this.#graph.outputs.map(({ name, value }) => this.#output(name, value));
    return this.#lowering.draft.finish(this.#graph.name, inputs, outputs);
  }

  /** Lets tensors lie inside others before any is placed. */
  #arrange(): void {
    const { tensors } = this.#lowering;
    const operationOfNode = (node: Node): Operation => this.#operationOf(node);
    const written = new Set(
      this.#graph.nodes.flatMap((node) => (isInPlace(this.#operationOf(node)) ? [] : node.outputs)),
    );
    // What has more axes is written as rows that lie one behind the other.
    const mayMove = (id: ValueId): boolean => written.has(id) && tensors.shapeOf(id).length <= 4;
    arrangeViews(this.#graph, operationOfNode, tensors);
    arrangeConcats(this.#graph, operationOfNode, mayMove, tensors);
  }

  #operationOf(node: Node): Operation {
    const operation = this.#operations.get(node);
    if (operation === undefined) throw new InternalFault(`${node.name} is not in the graph`);
    return operation;
  }

  /** The user's tensor, and for a map a copy with channels last and the margin that it needs. */
  #input(id: ValueId): Port {
    const { tensors, machine } = this.#lowering;
    const { name } = this.#graph.values[id];
    const port = tensors.placeAt(id, tensors.port(tensors.shapeOf(id), "input"));
    const map = port.shape.length === 4 ? asMap(port) : undefined;
    const margin = tensors.marginOf(id);
    const reordered = map !== undefined && map.shape[1] > 1 && !isPixel(map.shape);
    if (map !== undefined && ((reordered && !this.#onlyPadsRead(id)) || hasMargin(margin))) {
      // Few channels lie close together, so that a row of the kernel is one run in memory.
      const arranged = channelsLastExact(map.shape, margin, machine.vectorWidth);
      const copy = tensors.own(map.shape, arranged);
      this.#lowering.clearMargin(name, copy);
      this.#lowering.copy(name, "input", port, copy);
      tensors.placeAt(id, copy);
    }
    return { name, shape: port.shape, buffer: port.buffer };
  }

  /** What lies row-major anyway and nobody else reads is written where the user finds it. */
  #placeOutputs(): void {
    const { tensors } = this.#lowering;
    const read = new Set(this.#graph.nodes.flatMap((node) => node.inputs));
    for (const node of this.#graph.nodes) {
      const operation = this.#operationOf(node);
      if (isInPlace(operation) || operation.family === "concat") continue;
      for (const id of node.outputs) {
        const isResult = this.#graph.outputs.some(({ value }) => value === id);
        const shape = tensors.shapeOf(id);
        if (isResult && !read.has(id) && shape.length !== 4) {
          tensors.placeAt(id, tensors.port(shape, "output"));
        }
      }
    }
  }

  #output(name: string, id: ValueId): Port {
    const { tensors } = this.#lowering;
    const placed = tensors.placeOf(id);
    const shape = tensors.shapeOf(id);
    if (this.#lowering.draft.roleOf(placed.buffer) === "output") {
      return { name, shape, buffer: placed.buffer };
    }
    const port = tensors.port(shape, "output");
    this.#lowering.copy(name, "output", placed, port);
    return { name, shape, buffer: port.buffer };
  }

  #lower(node: Node, operation: Operation): void {
    const lowering = this.#lowering;
    if (node.epilogue !== undefined && EPILOGUES[operation.family] === "none") {
      throw new InternalFault(`no kernel of ${node.name} does what follows it`);
    }
    switch (operation.family) {
      case "convolution": {
        const chosen = this.#chosen.get(node);
        if (chosen === undefined) throw new InternalFault(`${node.name} has no algorithm`);
        const expansion = this.#expansions.get(node);
        if (expansion !== undefined) return lowerExpandDepthwise(expansion, node, chosen, lowering);
        return lowerConvolution(node, chosen, lowering);
      }
      case "transposed_convolution": {
        const chosen = this.#chosenTransposed.get(node);
        if (chosen === undefined) throw new InternalFault(`${node.name} has no algorithm`);
        return lowerTransposed(node, operation, chosen, lowering);
      }
      case "linear":
        return lowerLinear(node, lowering);
      case "batch_norm":
        return lowerBatchNorm(node, operation.eps, lowering);
      case "channel_affine":
        return lowerChannelAffine(node, operation, lowering);
      case "matmul":
        return lowerMatmul(node, lowering);
      case "normalization":
        return lowerNormalization(node, operation, lowering);
      case "lrn":
        return lowerLrn(node, operation, lowering);
      case "softmax":
        return lowerSoftmax(node, operation.kind, operation.axis, lowering);
      case "window_pool":
        return lowerWindowPool(node, operation, lowering);
      case "adaptive_pool":
        return lowerAdaptivePool(node, operation.reduce, lowering);
      case "reduce":
        return lowerReduction(node, operation, lowering);
      case "elementwise":
        return lowerElementwise(node, operation.element, lowering);
      case "prelu":
        return lowerPrelu(node, lowering);
      case "parameter":
        return lowerParameter(node, lowering);
      case "view":
        return lowerView(node, this.#onlyLinearReads(node.outputs[0]), lowering);
      case "permute":
        return lowerPermute(node, operation.order, lowering);
      case "slice":
        return lowerSlice(node, operation, lowering);
      case "split":
        return lowerSplit(node, operation.axis, lowering);
      case "concat":
        return lowerConcat(node, operation.axis, lowering);
      case "pad":
        return lowerPad(node, operation, lowering);
      case "copies":
        return lowerCopies(node, operation, lowering);
      case "resample":
        return lowerResample(node, operation, lowering);
      case "pixel_shuffle":
        return lowerPixelShuffle(node, operation.factor, lowering);
      case "channel_shuffle":
        return lowerChannelShuffle(node, operation.groups, lowering);
      default:
        return operation satisfies never;
    }
  }

  #onlyLinearReads(id: ValueId): boolean {
    return this.#isReadOnlyBy(
      id,
      (node) => this.#operationOf(node).family === "linear" && ownInputs(node).includes(id),
    );
  }

  /** Those that copy the map anyway, from whatever order it lies in. */
  #onlyPadsRead(id: ValueId): boolean {
    return this.#isReadOnlyBy(id, (node) => copiesMap(this.#operationOf(node)));
  }

  #isReadOnlyBy(id: ValueId, reader: (node: Node) => boolean): boolean {
    return this.#uses.readers(id)?.every(reader) === true;
  }
}

function isPixel([, , height, width]: readonly number[]): boolean {
  return height * width === 1;
}

function operationOf(graph: Graph, node: Node): Operation {
  const shapes = typesOf(graph, ownInputs(node)).map(({ shape }) => knownShape(shape));
  return layerOf(node).lowering.operation(node.attributes, shapes);
}
