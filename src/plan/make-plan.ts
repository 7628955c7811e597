/**
 * From a graph of known sizes to its execution plan: algorithms are chosen, which fixes what
 * margins the tensors need; then the nodes become steps in their order.
 */
import { layerOf } from "../analysis/table.ts";
import { knownShape, ownInputs, typesOf } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import type { Operation } from "../graph/operation.ts";
import { PlanDraft } from "./draft.ts";
import { lowerBatchNorm, lowerChannelAffine } from "./lower-channel-affine.ts";
import { arrangeConcats, lowerConcat, lowerView } from "./lower-arrangement.ts";
import {
  type ChosenConvolution,
  chooseForConvolution,
  lowerConvolution,
  lowerLinear,
} from "./lower-convolution.ts";
import {
  lowerAdaptivePool,
  lowerCombine,
  lowerElementwise,
  lowerWindowPool,
} from "./lower-elements.ts";
import { type ChosenTransposed, chooseForTransposed, lowerTransposed } from "./lower-transposed.ts";
import { Lowering, type PlanOptions } from "./lowering.ts";
import type { Placed, Plan, Port } from "./plan.ts";
import { channelsLastRegion, hasMargin, mapShape } from "./region.ts";
import { Tensors } from "./tensors.ts";

/** The first node that has no kernels yet, in words; undefined where the graph can be planned. */
export function unplannable(graph: Graph): string | undefined {
  for (const { type } of graph.values) {
    if (mapShape(knownShape(type.shape)) === undefined)
      return "tensors of other ranks than 2 and 4";
  }
  return graph.nodes.find((node) => operationOf(graph, node) === undefined)?.kind;
}

/** @param graph optimised, all sizes known, not `unplannable` */
export function makePlan(graph: Graph, options: PlanOptions): Plan {
  const draft = new PlanDraft(options.machine.threads);
  const tensors = new Tensors(graph, draft, options.machine.vectorWidth);
  const lowering = new Lowering(graph, draft, tensors, options);
  return new Planner(graph, lowering).plan();
}

class Planner {
  readonly #graph: Graph;
  readonly #lowering: Lowering;
  readonly #operations: ReadonlyMap<Node, Operation>;
  readonly #chosen = new Map<Node, ChosenConvolution>();
  readonly #chosenTransposed = new Map<Node, ChosenTransposed>();

  constructor(graph: Graph, lowering: Lowering) {
    this.#graph = graph;
    this.#lowering = lowering;
    this.#operations = new Map(
      graph.nodes.map((node) => {
        const operation = operationOf(graph, node);
        if (operation === undefined) throw new InternalFault(`${node.kind} has no kernels yet`);
        return [node, operation];
      }),
    );
  }

  plan(): Plan {
    for (const [node, operation] of this.#operations) {
      if (operation.family === "convolution") {
        this.#chosen.set(node, chooseForConvolution(node, operation, this.#lowering));
      } else if (operation.family === "transposed_convolution") {
        this.#chosenTransposed.set(node, chooseForTransposed(node, operation, this.#lowering));
      }
    }
    this.#arrangeConcats();
    const inputs = this.#graph.inputs.map((id) => this.#input(id));
    this.#placeOutputs();
    for (const [node, operation] of this.#operations) this.#lower(node, operation);
    const outputs = this.#graph.outputs.map(({ name, value }) => this.#output(name, value));
    return this.#lowering.draft.finish(this.#graph.name, inputs, outputs);
  }

  #arrangeConcats(): void {
    const made = new Set(
      this.#graph.nodes.flatMap((node) => {
        const family = this.#operations.get(node)?.family;
        return family === "view" ? [] : node.outputs;
      }),
    );
    arrangeConcats(
      this.#graph,
      (node) => isChannelConcat(this.#operations.get(node)),
      (id) => made.has(id) && this.#lowering.tensors.shapeOf(id).length === 4,
      this.#lowering.tensors,
    );
  }

  /** The user's tensor, and a copy with channels last and a margin where readers need one. */
  #input(id: ValueId): Port {
    const { tensors, draft } = this.#lowering;
    const { name } = this.#graph.values[id];
    const port = tensors.allocatePort(id, "input");
    const [, channels, height, width] = port.region.shape;
    const margin = tensors.marginOf(id);
    if ((channels > 1 && height * width > 1) || hasMargin(margin)) {
      // Few channels lie close together, so that a row of the kernel is one run in memory.
      const region = channelsLastRegion(port.region.shape, channels, margin);
      const copy: Placed = { region, buffer: draft.buffer("arena", region.elements), offset: 0 };
      this.#lowering.clearMargin(name, copy);
      this.#lowering.copy(name, "input", port, copy);
      tensors.placeAt(id, copy);
    }
    return { name, shape: tensors.shapeOf(id), buffer: port.buffer };
  }

  /** A vector that nobody else reads is written where the user finds it. */
  #placeOutputs(): void {
    const { tensors } = this.#lowering;
    const read = new Set(this.#graph.nodes.flatMap((node) => node.inputs));
    for (const node of this.#graph.nodes) {
      const family = this.#operations.get(node)?.family;
      if (family === "view" || family === "concat") continue;
      for (const id of node.outputs) {
        const isResult = this.#graph.outputs.some(({ value }) => value === id);
        if (isResult && !read.has(id) && tensors.shapeOf(id).length === 2) {
          tensors.allocatePort(id, "output");
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
    const port = tensors.portBuffer(placed.region.shape, "output");
    this.#lowering.copy(name, "output", placed, port);
    return { name, shape, buffer: port.buffer };
  }

  #lower(node: Node, operation: Operation): void {
    const lowering = this.#lowering;
    switch (operation.family) {
      case "convolution": {
        const chosen = this.#chosen.get(node);
        if (chosen === undefined) throw new InternalFault(`${node.name} has no algorithm`);
        return lowerConvolution(node, chosen, lowering);
      }
      case "transposed_convolution": {
        const chosen = this.#chosenTransposed.get(node);
        if (chosen === undefined) throw new InternalFault(`${node.name} has no algorithm`);
        return lowerTransposed(node, operation, chosen, lowering);
      }
      case "batch_norm":
        return lowerBatchNorm(node, operation.eps, lowering);
      case "channel_affine":
        return lowerChannelAffine(node, operation, lowering);
      case "linear":
        return lowerLinear(node, lowering);
      case "window_pool":
        return lowerWindowPool(node, operation, lowering);
      case "adaptive_pool":
        return lowerAdaptivePool(node, operation.reduce, lowering);
      case "elementwise":
        return lowerElementwise(node, operation.activation, lowering);
      case "combine":
        return lowerCombine(node, operation.operator, lowering);
      case "view":
        return lowerView(node, this.#onlyLinearReads(node.outputs[0]), lowering);
      case "concat":
        return lowerConcat(node, lowering);
      default:
        return operation satisfies never;
    }
  }

  #onlyLinearReads(id: ValueId): boolean {
    if (this.#graph.outputs.some(({ value }) => value === id)) return false;
    return this.#graph.nodes
      .filter((node) => node.inputs.includes(id))
      .every((node) => this.#operations.get(node)?.family === "linear");
  }
}

function isChannelConcat(operation: Operation | undefined): boolean {
  return operation?.family === "concat" && operation.axis === 1;
}

function operationOf(graph: Graph, node: Node): Operation | undefined {
  const { lowering } = layerOf(node);
  if (lowering === "pending") return undefined;
  const shapes = typesOf(graph, ownInputs(node)).map(({ shape }) => knownShape(shape));
  const operation = lowering.operation(node.attributes, shapes);
  if (operation.family === "concat" && operation.axis !== 1) return undefined;
  if (operation.family === "linear" && shapes[0].length !== 2) return undefined;
  return operation;
}
