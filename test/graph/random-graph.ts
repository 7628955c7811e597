/**
 * Random graphs over all layers: a list of steps, each of which tries to put a layer on values
 * that are there. What the layer refuses is left out, so that every list is a graph and a
 * failing one shrinks to few nodes.
 */
import * as fc from "fast-check";
import { gcd } from "../../src/graph/dim.ts";
import { decide } from "../../src/graph/condition.ts";
import { knownShape } from "../../src/graph/access.ts";
import type { Graph, ValueId } from "../../src/graph/graph.ts";
import { sizeOf } from "../../src/graph/tensor.ts";
import { layers } from "../../src/layers/index.ts";
import { type PlainArguments, accepted, layerOf } from "../layers/arguments.ts";
import { problemsOf } from "../layers/problems.ts";
import { Build } from "./build.ts";

export interface Recipe {
  /** Which of `INPUTS`. */
  readonly inputs: readonly number[];
  readonly steps: readonly Step[];
}

interface Step {
  readonly kind: string;
  /** Which of the values that are there, counted from the newest, one for each input. */
  readonly reads: readonly number[];
  /** Whence the arguments come. */
  readonly numbers: readonly number[];
}

const INPUTS: readonly (readonly number[])[] = [
  [1, 3, 7, 9],
  [2, 8, 5, 6],
  [1, 1, 8, 8],
  [3, 5, 1, 1],
  [2, 12],
  [2, 4, 6],
  [1, 16, 5],
  [7],
  [2, 2, 3, 2, 4],
  [1, 2, 3, 2, 2, 2],
];

/** Convolutions and arithmetic are what networks are made of. */
const OFTEN = ["conv", "conv", "batch_norm", "relu", "add", "concat", "concat", "reshape", "split"];
/**
 * Layers whose result jumps: where the value lies on a jump, the last bit of a float32 decides.
 * `test/plan/layers.test.ts` tries them alone.
 */
const JUMPING =
  /^(ceil|floor|round|sign|threshold|hard_shrink|select|(gt|ge|lt|le|eq|ne)(_scalar)?)$/;
export const randomKinds = [...layers.keys()].filter((kind) => !JUMPING.test(kind));
const kinds = [...randomKinds, ...OFTEN, ...OFTEN];

/** Layers that leave float32's range, or its digits, with a few large numbers. */
const STEEP = /^(cos|cosh|exp|prod|rpow_scalar|sin|sinh|square)$/;

/** Mostly the newest value, so that chains grow. */
const read = fc.nat(9).map((n) => Math.max(0, n - 4));

/** Half of them maps. */
const input = fc.nat(2 * INPUTS.length - 1).map((n) => (n < INPUTS.length ? n : n % 4));

export const randomRecipe: fc.Arbitrary<Recipe> = fc.record({
  inputs: fc.array(input, { minLength: 1, maxLength: 2 }),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      reads: fc.array(read, { minLength: 3, maxLength: 3 }),
      numbers: fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
});

/** Larger tensors make the reference slow. */
const MOST_ELEMENTS = 4000;

/** With what nobody reads as results, and now and then a value that somebody reads. */
export function graphFrom({ inputs, steps }: Recipe): Graph {
  const build = new Build("Random");
  const values: ValueId[] = inputs.map((which, i) => build.input(`x${i}`, INPUTS[which]));
  const used = new Set<ValueId>();
  for (const step of steps) {
    const made = place(build, values, step);
    if (made === undefined) continue;
    for (const id of made.reads) used.add(id);
    values.push(...made.outputs);
  }
  const results = values.filter((id, i) => i >= inputs.length && (!used.has(id) || id % 7 === 3));
  const outputs = results.length > 0 ? results : values.slice(-1);
  return build.graph(Object.fromEntries(outputs.map((id, i) => [`y${i}`, id])));
}

interface Placed {
  readonly reads: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/** The node's outputs, undefined where the layer refuses. */
function place(build: Build, values: readonly ValueId[], step: Step): Placed | undefined {
  const layer = layerOf(step.kind);
  const count = layer.inputs.some((name) => name.endsWith("...")) ? 3 : layer.inputs.length;
  const [wished, ...others] = step.reads.slice(0, count).map((n) => newest(values, n));
  const first = suited(build, step.kind, wished);
  const shape = first === undefined ? [] : shapeOf(build, first);
  const given = argumentsOf(step.kind, shape, pick(step.numbers));
  const attributes = accepted(layer, given);
  if ("refused" in attributes) return undefined;
  const partners = others.map((id) => partnerOf(build, values, step.kind, shape, id));
  const reads = first === undefined ? [] : [first, ...partners];
  const types = reads.map((id) => build.typeOf(id));
  const result = layer.shape(attributes.attributes, types);
  if ("code" in result) return undefined;
  if (result.requires.some(({ condition }) => decide(condition).holds !== "always")) {
    return undefined;
  }
  const elements = result.outputs.map((type) => sizeOf(knownShape(type.shape)));
  if (elements.some((n) => n < 1 || n > MOST_ELEMENTS)) return undefined;
  return { reads, outputs: build.addAll(step.kind, reads, attributes.attributes) };
}

function newest(values: readonly ValueId[], n: number): ValueId {
  return values[Math.max(0, values.length - 1 - n)];
}

function shapeOf(build: Build, id: ValueId): readonly number[] {
  return knownShape(build.typeOf(id).shape);
}

/** A second input that fits more often than any would: one of the same shape, or a style. */
function partnerOf(
  build: Build,
  values: readonly ValueId[],
  kind: string,
  shape: readonly number[],
  wished: ValueId,
): ValueId {
  if (kind === "adain") {
    const style = [shape[0], 2 * (shape[1] ?? 1)];
    return build.add("parameter", [], { shape: style, init: 0, requires_grad: true });
  }
  if (kind === "matmul") {
    const matrix = [shape.at(-1) ?? 1, 1 + (wished % 9)];
    return build.add("parameter", [], { shape: matrix, init: 0, requires_grad: true });
  }
  if (kind === "div") return awayFromZero(build, wished);
  const same = values.filter((id) => shapeOf(build, id).join() === shape.join());
  return same.length > 1 && wished % 2 === 0 ? same[wished % same.length] : wished;
}

/** The value, within the numbers for which the layer is made. */
function suited(build: Build, kind: string, id: ValueId | undefined): ValueId | undefined {
  if (id === undefined) return undefined;
  if (kind === "rdiv_scalar" || kind === "reciprocal") return awayFromZero(build, id);
  const range = problemsOf(kind).find((problem) => problem.range !== undefined)?.range;
  const [low, high] = range ?? [-2, 2];
  if (range === undefined && !STEEP.test(kind)) return id;
  return build.chain(
    id,
    ["sigmoid"],
    ["mul_scalar", { scalar: high - low }],
    ["add_scalar", { scalar: low }],
  );
}

/** Quotients by numbers near 0 have no digits in common with those of float64. */
function awayFromZero(build: Build, id: ValueId): ValueId {
  return build.chain(id, ["sigmoid"], ["add_scalar", { scalar: 0.5 }]);
}

type Pick = (which: number, choices: number) => number;

function pick(numbers: readonly number[]): Pick {
  return (which, choices) => numbers[which] % Math.max(1, choices);
}

/** Arguments that fit a shape; for layers that are not named here, those of the example problems. */
function argumentsOf(kind: string, shape: readonly number[], n: Pick): PlainArguments {
  const [, channels = 1, height = 1, width = 1] = shape;
  const axis = n(0, shape.length);
  const size = shape.at(axis) ?? 1;
  const divisor = (of: number, which: number): number => {
    const all = Array.from({ length: of }, (_, i) => i + 1).filter((d) => of % d === 0);
    return all[n(which, all.length)];
  };
  switch (kind) {
    case "conv": {
      const groups = n(5, 3) === 0 ? divisor(channels, 4) : 1;
      return {
        out: groups * (1 + n(0, 6)),
        kernel: [1 + n(1, 3), 1 + n(2, 3)],
        stride: n(3, 4) === 0 ? 2 : 1,
        padding: [n(4, 3), n(5, 2), n(0, 2), n(1, 3)],
        dilation: n(2, 5) === 0 ? 2 : 1,
        groups,
        bias: n(3, 3) > 0,
      };
    }
    case "conv_transpose":
      return { out: 1 + n(0, 5), kernel: 1 + n(1, 3), stride: 1 + n(2, 2), bias: n(3, 2) > 0 };
    case "depthwise":
      return { kernel: 1 + n(0, 3), padding: n(1, 2), stride: 1 + n(2, 2), bias: n(3, 2) > 0 };
    case "linear":
      return { out: 1 + n(0, 9), bias: n(1, 2) > 0, in_features: shape.at(-1) ?? 1 };
    case "max_pool":
    case "avg_pool":
      return { kernel: 1 + n(0, 3), stride: 1 + n(1, 2), padding: n(2, 2) };
    case "adaptive_avg_pool":
    case "adaptive_max_pool":
      return { output_size: [1 + n(0, 3), 1 + n(1, 3)] };
    case "layer_norm": {
      const axes = n(0, 2) === 0 ? { axes: [1 + n(1, shape.length - 1)] } : {};
      return { ...axes, eps: 0.1, elementwise_affine: n(2, 2) > 0 };
    }
    case "group_norm":
      return { num_groups: divisor(channels, 0), eps: 0.1, affine: n(1, 2) > 0 };
    case "instance_norm":
      return { eps: 0.1, affine: n(1, 2) > 0 };
    case "batch_norm":
      return n(0, 4) === 0 ? { eps: 0.1, track_running_stats: false } : { affine: n(1, 2) > 0 };
    case "adain":
      return { eps: 0.1 };
    case "normalize":
      return { mean: n(0, 10) / 10, std: 0.5 + n(1, 10) / 10 };
    case "prelu":
      return { num_parameters: n(0, 2) === 0 ? 1 : channels };
    case "concat":
    case "softmax":
    case "log_softmax":
      return n(1, 2) === 0 && shape.length > 1 ? { axis: 1 } : { axis };
    case "split":
      return { sections: n(1, 2) === 0 ? divisor(size, 2) : cut(size, n), axis };
    case "slice":
      return { axis, start: n(1, size), step: 1 + n(2, 2) };
    case "reshape":
      return { shape: reshapes(shape)[n(0, reshapes(shape).length)] };
    case "permute": {
      const axes = shape.map((_, i) => i);
      return { order: axes.toSorted((a, b) => ((a + n(0, 7)) % 3) - ((b + n(1, 5)) % 3) || b - a) };
    }
    case "amax":
    case "amin":
    case "logsumexp":
    case "mean":
    case "norm":
    case "prod":
    case "sum":
      return {
        ...(kind === "norm" && { p: 1 + n(3, 3) }),
        axes: n(1, 2) === 0 ? [axis] : [axis, (axis + 1) % shape.length],
        keepdim: n(2, 2) > 0,
      };
    case "pad": {
      const modes = ["constant", "reflect", "edge", "circular"] as const;
      const mode = modes[n(0, 4)];
      const constant = mode === "constant" && n(5, 2) === 0 ? { value: 0.5 } : {};
      return { padding: [n(1, 2), n(2, 3), n(3, 2), n(4, 3)], mode, ...constant };
    }
    case "upsample":
      return n(0, 2) === 0
        ? { scale: [1 + n(1, 3), 1 + n(2, 2)], mode: n(3, 2) === 0 ? "nearest" : "bilinear" }
        : {
            size: [1 + n(1, 2 * height), 1 + n(2, 2 * width)],
            mode: n(3, 2) ? "bilinear" : "nearest",
          };
    case "pixel_shuffle":
      return { factor: channels % 9 === 0 ? 3 : 2, mode: n(0, 2) === 0 ? "crd" : "dcr" };
    case "channel_shuffle":
      return { groups: divisor(channels, 0) };
    case "squeeze":
      return { axes: shape.flatMap((one, at) => (one === 1 ? [at] : [])).slice(0, 2) };
    case "unsqueeze":
      return { axes: [n(0, shape.length + 1)] };
    case "expand":
      return {
        shape: [
          ...(n(1, 3) === 0 ? [2] : []),
          ...shape.map((one) => (one === 1 ? 1 + n(0, 3) : -1)),
        ],
      };
    case "flip":
      return { axes: n(1, 2) === 0 ? [axis] : [axis, (axis + 1) % shape.length] };
    case "tile":
      return { repeats: shape.map((_, at) => (at === axis ? 2 : 1)) };
    case "index_select":
      return { axis, indices: [n(1, size), n(2, size), n(3, size), n(4, size)] };
    case "pixel_unshuffle":
      return { factor: divisor(gcd(height, width), 0), mode: n(1, 2) === 0 ? "crd" : "dcr" };
    case "parameter":
      return { shape: shape.length === 0 ? [1 + n(0, 8), 1, 1] : shape };
    default: {
      const examples = problemsOf(kind);
      return examples[n(0, examples.length)].given;
    }
  }
}

/** Two parts. */
function cut(size: number, n: Pick): readonly number[] {
  const first = 1 + n(3, size - 1);
  return [first, size - first];
}

/** Shapes of as many elements: axes joined, cut and added. */
function reshapes(shape: readonly number[]): readonly (readonly number[])[] {
  const all = sizeOf(shape);
  const joined = shape.slice(1).map((_, i) => shape.toSpliced(i, 2, shape[i] * shape[i + 1]));
  const cuts = shape.flatMap((size, i) =>
    size % 2 === 0 ? [shape.toSpliced(i, 1, size / 2, 2), shape.toSpliced(i, 1, 2, size / 2)] : [],
  );
  const added = shape.map((size, i) => shape.toSpliced(i, 1, 1, size));
  const dropped = shape.flatMap((size, i) => (size === 1 ? [shape.toSpliced(i, 1)] : []));
  return [[all], [1, all], [all, 1], ...joined, ...cuts, ...added, ...dropped].filter(
    ({ length }) => length >= 1 && length <= 6,
  );
}
