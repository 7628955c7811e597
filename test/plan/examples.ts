/** The examples as graphs, at sizes that the reference can run. */
import { readFileSync } from "node:fs";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import type { Source } from "../../src/diagnostics/span.ts";
import type { Graph } from "../../src/graph/graph.ts";

export const folder = new URL("../../examples/", import.meta.url);
const sourceOf = (name: string): Source => ({
  name,
  text: readFileSync(new URL(name, folder), "utf8"),
});

/** Sizes that the reference can run in a second or two. */
export const SIZES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "densenet.cnn": { N: 1, H: 32, W: 35 },
  "googlenet.cnn": { N: 1, H: 32, W: 33 },
  "inception.cnn": { N: 1, H: 7, W: 9 },
  "lenet5.cnn": { N: 3 },
  "lenet5-bn.cnn": { N: 1 },
  "mobilenet-v2.cnn": { N: 1, H: 40, W: 33 },
  "resnet18.cnn": { N: 2, H: 33, W: 40 },
  "squeezenet.cnn": { N: 1, H: 39, W: 32 },
  "stylegan-adain.cnn": { N: 1 },
  "unet.cnn": { N: 1, H: 16, W: 32 },
  "vgg.cnn": { N: 1 },
  // One large matrix after another: minutes in the reference. The kernels are those of vgg.
  "vgg11-bn.cnn": {},
};

export function exampleAt(file: string): Graph {
  const { models } = check(sourceOf(file), {
    resolve: (path) => sourceOf(path.replace("./", "")),
  });
  const graph = models[models.length - 1].graph;
  const instance = instantiate(graph, SIZES[file]);
  if (!("graph" in instance)) throw new Error(JSON.stringify(instance.problems));
  return instance.graph;
}
