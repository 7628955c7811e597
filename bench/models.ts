/** The networks of the comparison, with the same random weights for every runtime. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instantiate } from "../src/analysis/instantiate.ts";
import { check } from "../src/check/check.ts";
import { knownShape } from "../src/graph/access.ts";
import type { Graph } from "../src/graph/graph.ts";
import { type Tensor, sizeOf, tensor } from "../src/graph/tensor.ts";
import type { Work } from "./peer.ts";

export interface Model {
  readonly name: string;
  /** File in `examples/`. */
  readonly file: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly batches: readonly number[];
}

const IMAGE_NET = { H: 224, W: 224 };

export const models: readonly Model[] = [
  { name: "LeNet-5", file: "lenet5", sizes: {}, batches: [1, 32] },
  { name: "LeNet-5-BN", file: "lenet5-bn", sizes: {}, batches: [1, 32] },
  { name: "VGG-CIFAR", file: "vgg", sizes: {}, batches: [1, 32] },
  { name: "ResNet-18", file: "resnet18", sizes: IMAGE_NET, batches: [1] },
  { name: "MobileNetV2", file: "mobilenet-v2", sizes: IMAGE_NET, batches: [1] },
  { name: "SqueezeNet", file: "squeezenet", sizes: IMAGE_NET, batches: [1] },
];

export function workOf({ file, sizes }: Model, batch: number, threads: number): Work {
  const path = join(import.meta.dirname, "../examples", `${file}.cnn`);
  const { models: checked } = check({ name: path, text: readFileSync(path, "utf8") });
  const [first] = checked;
  if (first === undefined) throw new Error(`${path} has errors`);
  const named = new Set(first.graph.values.flatMap(({ type }) => type.shape.flatMap(namesOf)));
  const all: Readonly<Record<string, number>> = { N: batch, ...sizes };
  const wanted = Object.fromEntries(Object.entries(all).filter(([name]) => named.has(name)));
  const instance = instantiate(first.graph, wanted);
  if ("problems" in instance) throw new Error(`${path} does not work at these sizes`);
  const { graph } = instance;
  const random = randomSource();
  const [id] = graph.inputs;
  const elements = sizeOf(knownShape(graph.values[id].type.shape));
  const input = Float32Array.from({ length: elements }, () => random());
  return { graph, weights: randomWeights(graph, random), input, threads };
}

function namesOf(size: unknown): readonly string[] {
  const text = JSON.stringify(size);
  return [...text.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name);
}

/** Sizes of activations stay about the same from layer to layer (He et al., 2015). */
function randomWeights(graph: Graph, random: () => number): ReadonlyMap<string, Tensor> {
  return new Map(
    [...graph.weights.values()].map(({ name, shape: dims }) => {
      const shape = knownShape(dims);
      const length = sizeOf(shape);
      const scale = shape.length > 1 ? Math.sqrt((6 * shape[0]) / length) : 0.2;
      const centre = shape.length === 1 && !/bias$|mean$/.test(name) ? 1 : 0;
      const data = Float32Array.from({ length }, () => centre + scale * random());
      return [name, tensor(shape, data)];
    }),
  );
}

/** Numbers in [-1, 1) that are the same in every run (xorshift32). */
function randomSource(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}
