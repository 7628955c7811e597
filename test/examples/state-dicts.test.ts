/** The examples have the weights of torchvision's networks: every name, every shape, every count. */
import { describe, expect, test } from "vitest";
import { parameterCount } from "../../src/analysis/cost.ts";
import { check } from "../../src/check/check.ts";
import type { Graph } from "../../src/graph/graph.ts";
import stateDicts from "../material/state-dicts.json" with { type: "json" };
import { example, resolveExample } from "./examples.ts";

/** Counts as torchvision's documentation states them (GoogLeNet's without its auxiliaries). */
const nets = [
  { file: "resnet18", torchvision: "resnet18", parameters: 11_689_512 },
  { file: "mobilenet-v2", torchvision: "mobilenet_v2", parameters: 3_504_872 },
  { file: "squeezenet", torchvision: "squeezenet1_1", parameters: 1_235_496 },
  { file: "vgg11-bn", torchvision: "vgg11_bn", parameters: 132_868_840 },
  { file: "densenet", torchvision: "densenet121", parameters: 7_978_856 },
  { file: "googlenet", torchvision: "googlenet", parameters: 6_624_904 },
] as const;

describe.each(nets)("$file is torchvision's $torchvision", ({ file, torchvision, parameters }) => {
  const graph = graphOf(file);

  test(`it has ${parameters} parameters`, () => {
    expect(parameterCount(graph)).toBe(parameters);
  });

  test("its weights have the names and shapes of the state_dict, in its order", () => {
    const weights = [...graph.weights.values()].map(({ name, shape }) => [name, shape]);
    const expected = Object.entries<readonly number[]>(stateDicts[torchvision]);
    expect(new Map(weights.map(([name, shape]) => [name, shape]))).toEqual(new Map(expected));
  });
});

function graphOf(file: string): Graph {
  const { models } = check(example(file), { resolve: resolveExample, remedies: false });
  expect(models).toHaveLength(1);
  return models[0].graph;
}
