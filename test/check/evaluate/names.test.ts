/**
 * Names of weights by the rules of the language reference, worked out by hand; those of whole
 * networks against torchvision's are in `test/examples/state-dicts.test.ts`.
 */
import { describe, expect, test } from "vitest";
import { graphOf, model, weightNames } from "../programs.ts";

const nodeNames = (text: string): string[] => graphOf(text).nodes.map(({ name }) => name);

describe("in a body", () => {
  test("unlabelled layers are named by kind and order", () => {
    const text = model(`x
      -> conv(8, kernel: 3, bias: false) -> batch_norm -> relu
      -> conv(8, kernel: 3, bias: false) -> batch_norm -> relu`);
    expect(nodeNames(text)).toEqual([
      "conv1",
      "batch_norm1",
      "relu1",
      "conv2",
      "batch_norm2",
      "relu2",
    ]);
    expect(weightNames(text)).toEqual([
      "conv1.weight",
      "batch_norm1.weight",
      "batch_norm1.bias",
      "batch_norm1.running_mean",
      "batch_norm1.running_var",
      "conv2.weight",
      "batch_norm2.weight",
      "batch_norm2.bias",
      "batch_norm2.running_mean",
      "batch_norm2.running_var",
    ]);
  });

  test("labels are names, and automatic names keep clear of them", () => {
    const text = model(
      `x -> conv(4, kernel: 1) -> conv1: conv(4, kernel: 1) -> conv(4, kernel: 1)`,
    );
    expect(nodeNames(text)).toEqual(["conv2", "conv1", "conv3"]);
  });

  test("a label may be any text", () => {
    const text = model(`x -> "downsample.0": conv(4, kernel: 1, bias: false)`);
    expect(weightNames(text)).toEqual(["downsample.0.weight"]);
  });

  test("operators are layers with names of their own", () => {
    expect(nodeNames(model(`(x + x) * x - x`))).toEqual(["add1", "mul1", "sub1"]);
  });

  test("an unlabelled group and repeat are part of what is around them", () => {
    const text = model(`x -> { conv(4, kernel: 1) -> relu } -> repeat 2 { conv(4, kernel: 1) }`);
    expect(nodeNames(text)).toEqual(["conv1", "relu1", "conv2", "conv3"]);
  });

  test("inputs and layers do not share a name", () => {
    expect(nodeNames(model(`relu1 -> relu -> relu`, "relu1: [N, 4, 8, 8]"))).toEqual([
      "relu2",
      "relu3",
    ]);
  });
});

describe("in a labelled group", () => {
  test("unlabelled steps are numbered, those without weights too", () => {
    const text = model(`x -> features: { conv(4, kernel: 1) -> relu -> conv(4, kernel: 1) }`);
    expect(nodeNames(text)).toEqual(["features.0", "features.1", "features.2"]);
  });

  test("labelled steps have their labels, and do not count", () => {
    const text = model(`x -> stem: { first: conv(4, kernel: 1) -> relu -> last: relu }`);
    expect(nodeNames(text)).toEqual(["stem.first", "stem.0", "stem.last"]);
  });

  test("groups nest", () => {
    const text = model(`x -> a: { b: { conv(4, kernel: 1) } -> c: { relu -> relu } }`);
    expect(nodeNames(text)).toEqual(["a.b.0", "a.c.0", "a.c.1"]);
  });

  test("a group without a label inside one with a label adds its steps", () => {
    const text = model(`x -> a: { relu -> { relu -> relu } -> relu }`);
    expect(nodeNames(text)).toEqual(["a.0", "a.1", "a.2", "a.3"]);
  });
});

describe("a labelled repeat", () => {
  test("numbers its rounds, and a round of one step is that step", () => {
    expect(nodeNames(model(`x -> blocks: repeat 2 { conv(4, kernel: 1) }`))).toEqual([
      "blocks.0",
      "blocks.1",
    ]);
  });

  test("numbers the steps of longer rounds", () => {
    expect(nodeNames(model(`x -> blocks: repeat 2 { conv(4, kernel: 1) -> relu }`))).toEqual([
      "blocks.0.0",
      "blocks.0.1",
      "blocks.1.0",
      "blocks.1.1",
    ]);
  });

  test("keeps the labels inside its rounds", () => {
    const text = model(`x -> blocks: repeat i in 1..3 { body: conv(4 * i, kernel: 1) -> relu }`);
    expect(nodeNames(text)).toEqual(["blocks.0.body", "blocks.0.0", "blocks.1.body", "blocks.1.0"]);
  });
});

describe("blocks", () => {
  const block = `block ConvRelu(x, out: int) { x -> conv(out, kernel: 1) -> relu }\n`;

  test("name their parts behind their own name, in snake case", () => {
    expect(nodeNames(block + model(`x -> ConvRelu(8) -> ConvRelu(8)`))).toEqual([
      "conv_relu1.conv1",
      "conv_relu1.relu1",
      "conv_relu2.conv1",
      "conv_relu2.relu1",
    ]);
  });

  test.each([
    ["SEBlock", "se_block1"],
    ["Conv2d", "conv2d1"],
    ["MBConv6", "mb_conv61"],
    ["VGG", "vgg1"],
  ])("%s is %s", (name, label) => {
    const text = `block ${name}(x) { x -> relu }\n${model(`x -> ${name}`)}`;
    expect(nodeNames(text)).toEqual([`${label}.relu1`]);
  });

  test("take a label as their name", () => {
    expect(weightNames(block + model(`x -> stem: ConvRelu(8)`))).toEqual([
      "stem.conv1.weight",
      "stem.conv1.bias",
    ]);
  });

  test("are one step of a sequence", () => {
    expect(nodeNames(block + model(`x -> layers: { ConvRelu(8) -> relu }`))).toEqual([
      "layers.0.conv1",
      "layers.0.relu1",
      "layers.1",
    ]);
  });
});

describe("instances and templates", () => {
  test("a layer bound by `let` has one set of weights, whatever uses it", () => {
    const text = model(`let embed = conv(4, kernel: 1)\n  (x -> embed) + (x -> relu -> embed)`);
    expect(weightNames(text)).toEqual(["embed.weight", "embed.bias"]);
    const convs = graphOf(text).nodes.filter(({ kind }) => kind === "conv");
    expect(convs.map(({ weights }) => weights.weight)).toEqual(["embed.weight", "embed.weight"]);
  });

  test("so has a pipeline of layers", () => {
    const text = model(
      `let embed = { conv(4, kernel: 1) -> relu -> conv(4, kernel: 1) }
  (x -> embed) + (x -> relu -> embed)`,
    );
    expect(weightNames(text)).toEqual([
      "embed.0.weight",
      "embed.0.bias",
      "embed.2.weight",
      "embed.2.bias",
    ]);
  });

  test("a block makes weights of its own at each mention", () => {
    const text =
      `block Embed(x) { x -> conv(4, kernel: 1, bias: false) }\n` +
      model(`(x -> Embed) + (x -> Embed)`);
    expect(weightNames(text)).toEqual(["embed1.conv1.weight", "embed2.conv1.weight"]);
  });

  test("a parameter of type `layer` makes weights of its own at each mention", () => {
    const text =
      `block Twice(x, f: layer) { x -> f -> f }\n` +
      model(`x -> Twice(conv(4, kernel: 1, bias: false))`);
    expect(weightNames(text)).toHaveLength(2);
  });

  test("a default layer is used where none is given", () => {
    const text =
      `block Act(x, act: layer = relu) { x -> act }\n` +
      model(`x -> Act -> Act(silu) -> Act(act: leaky_relu(0.2))`);
    expect(graphOf(text).nodes.map(({ kind }) => kind)).toEqual(["relu", "silu", "leaky_relu"]);
  });
});

describe("labels that clash", () => {
  test.each([
    ["in one body", model(`x -> a: relu -> a: relu`), ["CNN3016"]],
    ["in the rounds of an unlabelled repeat", model(`x -> repeat 2 { a: relu }`), ["CNN3016"]],
    ["not in two groups", model(`x -> a: { c: relu } -> b: { c: relu }`), []],
  ])("%s", (_, text, codes) => {
    const found = (() => {
      try {
        graphOf(text);
        return [];
      } catch (error) {
        return [/CNN\d+/.exec(String(error))?.[0]];
      }
    })();
    expect(found).toEqual(codes);
  });
});

describe("parameters", () => {
  const scale = (label: string) => model(`let ${label}\n  x * scale`);

  test("are called what they are bound to, as PyTorch's modules call theirs", () => {
    expect(weightNames(scale("scale = parameter([4, 1, 1])"))).toEqual(["scale"]);
    expect(weightNames(scale(`scale = { "layer scale": parameter([4, 1, 1]) }`))).toEqual([
      "layer scale",
    ]);
    expect(weightNames(model(`x * parameter([4, 1, 1])`))).toEqual(["parameter1"]);
  });

  test("stand in the scope of their block, and are no step of a sequence", () => {
    const text =
      `block Scaled(x: [N, C, H, W]) {
  let scale = parameter([C, 1, 1], init: 0.1)
  x + scale * (x -> conv(C, kernel: 1, bias: false))
}\n` + model(`x -> features: { Scaled -> repeat 2 { Scaled } }`);
    expect(weightNames(text)).toEqual([
      "features.0.scale",
      "features.0.conv1.weight",
      "features.1.scale",
      "features.1.conv1.weight",
      "features.2.scale",
      "features.2.conv1.weight",
    ]);
  });

  test("of a shared instance are shared", () => {
    const text =
      `block Scaled(x: [N, C, H, W]) {
  let scale = parameter([C, 1, 1])
  x * scale
}\n` + model(`let s = Scaled\n  (x -> s) + (x -> relu -> s)`);
    expect(weightNames(text)).toEqual(["s.scale"]);
  });

  test("that training does not change are buffers", () => {
    const { weights } = graphOf(model(`x * parameter([4, 1, 1], requires_grad: false)`));
    expect([...weights.values()].map(({ role }) => role)).toEqual(["buffer"]);
  });
});

describe("numbers in place of tensors", () => {
  const kinds = (text: string): string[] => graphOf(model(text)).nodes.map(({ kind }) => kind);

  test.each([
    ["x -> pow(2)", ["pow_scalar"]],
    ["pow(x, 2) -> relu", ["pow_scalar", "relu"]],
    ["pow(2, x)", ["rpow_scalar"]],
    ["maximum(x, 0.1) + minimum(1, x)", ["maximum_scalar", "minimum_scalar", "add"]],
    ["add(x, 1) -> sub(2)", ["add_scalar", "sub_scalar"]],
    ["pow(x, x)", ["pow"]],
    ["select(x > 0, x, x * 0.1)", ["gt_scalar", "mul_scalar", "select"]],
    ["x * (0 <= x)", ["ge_scalar", "mul"]],
    ["x * (x != x)", ["ne", "mul"]],
  ])("%s", (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  test("do not hide other mistakes", () => {
    expect(() => graphOf(model("x -> pow(relu)"))).toThrow("CNN3006");
    expect(() => graphOf(model("pow(x, 2, 3)"))).toThrow("CNN3006");
    expect(() => graphOf(model("maximum(x, a: 2)"))).toThrow("CNN3003");
  });
});
