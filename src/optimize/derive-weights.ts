/** Computes the weights of an optimised graph from those of the file, once, in float64. */
import { layerOfKind } from "../analysis/table.ts";
import { knownShape } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { ChannelOf, Graph, Recipe, Weight } from "../graph/graph.ts";
import { type Tensor, sizeOf, tensor, zeros } from "../graph/tensor.ts";

/**
 * @param source the weights of the graph before it was optimised, by name
 * @returns the weights that the optimised graph names
 */
export function deriveWeights(
  graph: Graph,
  source: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const deriver = new Deriver(source);
  return new Map([...graph.weights].map(([name, weight]) => [name, deriver.valueOf(weight)]));
}

class Deriver {
  readonly #source: ReadonlyMap<string, Tensor>;
  readonly #derived = new Map<string, Tensor>();

  constructor(source: ReadonlyMap<string, Tensor>) {
    this.#source = source;
  }

  valueOf(weight: Weight): Tensor {
    if (weight.recipe === undefined) {
      const found = this.#source.get(weight.name);
      if (found === undefined) throw new InternalFault(`weight ${weight.name} was not bound`);
      return found;
    }
    const known = this.#derived.get(weight.name);
    if (known !== undefined) return known;
    const value = this.#compute(weight, weight.recipe);
    this.#derived.set(weight.name, value);
    return value;
  }

  #compute(weight: Weight, recipe: Recipe): Tensor {
    const shape = knownShape(weight.shape);
    const optional = (part: Weight | undefined): Float64Array | undefined =>
      part && this.valueOf(part).data;
    switch (recipe.kind) {
      case "numbers":
        return tensor(shape, recipe.values);
      case "repeat": {
        const { data } = this.valueOf(recipe.of);
        return tensor(
          shape,
          Array.from({ length: sizeOf(shape) }, (_, i) => data[i % data.length]),
        );
      }
      case "layer": {
        const weights = Object.entries(recipe.weights).map(([role, w]) => [role, this.valueOf(w)]);
        return layerOfKind(recipe.layer).reference({
          attributes: recipe.attributes,
          inputs: recipe.inputs.map((input) => this.valueOf(input)),
          weights: Object.fromEntries(weights),
          mode: "inference",
        }).outputs[0];
      }
      case "norm_scale": {
        const gamma = optional(recipe.gamma);
        const { data } = this.valueOf(recipe.variance);
        return { shape, data: data.map((v, c) => (gamma?.[c] ?? 1) / Math.sqrt(v + recipe.eps)) };
      }
      case "norm_shift": {
        const beta = optional(recipe.beta);
        const scale = this.valueOf(recipe.scale).data;
        const { data } = this.valueOf(recipe.mean);
        return { shape, data: data.map((mean, c) => (beta?.[c] ?? 0) - mean * scale[c]) };
      }
      case "affine": {
        const of = optional(recipe.of);
        const scale = this.valueOf(recipe.scale).data;
        const { data } = this.valueOf(recipe.shift);
        return { shape, data: data.map((shift, c) => (of?.[c] ?? 0) * scale[c] + shift) };
      }
      case "scale_channels": {
        const of = this.valueOf(recipe.of);
        const by = this.valueOf(recipe.by).data;
        return { shape, data: scaled(of, by, recipe.channel) };
      }
      case "add_through":
        return addThrough(
          optional(recipe.bias),
          this.valueOf(recipe.weight),
          this.valueOf(recipe.shift).data,
          recipe.channel,
        );
      default:
        return recipe satisfies never;
    }
  }
}

function addThrough(
  bias: Float64Array | undefined,
  weight: Tensor,
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

/** Every element times the number of its channel, by runs of one channel. */
function scaled({ shape, data }: Tensor, by: Float64Array, channel: ChannelOf): Float64Array {
  const [first, ...rest] = shape;
  const run = (channel.axis === "first" ? rest : rest.slice(1)).reduce((n, size) => n * size, 1);
  const channels = channelsOf([first, ...rest], channel);
  const result = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += run) {
    const factor = by[channels(start)];
    for (let at = start; at < start + run; at++) result[at] = data[at] * factor;
  }
  return result;
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
