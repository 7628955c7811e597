/**
 * Computes the weights of an optimised graph from those of the file, in float64. What is as large
 * as the file's own weights is made when it is asked for, whole or in parts, rounded as they are,
 * and not kept.
 */
import { layerOfKind } from "../analysis/table.ts";
import { knownShape } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { ChannelOf, Graph, Recipe, Weight } from "../graph/graph.ts";
import {
  type Tensor,
  type WeightOf,
  type WeightSource,
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

/** As `deriveWeights`, one by one: the data of each is valid until that of the next is asked for. */
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

  valueOf(weight: Weight): WeightSource {
    const { name, recipe } = weight;
    if (recipe === undefined) {
      const found = this.#source.get(name);
      if (found === undefined) throw new InternalFault(`weight ${name} was not bound`);
      return new Scaled(found, [], this.#roomFor);
    }
    if (recipe.kind === "scale_channels") {
      const of = this.valueOf(recipe.of);
      const factors = factorsOf(of.shape, this.#exact(recipe.by).data, recipe.channel);
      return of instanceof Scaled ? of.times(factors) : new Scaled(of, [factors], this.#roomFor);
    }
    const known = this.#derived.get(name) ?? this.#compute(weight, recipe);
    this.#derived.set(name, known);
    return new Scaled(known, [], this.#roomFor);
  }

  readonly #roomFor = (length: number): Float32Array => {
    if (this.#room.length < length) this.#room = new Float32Array(length);
    return this.#room.subarray(0, length);
  };

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

/** Factors of the channels of a weight. */
interface Factors {
  /** So many elements in a row have one. */
  readonly run: number;
  /** Of the element at a position. */
  readonly at: (position: number) => number;
}

function factorsOf(shape: readonly number[], by: Float64Array, channel: ChannelOf): Factors {
  const inner = channel.axis === "first" ? shape.slice(1) : shape.slice(2);
  const channels = channelsOf(shape, channel);
  return { run: sizeOf(inner), at: (position) => by[channels(position)] };
}

/** A weight times factors, which are applied where it is read. */
class Scaled implements WeightSource {
  readonly shape: readonly number[];
  readonly #plain: Numbers;
  readonly #factors: readonly Factors[];
  readonly #roomFor: (length: number) => Float32Array;

  /** @param roomFor gives an array that is used again */
  constructor(
    { shape, data }: WeightTensor,
    factors: readonly Factors[],
    roomFor: (length: number) => Float32Array,
  ) {
    this.shape = shape;
    this.#plain = data;
    this.#factors = factors;
    this.#roomFor = roomFor;
  }

  times(factors: Factors): Scaled {
    const { shape } = this;
    return new Scaled({ shape, data: this.#plain }, [...this.#factors, factors], this.#roomFor);
  }

  get data(): Numbers {
    const plain = this.#plain;
    if (this.#factors.length === 0) return plain;
    const all = plain instanceof Float32Array ? this.#roomFor(plain.length) : plain.slice();
    this.#write(0, all);
    return all;
  }

  read(from: number, into: Float32Array): void {
    this.#write(from, into);
  }

  #write(from: number, into: Numbers): void {
    const [first, ...others] = this.#factors;
    if (first === undefined) into.set(this.#plain.subarray(from, from + into.length));
    else multiply(this.#plain.subarray(from, from + into.length), first, from, into);
    for (const factors of others) multiply(into, factors, from, into);
  }
}

/**
 * Every element times its factor, by runs that have the same.
 * @param from where `data` starts in its weight
 * @param into may be `data`
 */
function multiply(data: Numbers, { run, at }: Factors, from: number, into: Numbers): void {
  let end = 0;
  for (let start = 0; start < data.length; start = end) {
    end = Math.min(data.length, start + run - ((from + start) % run));
    const factor = at(from + start);
    if (data instanceof Float32Array && into instanceof Float32Array) {
      multiplyFloats(data, factor, start, end, into);
    } else multiplyRun(data, factor, start, end, into);
  }
}

/**
 * As `multiplyRun`, of what is large: engines compile a function once for all kinds of arrays that it
 * meets, and one for a single kind takes half the time.
 */
function multiplyFloats(
  data: Float32Array,
  factor: number,
  start: number,
  end: number,
  into: Float32Array,
): void {
  for (let at = start; at < end; at++) into[at] = data[at] * factor;
}

function multiplyRun(
  data: Numbers,
  factor: number,
  start: number,
  end: number,
  into: Numbers,
): void {
  for (let at = start; at < end; at++) into[at] = data[at] * factor;
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
