/** The networks of the comparison, with the same random weights for every runtime. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instantiate } from "../src/analysis/instantiate.ts";
import { check } from "../src/check/check.ts";
import { importOnnx } from "../src/formats/onnx/import/import-onnx.ts";
import { knownShape } from "../src/graph/access.ts";
import type { Graph } from "../src/graph/graph.ts";
import { type Tensor, sizeOf, tensor } from "../src/graph/tensor.ts";
import { bindWeights } from "../src/runtime/weights.ts";
import { makeNetworks, torchRun } from "../test/formats/onnx/torchvision.ts";
import { example as sourceOf, resolveExample } from "../test/examples/examples.ts";
import type { Work } from "./peer.ts";

/** A program of `examples/`. */
export interface ExampleModel {
  readonly from: "example";
  readonly name: string;
  readonly file: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly batches: readonly number[];
}

/** An ONNX file that PyTorch wrote of torchvision's network. */
export interface ImportedModel {
  readonly from: "torchvision";
  readonly name: string;
  /** As torchvision calls it. */
  readonly file: string;
  readonly batches: readonly number[];
}

export type Model = ExampleModel | ImportedModel;

const IMAGE_NET = { H: 224, W: 224 };

const example = (
  name: string,
  file: string,
  batches: readonly number[],
  sizes: ExampleModel["sizes"] = {},
): ExampleModel => ({ from: "example", name, file, sizes, batches });

const torchvision = (name: string, file: string): ImportedModel => ({
  from: "torchvision",
  name,
  file,
  batches: [1],
});

export const exampleModels: readonly ExampleModel[] = [
  example("LeNet-5", "lenet5", [1, 32]),
  example("LeNet-5-BN", "lenet5-bn", [1, 32]),
  example("VGG-CIFAR", "vgg", [1, 32]),
  example("ResNet-18", "resnet18", [1], IMAGE_NET),
  example("MobileNetV2", "mobilenet-v2", [1], IMAGE_NET),
  example("SqueezeNet", "squeezenet", [1], IMAGE_NET),
];

export const importedModels: readonly ImportedModel[] = [
  torchvision("DenseNet-121", "densenet121"),
  torchvision("GoogLeNet", "googlenet"),
  torchvision("EfficientNet-B0", "efficientnet_b0"),
  torchvision("ShuffleNetV2", "shufflenet_v2_x1_0"),
  torchvision("RegNetY-400MF", "regnet_y_400mf"),
];

export function modelNamed(name: string): Model {
  const found = [...exampleModels, ...importedModels].find((model) => model.name === name);
  if (found === undefined) throw new Error(`there is no model ${name}`);
  return found;
}

export function workOf(model: Model, batch: number, threads: number): Work {
  switch (model.from) {
    case "example":
      return exampleWork(model, batch, threads);
    case "torchvision":
      return importedWork(model, batch, threads);
    default:
      return model satisfies never;
  }
}

/** The other runtimes get the file that this project imports; batch norms are folded in it. */
function importedWork({ name, file }: ImportedModel, batch: number, threads: number): Work {
  const folder = makeNetworks(
    importedModels.map((model) => model.file),
    { size: IMAGE_NET.H, foldedOnly: true },
  );
  const path = join(folder, `${file}.onnx`);
  const onnx = readFileSync(path);
  const { model, arrays } = importOnnx(onnx, { file: path, sizes: { N: batch } });
  if (model === undefined) throw new Error(`${path} is not understood`);
  const { weights } = bindWeights(model.graph, arrays, path);
  const { data } = torchRun(folder, file).input;
  const input = new Float32Array(batch * data.length);
  for (let n = 0; n < batch; n++) input.set(data, n * data.length);
  return { model: name, batch, graph: model.graph, weights, input, threads, onnx };
}

function exampleWork({ name, file, sizes }: ExampleModel, batch: number, threads: number): Work {
  const { models: checked } = check(sourceOf(file), { resolve: resolveExample });
  const [first] = checked;
  if (first === undefined) throw new Error(`${file} has errors`);
  const named = new Set(first.graph.values.flatMap(({ type }) => type.shape.flatMap(namesOf)));
  const all: Readonly<Record<string, number>> = { N: batch, ...sizes };
  const wanted = Object.fromEntries(Object.entries(all).filter(([size]) => named.has(size)));
  const instance = instantiate(first.graph, wanted);
  if ("problems" in instance) throw new Error(`${file} does not work at these sizes`);
  const { graph } = instance;
  const random = randomSource();
  const [id] = graph.inputs;
  const elements = sizeOf(knownShape(graph.values[id].type.shape));
  const input = Float32Array.from({ length: elements }, () => random());
  return { model: name, batch, graph, weights: randomWeights(graph, random), input, threads };
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
