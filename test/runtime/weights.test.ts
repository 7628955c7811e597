/** One diagnostic a mistake, at the layer's place. */
import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/diagnostics/catalogue.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { type StoredArray, fromTensor } from "../../src/formats/tensors/stored-array.ts";
import { isKnown, named } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { zeros } from "../../src/graph/tensor.ts";
import { bindWeights } from "../../src/runtime/weights.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, twins } from "../graph/models.ts";

const stored = (...shape: readonly number[]): StoredArray => fromTensor(zeros(shape));

/** A file that fits the graph. */
function fileFor(graph: Graph): Map<string, StoredArray> {
  return new Map(
    [...graph.weights.values()].map(({ name, shape }) => [name, stored(...shape.filter(isKnown))]),
  );
}

function diagnose(graph: Graph, arrays: ReadonlyMap<string, StoredArray>): readonly Diagnostic[] {
  const { weights, diagnostics } = bindWeights(graph, arrays, "w.safetensors");
  expect(weights.size > 0).toBe(diagnostics.length === 0);
  return diagnostics;
}

const brief = (diagnostics: readonly Diagnostic[]): unknown =>
  diagnostics.map(({ code, facts, span }) => ({ code, facts, at: `${span.file}:${span.start}` }));

const lenet = lenet5("batch_norm");

describe("bindWeights", () => {
  test("gives every weight of the graph and ignores PyTorch's batch counters", () => {
    const file = fileFor(lenet);
    const counter: StoredArray = { dtype: "I64", shape: [], bytes: new Uint8Array(8) };
    file.set("bn1.num_batches_tracked", counter);
    file.set("num_batches_tracked", counter);
    const { weights, diagnostics } = bindWeights(lenet, file, "w.safetensors");
    expect(diagnostics).toEqual([]);
    expect([...weights.keys()]).toEqual([...lenet.weights.keys()]);
    expect(weights.get("bn2.running_var")?.shape).toEqual([16]);
  });

  test("points missing tensors at their layer and names those that were meant", () => {
    const file = fileFor(lenet);
    file.set("conv_2.weight", stored(16, 6, 5, 5));
    file.set("conv_2.bias", stored(16));
    file.delete("conv2.weight");
    file.delete("conv2.bias");
    file.delete("fc1.bias");
    expect(brief(diagnose(lenet, file))).toEqual([
      {
        code: "CNN5010",
        facts: {
          layer: "conv2",
          file: "w.safetensors",
          tensors: ["`conv2.weight` [16, 6, 5, 5]", "`conv2.bias` [16]"],
          alike: ["conv_2.weight", "conv_2.bias"],
          label: "conv_2",
        },
        at: "model.cnn:40",
      },
      {
        code: "CNN5010",
        facts: {
          layer: "fc1",
          file: "w.safetensors",
          tensors: ["`fc1.bias` [120]"],
          alike: [],
        },
        at: "model.cnn:90",
      },
    ]);
  });

  test("proposes a tensor of another name where it is the only one of its shape", () => {
    const file = fileFor(lenet);
    file.set("classifier.4.bias", stored(10));
    file.delete("fc3.bias");
    expect(diagnose(lenet, file)).toMatchObject([
      { code: "CNN5010", facts: { alike: ["classifier.4.bias"], label: "classifier.4" } },
    ]);
  });

  test("points unused tensors at the layer of their name, or at the file", () => {
    const graph = resnet18();
    const file = fileFor(graph);
    file.set("conv1.bias", stored(64));
    file.set("head.weight", stored(10, 10));
    file.set("head.bias", stored(10));
    expect(brief(diagnose(graph, file))).toEqual([
      {
        code: "CNN5011",
        facts: { file: "w.safetensors", tensors: ["`conv1.bias` [64]"], count: 1, layer: "conv1" },
        at: "model.cnn:0",
      },
      {
        code: "CNN5011",
        facts: {
          file: "w.safetensors",
          tensors: ["`head.weight` [10, 10]", "`head.bias` [10]"],
          count: 2,
        },
        at: "w.safetensors:0",
      },
    ]);
  });

  test("says both shapes of a layer's weights in one message", () => {
    const file = fileFor(lenet);
    file.set("conv1.weight", stored(8, 1, 5, 5));
    file.set("conv1.bias", stored(8));
    expect(brief(diagnose(lenet, file))).toEqual([
      {
        code: "CNN5012",
        facts: {
          layer: "conv1",
          file: "w.safetensors",
          pairs: [
            { tensor: "conv1.weight", wants: "[6, 1, 5, 5]", gets: "[8, 1, 5, 5]" },
            { tensor: "conv1.bias", wants: "[6]", gets: "[8]" },
          ],
          hint: "the file's layer has 8 outputs: write 8, or train anew",
        },
        at: "model.cnn:0",
      },
    ]);
  });

  test.each([
    [
      "fc1.weight",
      [400, 120],
      "the file has [in, out], as Keras keeps it; PyTorch's order is [out, in]: save `w.T`",
    ],
    [
      "conv1.weight",
      [5, 5, 1, 6],
      "the file has [height, width, in, out], as Keras keeps it: save `w.transpose(3, 2, 0, 1)`",
    ],
    [
      "conv2.weight",
      [16, 5, 5, 6],
      "the file has its input channels last: save `w.transpose(0, 3, 1, 2)`",
    ],
    [
      "fc1.weight",
      [120, 256],
      "it was trained on 256 inputs and gets 400 here: compare the layers before it",
    ],
    ["fc3.bias", [100], undefined],
  ])("explains %s %j", (name, shape, hint) => {
    const file = fileFor(lenet);
    file.set(name, stored(...shape));
    const [{ facts }, ...others] = diagnose(lenet, file);
    expect(others).toEqual([]);
    expect("hint" in facts ? facts.hint : undefined).toBe(hint);
  });

  test("refuses integers, NaN and infinity, and says where", () => {
    const file = fileFor(lenet);
    file.set("fc2.bias", { dtype: "I8", shape: [84], bytes: new Uint8Array(84) });
    expect(diagnose(lenet, file)).toMatchObject([
      { code: "CNN5015", facts: { layer: "fc2", tensor: "fc2.bias", dtype: "I8" } },
    ]);
    const broken = fileFor(lenet);
    const conv = zeros([6, 1, 5, 5]);
    conv.data[2 * 25 + 7] = NaN;
    const bias = zeros([10]);
    bias.data[9] = -Infinity;
    broken.set("conv1.weight", fromTensor(conv));
    broken.set("fc3.bias", fromTensor(bias));
    expect(diagnose(lenet, broken)).toMatchObject([
      { code: "CNN5014", facts: { layer: "conv1", value: "NaN", index: "[2, 0, 1, 2]" } },
      { code: "CNN5014", facts: { layer: "fc3", value: "-Infinity", index: "[9]" } },
    ]);
  });

  test.each(["module.", "state_dict.", "model.net."])("recognises the prefix %s", (prefix) => {
    const file = new Map([...fileFor(lenet)].map(([name, array]) => [prefix + name, array]));
    const [only, ...others] = diagnose(lenet, file);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      code: "CNN5016",
      facts: { model: "LeNet5", prefix, example: "conv1.weight" },
    });
  });

  test("recognises another model's file and lists nothing one by one", () => {
    const diagnostics = diagnose(resnet18(), fileFor(lenet));
    expect(brief(diagnostics)).toEqual([
      {
        code: "CNN5013",
        facts: {
          model: "ResNet18",
          file: "w.safetensors",
          missing: 102,
          weights: 102,
          wants: ["layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias"],
          has: ["conv1.bias", "conv2.weight", "conv2.bias"],
        },
        at: "w.safetensors:0",
      },
    ]);
    expect(diagnose(resnet18(), new Map())).toMatchObject([
      { code: "CNN5013", facts: { has: [] } },
    ]);
    // Names that every network has, in other sizes, beside many that this one lacks.
    const small = new Build("Small");
    const y = small.add("conv", small.input("x", [1, 3, 8, 8]), { out: 4, kernel: [3, 3] });
    const found = diagnose(small.graph({ y }), fileFor(resnet18()));
    expect(found).toMatchObject([{ code: "CNN5013", facts: { missing: 2, weights: 2 } }]);
  });

  test("lists the first mistakes of a kind and counts the others", () => {
    const graph = resnet18();
    const file = fileFor(graph);
    for (const name of [...file.keys()].filter((key) => key.endsWith("running_mean")))
      file.set(name, stored(7));
    const diagnostics = diagnose(graph, file);
    expect(diagnostics).toHaveLength(9);
    expect(diagnostics[8]).toMatchObject({
      code: "CNN5017",
      facts: { count: 20 - 8, what: "layers have other shapes" },
    });
  });

  test("binds shared weights once and reports them at their first use", () => {
    const graph = twins();
    const file = fileFor(graph);
    expect([...bindWeights(graph, file, "w.safetensors").weights.keys()]).toEqual([
      "embed.weight",
      "embed.bias",
    ]);
    file.delete("embed.bias");
    expect(brief(diagnose(graph, file))).toMatchObject([{ code: "CNN5010", at: "model.cnn:0" }]);
  });

  test("takes the file's size where the graph has a name", () => {
    const build = new Build("Named");
    const x = build.input("x", [1, named("F")]);
    const graph = build.graph(build.add("linear", x, { out: 2 }));
    const file = new Map([
      ["linear1.weight", stored(2, 9)],
      ["linear1.bias", stored(2)],
    ]);
    expect(bindWeights(graph, file, "w.safetensors").diagnostics).toEqual([]);
  });
});

test("every message of files and inputs has a title, a label and a text", () => {
  const codes = Object.entries(catalogue).filter(([code]) => code.startsWith("CNN5"));
  expect(codes.length).toBeGreaterThan(20);
  for (const [, { explain }] of codes) expect(explain.trim().length).toBeGreaterThan(80);
});
