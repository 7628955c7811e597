/**
 * Computes the weights of an optimised graph from those of the file, in float64. What is as large
 * as the file's own weights is made when it is asked for, rounded as they are, and not kept.
 */
import { layerOfKind } from "../analysis/table.ts";
import { knownShape } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { ChannelOf, Graph, Recipe, Weight } from "../graph/graph.ts";
import {
  type Tensor,
  type WeightOf,
  type WeightTensor,
  type WeightTensors,
  sizeOf,
  tensor,
  zeros,
} from "../graph/tensor.ts";

type Numbers = WeightTensor["data"];

/**
 * @param source the weights of the graph before it was optimised
 * @returns the weights that the optimised graph names
 */
export function deriveWeights(graph: Graph, source: WeightTensors): WeightTensors {
  const weightOf = weightDeriver(graph, source);
  return new Map(
    [...graph.weights.keys()].map((name) => {
      const { shape, data } = weightOf(name);
      return [name, { shape, data: data.slice() }];
    }),
  );
}

/** As `deriveWeights`, one by one: each is valid until the next one is asked for. */
export function weightDeriver(graph: Graph, source: WeightTensors): WeightOf {
  const deriver = new Deriver(source);
  return (name) => {
    const weight = graph.weights.get(name);
    if (weight === undefined) throw new InternalFault(`weight ${name} is not in the graph`);
    return deriver.valueOf(weight);
  };
}

class Deriver {
  readonly #source: WeightTensors;
  readonly #derived = new Map<string, Tensor>();
  /** Of the last large weight, to be used again. */
  #room = new Float32Array();

  constructor(source: WeightTensors) {
    this.#source = source;
  }

  valueOf(weight: Weight): WeightTensor {
    const { name, recipe } = weight;
    if (recipe === undefined) {
      const found = this.#source.get(name);
      if (found === undefined) throw new InternalFault(`weight ${name} was not bound`);
      return found;
    }
    if (recipe.kind === "scale_channels") {
      const of = this.valueOf(recipe.of);
      const into =
        of.data instanceof Float32Array ? this.#roomFor(of.data.length) : of.data.slice();
      return scaled(of, this.#exact(recipe.by).data, recipe.channel, into);
    }
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const value = this.#compute(weight, recipe);
    this.#derived.set(name, value);
    return value;
  }

  #roomFor(length: number): Float32Array {
    if (this.#room.length < length) this.#room = new Float32Array(length);
    return this.#room.subarray(0, length);
  }

  #exact(weight: Weight): Tensor {
    const { shape, data } = this.valueOf(weight);
    return data instanceof Float64Array ? { shape, data } : tensor(shape, data);
  }

  #compute(weight: Weight, recipe: Exclude<Recipe, { kind: "scale_channels" }>): Tensor {
    const shape = knownShape(weight.shape);
    const exact = (part: Weight): Float64Array => this.#exact(part).data;
    const optional = (part: Weight | undefined): Float64Array | undefined => part && exact(part);
    switch (recipe.kind) {
      case "numbers":
        return tensor(shape, recipe.values);
      case "repeat": {
        const data = exact(recipe.of);
        return tensor(
          shape,
          Array.from({ length: sizeOf(shape) }, (_, i) => data[i % data.length]),
        );
      }
      case "layer": {
        const weights = Object.entries(recipe.weights).map(([role, w]) => [role, this.#exact(w)]);
        return layerOfKind(recipe.layer).reference({
          attributes: recipe.attributes,
          inputs: recipe.inputs.map((input) => this.#exact(input)),
          weights: Object.fromEntries(weights),
          mode: "inference",
        }).outputs[0];
      }
      case "norm_scale": {
        const gamma = optional(recipe.gamma);
        const variance = exact(recipe.variance);
        const scale = variance.map((v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + recipe.eps));
        return { shape, data: scale };
      }
      case "norm_shift": {
        const beta = optional(recipe.beta);
        const scale = exact(recipe.scale);
        const shift = exact(recipe.mean).map((mean, c) => (beta?.[c] ?? 0) - mean * scale[c]);
        return { shape, data: shift };
      }
      case "affine": {
        const of = optional(recipe.of);
        const scale = exact(recipe.scale);
        const data = exact(recipe.shift).map((shift, c) => (of?.[c] ?? 0) * scale[c] + shift);
        return { shape, data };
      }
      case "add_through": {
        const [bias, shift] = [optional(recipe.bias), exact(recipe.shift)];
        return addThrough(bias, this.valueOf(recipe.weight), shift, recipe.channel);
      }
      default:
        return recipe satisfies never;
    }
  }
}

function addThrough(
  bias: Float64Array | undefined,
  weight: WeightTensor,
  shift: Float64Array,
  channel: ChannelOf,
): Tensor {
  const [outputs] = weight.shape;
  const channels = channelsOf(weight.shape, channel);
  const sum = zeros([outputs]);
  if (bias !== undefined) sum.data.set(bias);
  const perOutput = weight.data.length / outputs;
  weight.data.forEach((value, at) => {
    sum.data[Math.floor(at / perOutput)] += value * shift[channels(at)];
  });
  return sum;
}

/**
 * Every element times the number of its channel, by runs of one channel.
 * @param into may be the weight's own data
 */
function scaled(
  { shape, data }: WeightTensor,
  by: Float64Array,
  channel: ChannelOf,
  into: Numbers,
): WeightTensor {
  const [first, ...rest] = shape;
  const run = (channel.axis === "first" ? rest : rest.slice(1)).reduce((n, size) => n * size, 1);
  const channels = channelsOf([first, ...rest], channel);
  for (let start = 0; start < data.length; start += run) {
    scaleRun(data, by[channels(start)], start, start + run, into);
  }
  return { shape, data: into };
}

/** By itself, so that engines compile it for each kind of array. */
function scaleRun(
  data: Numbers,
  factor: number,
  start: number,
  end: number,
  result: Numbers,
): void {
  for (let at = start; at < end; at++) result[at] = data[at] * factor;
}

/** The channel of the element at a position. */
function channelsOf(shape: readonly number[], channel: ChannelOf): (at: number) => number {
  const [first, second = 1, ...rest] = shape;
  const inner = rest.reduce((n, size) => n * size, 1);
  const { each = 1 } = channel;
  if (channel.axis === "first") return (at) => Math.floor(at / (second * inner * each));
  const firstsInGroup = first / channel.groups;
  return (at) => {
    const group = Math.floor(Math.floor(at / (second * inner)) / firstsInGroup);
    return Math.floor((group * second + (Math.floor(at / inner) % second)) / each);
  };
}
