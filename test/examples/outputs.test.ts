/**
 * The examples compute what PyTorch computes: weights and inputs by a formula, outputs in
 * float64. VGG-11 is left out for its 133 million weights; its layers are those of `vgg.cnn`,
 * and its names and shapes are compared in `state-dicts.test.ts`.
 */
import { describe, expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import { knownShape } from "../../src/graph/access.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { sizesFromInputs } from "../../src/runtime/inputs.ts";
import { run } from "../../src/runtime/reference.ts";
import outputs from "../material/network-outputs.json" with { type: "json" };
import { example, resolveExample } from "./examples.ts";
import { values } from "./formula.ts";

const nets = [
  { file: "resnet18", output: "output", expected: outputs.resnet18 },
  { file: "mobilenet-v2", output: "output", expected: outputs.mobilenet_v2 },
  { file: "squeezenet", output: "output", expected: outputs.squeezenet1_1 },
  { file: "densenet", output: "output", expected: outputs.densenet121 },
  { file: "googlenet", output: "output", expected: outputs.googlenet },
  { file: "vgg", output: "output", expected: outputs.vgg },
  { file: "unet", output: "output", expected: outputs.unet },
  { file: "stylegan-adain", output: "image", expected: outputs.stylegan },
];

describe.each(nets)("$file", ({ file, output, expected }) => {
  test("gives PyTorch's output", () => {
    const { shape, data } = outputOf(file, expected.inputs, output);
    expect(shape).toEqual(expected.shape);
    const norm = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
    expect(norm / expected.norm).toBeCloseTo(1, 9);
    const scale = expected.norm / Math.sqrt(data.length);
    for (const [i, sample] of expected.samples.entries()) {
      expect((data[i * expected.step] - sample) / scale).toBeCloseTo(0, 9);
    }
  });
});

function outputOf(
  file: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  output: string,
): Tensor {
  const { models } = check(example(file), { resolve: resolveExample, remedies: false });
  expect(models).toHaveLength(1);
  const [{ graph }] = models;
  const inputs = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, values(name, shape)]),
  );
  const instance = instantiate(graph, sizesFromInputs(graph, inputs));
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  const weights = new Map(
    [...instance.graph.weights.values()].map(({ name, shape }) => [
      name,
      values(name, knownShape(shape)),
    ]),
  );
  const result = run(instance.graph, weights, inputs).outputs.get(output);
  if (result === undefined) throw new Error(`${file} has no output ${output}`);
  return result;
}
