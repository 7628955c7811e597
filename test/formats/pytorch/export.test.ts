/**
 * Programs as PyTorch modules. Where Python has PyTorch, every layer and the examples are run
 * there with the same weights; everywhere, the text is compared with golden files that were.
 */
import { describe, expect, test } from "vitest";
import { instantiate, namedSizes } from "../../../src/analysis/instantiate.ts";
import { check } from "../../../src/check/check.ts";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";
import type { Source } from "../../../src/diagnostics/span.ts";
import { blockNames, exportPytorchModule } from "../../../src/formats/pytorch/export-pytorch.ts";
import { forms } from "../../../src/formats/pytorch/forms/index.ts";
import { knownShape } from "../../../src/graph/access.ts";
import { randomSource } from "../../../src/graph/random.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { tensorType } from "../../../src/graph/tensor-type.ts";
import { layers } from "../../../src/layers/index.ts";
import { run } from "../../../src/runtime/reference.ts";
import { example, exampleNames, resolveExample } from "../../examples/examples.ts";
import { values } from "../../examples/formula.ts";
import { attributesOf, layerOf } from "../../layers/arguments.ts";
import { layerGraph } from "../../layers/layer-graph.ts";
import { type LayerProblem, problemsOf } from "../../layers/problems.ts";
import { inputTensor, weightTensor } from "../../layers/tensors.ts";
import { type TorchCase, differences, hasTorch } from "./torch.ts";

/**
 * Two that are quick by the layers' definitions and have every kind of structure; all where that
 * is asked for.
 */
const COMPUTED =
  process.env["CNN_LARGE_NETWORKS"] === "1" ? exampleNames : ["lenet5", "stylegan-adain"];

const EXAMPLES = [
  "lenet5",
  "resnet18",
  "mobilenet-v2",
  "squeezenet",
  "googlenet",
  "densenet",
  "inception",
  "unet",
  "vgg",
  "stylegan-adain",
];

/** As files hold it. */
function rounded({ shape, data }: Tensor): Tensor {
  return { shape, data: Float64Array.from(Float32Array.from(data)) };
}

function textOf(source: Source): { readonly text: string; readonly model: string } {
  const { models, sources } = check(source, { resolve: resolveExample });
  const [{ graph }] = models;
  const exported = exportPytorchModule(graph, { blockAt: blockNames(sources) });
  if (exported.text === undefined) throw new Error(`${source.name} can be exported`);
  return exported;
}

/** Labels that are methods of every module, and others that are no names in Python. */
const METHODS = {
  name: "methods.cnn",
  text: `model Methods(x: [N, 3, 8, 8]) {
  let type = parameter([4, 1, 1], init: 2)
  let float = parameter([1])
  let y = x -> double: conv(4, kernel: 3)
  y * type + float -> down: { half: conv(5, kernel: 1) -> relu } -> relu
    -> to: { "a-b": { half: conv(5, kernel: 1) -> relu -> forward: conv(2, kernel: 1) } }
}`,
};

describe("an example as a PyTorch module", () => {
  test.each(EXAMPLES)("%s reads as in its golden file", async (name) => {
    await expect(textOf(example(name)).text).toMatchFileSnapshot(`golden/${name}.py`);
  });
});

test("every layer has a form", () => {
  expect(Object.keys(forms).sort()).toEqual([...layers.keys()].sort());
});

test("a negative number in front of an operator stands in brackets", () => {
  const { models } = check({ name: "m.cnn", text: "model M(x: [N, 3]) { (0 - 2) - x }" });
  const exported = exportPytorchModule(models[0].graph);
  expect(exported.text).toContain("return (-2) - x");
});

test("labels that are methods of PyTorch's modules are no attributes", () => {
  const { text } = textOf(METHODS);
  expect(text).toContain('self._modules["double"] = nn.Conv2d(3, 4, 3)\n');
  expect(text).toContain('x = self._modules["half"](x)\n');
  expect(text).toContain('y = self._parameters["type"]\n');
  expect(text).not.toMatch(/self\.(double|half|forward|to|type|float)\b/);
});

test("what PyTorch has no words for is told", () => {
  const source = {
    name: "model.cnn",
    text: "model Any(x: [N, 3, H, W]) -> [N, 5] {\n  x -> flatten -> linear(5)\n}",
  };
  const { models, sources } = check(source);
  const result = exportPytorchModule(models[0].graph);
  if (result.text !== undefined) throw new Error("its features are not known");
  expect(renderDiagnostics(result.diagnostics, sources, { color: false })).toMatchInlineSnapshot(`
    "error CNN5081: \`linear\` cannot be written in PyTorch
      ┌─ model.cnn:2:19
    2 │   x -> flatten -> linear(5)
      │                   ^^^^^^^^^ the number of its features is 3·H·W
      │
      help: give named sizes values: \`--set H=224,W=224\`
    "
  `);
});

test("a layer that PyTorch has no words for is told once", () => {
  const text =
    "model Any(x: [N, 3, H, W]) -> [N, 3, 2 * H, 2 * W] {\n" +
    "  x -> upsample(2, mode: bilinear, coordinates: asymmetric)\n}";
  const result = exportPytorchModule(check(text).models[0].graph);
  if (result.text !== undefined) throw new Error("PyTorch has no such coordinates");
  expect(result.diagnostics.map(({ facts }) => facts)).toEqual([
    { layer: "upsample", reason: "PyTorch does not resample in this way" },
  ]);
});

// Golden files stand in for PyTorch where it is not installed.
describe.skipIf(!hasTorch)("in PyTorch", () => {
  test("every layer computes the same", () => {
    const cases = new Map<string, TorchCase>();
    const refused = new Set<string>();
    for (const kind of layers.keys()) {
      for (const [at, problem] of problemsOf(kind).entries()) {
        const made = layerCase(kind, problem);
        if (made === undefined) refused.add(kind);
        else cases.set(`${kind} ${at} ${JSON.stringify(problem.given)}`, made);
      }
    }
    // ONNX resamples in more ways than PyTorch, and has gaps in average pools.
    expect([...refused].sort()).toEqual(["avg_pool", "upsample"]);
    expect(differences(cases)).toEqual([]);
  });

  test.each(COMPUTED)(
    "%s computes the same, with weights of the same names",
    (name) => {
      expect(differences(new Map([[name, caseOf(example(name))]]))).toEqual([]);
    },
    600_000,
  );

  test("labels may be those of methods", () => {
    expect(differences(new Map([["methods", caseOf(METHODS)]]))).toEqual([]);
  });
});

function layerCase(kind: string, { given, inputs: shapes, range }: LayerProblem) {
  const attributes = attributesOf(kind, given);
  const types = shapes.map(tensorType);
  const graph = layerGraph(kind, attributes, types);
  if (graph === undefined) return undefined;
  const random = randomSource(3);
  const inputs = shapes.map((shape) => rounded(inputTensor(shape, random, range)));
  const roles = Object.entries(layerOf(kind).weights(attributes, types)).map(
    ([role, { shape }]) => [role, rounded(weightTensor(shape.map(Number), random))] as const,
  );
  const weights = Object.fromEntries(roles);
  const { outputs } = layerOf(kind).reference({ attributes, inputs, weights, mode: "inference" });
  const exported = exportPytorchModule(graph);
  if (exported.text === undefined) return undefined;
  const named = roles.map(([role, tensor]) => [graph.nodes[0].weights[role], tensor] as const);
  return { ...exported, weights: new Map(named), inputs, outputs };
}

function caseOf(source: Source): TorchCase {
  const [{ graph: open }] = check(source, { resolve: resolveExample }).models;
  const sizes = [...namedSizes(open).keys()].map((size) => [size, size === "N" ? 1 : 32]);
  const instance = instantiate(open, Object.fromEntries(sizes));
  if ("problems" in instance) throw new Error(`${source.name} works at these sizes`);
  const { graph } = instance;
  const inputs = new Map(
    graph.inputs.map((id) => {
      const { name: input, type } = graph.values[id];
      return [input, rounded(values(input, knownShape(type.shape)))];
    }),
  );
  const weights = new Map(
    [...graph.weights.values()].map((w) => [w.name, rounded(values(w.name, knownShape(w.shape)))]),
  );
  const { outputs } = run(graph, weights, inputs);
  return {
    ...textOf(source),
    weights,
    inputs: [...inputs.values()],
    outputs: [...outputs.values()],
  };
}
