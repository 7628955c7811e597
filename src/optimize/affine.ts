/**
 * Nodes that scale and shift what flows through them, one number for each channel: batch_norm
 * in inference, normalize, and arithmetic with numbers or learned tensors. Convolutions and
 * linear layers can take such nodes into their weights.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { type Dim, isKnown, sameDim } from "../graph/dim.ts";
import type { Graph, Node, Recipe, ValueId, Weight } from "../graph/graph.ts";
import type { Uses } from "../graph/uses.ts";
import { ofChannel } from "../layers/shared/per-channel.ts";
import { optionalWeight, requiredWeight } from "./node-weights.ts";

/** `x · scale + shift`. */
export interface Affine {
  readonly x: ValueId;
  readonly scale: Weight;
  readonly shift: Weight;
  /** The shift is 0 for certain. */
  readonly keepsZero: boolean;
  /** What becomes 0, by channel, where the program says it. */
  readonly zeros?: readonly number[];
}

/** Undefined for nodes that do something else, and where the number of channels is not known. */
export function affineOf(graph: Graph, uses: Uses, node: Node): Affine | undefined {
  if (node.epilogue !== undefined) return undefined;
  const [output] = node.outputs.map((id) => graph.values[id].type.shape);
  const [, channels] = output;
  if (channels === undefined || !isKnown(channels)) return undefined;
  const maker = new AffineMaker(graph, node, channels);
  switch (node.kind) {
    case "batch_norm":
      return node.weights.running_var === undefined ? undefined : maker.batchNorm();
    case "normalize":
      return maker.normalize();
    case "add_scalar":
    case "sub_scalar":
    case "mul_scalar":
    case "div_scalar":
    case "rsub_scalar":
      return maker.withNumber(node.kind);
    case "add":
    case "sub":
    case "mul":
    case "div":
      return withTensor(graph, uses, maker, node.kind);
    default:
      return undefined;
  }
}

/** One operand is a learned tensor with one number, or one for each channel. */
function withTensor(
  graph: Graph,
  uses: Uses,
  maker: AffineMaker,
  kind: "add" | "sub" | "mul" | "div",
): Affine | undefined {
  const { inputs, outputs } = maker.node;
  const at = inputs.findIndex((id) => uses.maker(id)?.kind === "parameter");
  const learned = at < 0 ? undefined : uses.maker(inputs[at]);
  const x = inputs[1 - at];
  if (learned === undefined || x === undefined || (kind === "div" && at === 0)) return undefined;
  const [whole, flowing] = [outputs[0], x].map((id) => graph.values[id].type.shape);
  const same = flowing.length === whole.length && flowing.every((s, i) => sameDim(s, whole[i]));
  const fits = same && isPerChannel(graph.values[inputs[at]].type.shape, whole);
  return fits
    ? maker.withTensor(kind, x, requiredWeight(graph, learned, "value"), at === 0)
    : undefined;
}

/** Broadcast to `whole`, it has the same number wherever the channel is the same. */
function isPerChannel(shape: readonly Dim[], whole: readonly Dim[]): boolean {
  const missing = whole.length - shape.length;
  return shape.every((size, axis) => size === 1 || axis + missing === 1);
}

class AffineMaker {
  readonly #graph: Graph;
  readonly node: Node;
  readonly #channels: number;

  constructor(graph: Graph, node: Node, channels: number) {
    this.#graph = graph;
    this.node = node;
    this.#channels = channels;
  }

  batchNorm(): Affine {
    const { node } = this;
    const { eps } = node.attributes;
    if (typeof eps !== "number") throw new InternalFault(`${node.name} has no eps`);
    const variance = requiredWeight(this.#graph, node, "running_var");
    const mean = requiredWeight(this.#graph, node, "running_mean");
    const gamma = optionalWeight(this.#graph, node, "weight");
    const beta = optionalWeight(this.#graph, node, "bias");
    const scale = this.#weight("scale", { kind: "norm_scale", gamma, variance, eps });
    const shift = this.#weight("shift", { kind: "norm_shift", beta, mean, scale });
    return { x: node.inputs[0], scale, shift, keepsZero: false };
  }

  normalize(): Affine {
    const [mean, std] = [numbersOf(this.node, "mean"), numbersOf(this.node, "std")];
    return this.#ofNumbers(
      (c) => 1 / ofChannel(std, c),
      (c) => -ofChannel(mean, c) / ofChannel(std, c),
      (c) => ofChannel(mean, c),
    );
  }

  withNumber(
    kind: "add_scalar" | "sub_scalar" | "mul_scalar" | "div_scalar" | "rsub_scalar",
  ): Affine | undefined {
    const { scalar } = this.node.attributes;
    if (typeof scalar !== "number") throw new InternalFault(`${this.node.name} has no number`);
    const numbers = {
      add_scalar: [1, scalar, -scalar],
      sub_scalar: [1, -scalar, scalar],
      mul_scalar: [scalar, 0, 0],
      div_scalar: [1 / scalar, 0, 0],
      rsub_scalar: [-1, scalar, scalar],
    };
    const [scale, shift, zero] = numbers[kind];
    return Number.isFinite(scale)
      ? this.#ofNumbers(
          () => scale,
          () => shift,
          () => zero,
        )
      : undefined;
  }

  /** @param reversed the learned tensor stands on the left */
  withTensor(
    kind: "add" | "sub" | "mul" | "div",
    x: ValueId,
    value: Weight,
    reversed: boolean,
  ): Affine {
    const all = (number: number, name: string): Weight => this.#repeated(name, number);
    const own = this.#weight("tensor", { kind: "repeat", of: value });
    const by = (layer: string, scalar: number): Weight =>
      this.#weight(layer, {
        kind: "layer",
        layer,
        attributes: { scalar },
        inputs: [own],
        weights: {},
      });
    switch (kind) {
      case "add":
        return { x, scale: all(1, "scale"), shift: own, keepsZero: false };
      case "sub":
        return reversed
          ? { x, scale: all(-1, "scale"), shift: own, keepsZero: false }
          : { x, scale: all(1, "scale"), shift: by("mul_scalar", -1), keepsZero: false };
      case "mul":
        return { x, scale: own, shift: all(0, "shift"), keepsZero: true };
      case "div":
        return { x, scale: by("rdiv_scalar", 1), shift: all(0, "shift"), keepsZero: true };
      default:
        return kind satisfies never;
    }
  }

  #ofNumbers(
    scale: (channel: number) => number,
    shift: (channel: number) => number,
    zero: (channel: number) => number,
  ): Affine {
    const each = (of: (channel: number) => number): readonly number[] =>
      Array.from({ length: this.#channels }, (_, c) => of(c));
    const shifts = each(shift);
    return {
      x: this.node.inputs[0],
      scale: this.#weight("scale", { kind: "numbers", values: each(scale) }),
      shift: this.#weight("shift", { kind: "numbers", values: shifts }),
      keepsZero: shifts.every((value) => value === 0),
      zeros: each(zero),
    };
  }

  #repeated(name: string, number: number): Weight {
    const values = Array.from({ length: this.#channels }, () => number);
    return this.#weight(name, { kind: "numbers", values });
  }

  /** One number for each channel. */
  #weight(name: string, recipe: Recipe): Weight {
    return {
      name: `${this.node.name}.${name}`,
      shape: [this.#channels],
      dtype: "f32",
      role: "parameter",
      recipe,
    };
  }
}

function numbersOf({ name, attributes }: Node, attribute: string): readonly number[] {
  const value = attributes[attribute];
  const numbers = Array.isArray(value) ? value.filter((item) => typeof item === "number") : [];
  if (numbers.length === 0) throw new InternalFault(`${name} has no ${attribute}`);
  return numbers;
}
