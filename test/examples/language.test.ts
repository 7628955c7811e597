/**
 * The programs and the rules of the language's agreed shape: each parses, checks and compiles,
 * and means what was agreed. Expected names, shapes and counts are worked out by hand or come
 * from PyTorch.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parameterCount } from "../../src/analysis/cost.ts";
import { brokenInvariant } from "../../src/analysis/verify.ts";
import { type Checked, check } from "../../src/check/check.ts";
import { formatContract } from "../../src/check/sizes/contract.ts";
import { compile } from "../../src/compile.ts";
import { fromTensor } from "../../src/formats/tensors/stored-array.ts";
import { knownShape } from "../../src/graph/access.ts";
import { formatShape } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { Net } from "../../src/runtime/net.ts";
import stateDicts from "../material/state-dicts.json" with { type: "json" };
import { values } from "./formula.ts";

describe("a first model", () => {
  const text = program("lenet5.cnn");

  test("names layers by kind and order", () => {
    const { graph } = only(check({ name: "lenet5.cnn", text }));
    expect(graph.nodes.map(({ name }) => name).join(" ")).toBe(
      "conv1 relu1 avg_pool1 conv2 relu2 avg_pool2 flatten1 linear1 relu3 linear2 relu4 linear3",
    );
  });

  test("has LeNet-5's 61,706 parameters", () => {
    expect(parameterCount(only(check({ name: "lenet5.cnn", text })).graph)).toBe(61_706);
  });

  test("runs on a batch of any size", async () => {
    const net = await netOf(text);
    for (const batch of [1, 3]) {
      const { output } = net.run({ image: values("image", [batch, 1, 28, 28]) });
      expect(output.shape).toEqual([batch, 10]);
    }
  });
});

describe("blocks, branches, repetition", () => {
  const text = program("resnet18.cnn");

  test("loads PyTorch's ResNet-18 unchanged", () => {
    const { graph } = only(check({ name: "resnet18.cnn", text }));
    expect(shapesOf(graph)).toEqual(stateDicts.resnet18);
  });
});

describe("symbolic shapes", () => {
  const text = program("unet.cnn");

  test("uses what `where` promises", () => {
    const { contract, graph } = only(check({ name: "unet.cnn", text }));
    expect(formatContract(contract)).toBe("H, W ≥ 4 and divisible by 4");
    expect(formatShape(graph.values[graph.outputs[0].value].type.shape)).toBe("[N, 2, H, W]");
  });

  test("without the promise, shows a size for which the maps do not meet", () => {
    const careless = text.replace(/ where [^{]*/, " ");
    const { diagnostics } = check({ name: "unet.cnn", text: careless });
    expect(diagnostics).toHaveLength(1);
    const [{ notes, fix, span }] = diagnostics;
    expect(careless.slice(span.start)).toMatch(/^concat\(d3/);
    expect(notes.join("\n")).toMatch(/for example with H = \d+.*: one side is \d+, the other \d+/);
    expect(fix?.title).toContain("where H % 4 == 0");
  });

  test("runs on images of the promised sizes", async () => {
    const net = await netOf(text);
    const { output } = net.run({ image: values("image", [1, 1, 8, 12]) });
    expect(output.shape).toEqual([1, 2, 8, 12]);
  });
});

test("attributes and training settings are checked and kept", () => {
  const { graph } = only(check({ name: "training.cnn", text: program("training.cnn") }));
  expect(graph.metadata).toEqual({
    weights: "lenet5.safetensors",
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  });
});

/** The rules that the agreed shape states in words, each as a small program. */
const rules: readonly { rule: string; text: string; outputs: string[]; weights?: string[] }[] = [
  {
    rule: "rectangular windows, and padding by sides, by words",
    text: `model M(x: [N, 3, 20, 20]) {
      x -> conv(4, kernel: (3, 5)) -> conv(4, kernel: 3, padding: (1, 0, 2, 0))
        -> conv(4, kernel: 3, padding: same) -> conv(4, kernel: 3, padding: valid)
    }`,
    // 20 - 2, 20 - 4; 18 + 3 - 2, 16 - 2; the same; 19 - 2, 14 - 2.
    outputs: ["[N, 4, 17, 12]"],
  },
  {
    rule: "sizes of a value and of its declared shape are ints",
    text: `block Same(x: [N, C, H, W]) { x -> conv(C, kernel: 1) }
    model M(x: [N, 5, 8, 8]) {
      let y = x -> Same
      y -> conv(y.channels + y.shape[1] + x.height / 2, kernel: 1)
    }`,
    outputs: ["[N, 14, 8, 8]"],
    weights: ["same1.conv1.weight", "same1.conv1.bias", "conv1.weight", "conv1.bias"],
  },
  {
    rule: "a labelled repeat numbers its rounds, and a round of one step is that step",
    text: `const WIDTH = 2
    model M(x: [N, 1, 4, 4]) {
      x -> wide: repeat i in 0..3 { conv(WIDTH + i, kernel: 1, bias: false) }
        -> pairs: repeat 2 { conv(1, kernel: 1, bias: false) -> relu }
    }`,
    outputs: ["[N, 1, 4, 4]"],
    weights: [
      "wide.0.weight",
      "wide.1.weight",
      "wide.2.weight",
      "pairs.0.0.weight",
      "pairs.1.0.weight",
    ],
  },
  {
    rule: "a labelled group numbers its steps, those without weights too",
    text: `model M(x: [N, 1, 4, 4]) {
      x -> features: { conv(2, kernel: 1, bias: false) -> relu -> conv(3, kernel: 1, bias: false) }
        -> "head.0": conv(1, kernel: 1, bias: false)
    }`,
    outputs: ["[N, 1, 4, 4]"],
    weights: ["features.0.weight", "features.2.weight", "head.0.weight"],
  },
  {
    rule: "a product of tensors broadcasts: squeeze and excitation",
    text: `model M(x: [N, 8, H, W]) {
      let gate = x -> global_avg_pool -> conv(2, kernel: 1) -> relu -> conv(8, kernel: 1) -> sigmoid
      x * gate
    }`,
    outputs: ["[N, 8, H, W]"],
  },
  {
    rule: "concat joins channels, or another axis",
    text: `model M(x: [N, 2, 4, 5]) {
      let wide = concat(x, x -> relu, x -> tanh)
      concat(wide, wide -> sigmoid, axis: width)
    }`,
    outputs: ["[N, 6, 4, 10]"],
  },
  {
    rule: "layers are values, with defaults",
    text: `block ConvBnAct(x, out: int, act: layer = relu) {
      x -> conv(out, kernel: 1, bias: false) -> batch_norm -> act
    }
    model M(x: [N, 3, 4, 4]) { x -> a: ConvBnAct(4) -> b: ConvBnAct(5, act: silu) }`,
    outputs: ["[N, 5, 4, 4]"],
  },
  {
    rule: "let binds one instance, whose uses share their weights",
    text: `model M(a: [N, 3, 8, 8], b: [N, 3, 8, 8]) {
      let embed = conv(4, kernel: 3, bias: false) -> relu
      (a -> embed) + (b -> embed)
    }`,
    outputs: ["[N, 4, 6, 6]"],
    weights: ["embed.0.weight"],
  },
  {
    rule: "a block is a template: each mention makes weights of its own",
    text: `block Embed(x) { x -> conv(4, kernel: 3, bias: false) -> relu }
    model M(a: [N, 3, 8, 8], b: [N, 3, 8, 8]) { (a -> Embed) + (b -> Embed) }`,
    outputs: ["[N, 4, 6, 6]"],
    weights: ["embed1.conv1.weight", "embed2.conv1.weight"],
  },
  {
    rule: "a shape in a pipeline is a checked assertion",
    text: `model M(x: [N, 16, 5, 5]) { x -> flatten -> [N, 400] -> linear(10) }`,
    outputs: ["[N, 10]"],
  },
  {
    rule: "several results are a record",
    text: `model M(x: [N, 3, 8, 8]) -> { logits: [N, 10], features: [N, 192] } {
      let features = x -> flatten
      { logits = features -> linear(10), features = features }
    }`,
    outputs: ["[N, 10]", "[N, 192]"],
  },
  {
    rule: "a layer with several results is taken apart",
    text: `model M(x: [N, 6, 8, 8]) {
      let (a, b) = x -> split((2, 4))
      concat(b, a -> relu, a)
    }`,
    outputs: ["[N, 8, 8, 8]"],
  },
  {
    rule: "sums bind tighter than arrows, a group's value joins them",
    text: `model M(x: [N, 2, 4, 4]) { x + (x -> conv(2, kernel: 1)) -> relu -> conv(3, kernel: 1) }`,
    outputs: ["[N, 3, 4, 4]"],
  },
  {
    rule: "newlines mean nothing",
    text: `model M(x:[N,2,4,4])->[N,3,4,4]{x->conv(3,kernel:1)->relu}`,
    outputs: ["[N, 3, 4, 4]"],
  },
];

describe("rules", () => {
  test.each(rules)("$rule", ({ text, outputs, weights }) => {
    const { graph } = only(check({ name: "rule.cnn", text }, { allow: ["CNN4002"] }));
    expect(brokenInvariant(graph)).toBeUndefined();
    const shapes = graph.outputs.map(({ value }) => formatShape(graph.values[value].type.shape));
    expect(shapes).toEqual(outputs);
    if (weights !== undefined) expect([...graph.weights.keys()]).toEqual(weights);
  });

  test("imports take blocks from another file, under another name too", () => {
    const text = `import { Residual as Block } from "./resnet18.cnn"
    model M(x: [N, 8, H, W]) { x -> only: Block(8) }`;
    const files = new Map([["./resnet18.cnn", program("resnet18.cnn")]]);
    const resolve = (path: string) => {
      const imported = files.get(path);
      return imported === undefined ? undefined : { name: path, text: imported };
    };
    const { graph } = only(check({ name: "main.cnn", text }, { resolve }));
    expect([...graph.weights.keys()]).toContain("only.bn2.running_var");
  });
});

function program(file: string): string {
  return readFileSync(join(import.meta.dirname, "../material/language", file), "utf8");
}

/** The one model of a program without errors. */
function only({ models, diagnostics }: Checked): Checked["models"][number] {
  expect(diagnostics.map(({ code, facts }) => [code, facts])).toEqual([]);
  expect(models).toHaveLength(1);
  return models[0];
}

function shapesOf(graph: Graph): Record<string, readonly number[]> {
  return Object.fromEntries(
    [...graph.weights.values()].map(({ name, shape }) => [name, knownShape(shape)]),
  );
}

/** The compiled program, with weights by formula. */
async function netOf(text: string): Promise<Net> {
  const { graph } = only(check({ name: "program.cnn", text }));
  const arrays = Object.entries(shapesOf(graph)).map(
    ([name, shape]) => [name, fromTensor(values(name, shape))] as const,
  );
  return compile(text, { weights: { name: "formula", arrays: new Map(arrays) } });
}
