/**
 * Each lint beside its samples (`test/samples/CNN4…`, where it fires): programs that come close
 * to it and must stay without a word, most of them taken from well-known networks.
 */
import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import { example, exampleNames, resolveExample } from "../examples/examples.ts";
import { checked, findings, model } from "./programs.ts";

const warnings = (text: string): string[] =>
  checked(text, { remedies: false }).diagnostics.map(({ code }) => code);

const train = (settings: string): string =>
  `train Net {\n  optimizer: sgd(lr: 0.1)\n  ${settings}\n}\n`;

interface Case {
  readonly what: string;
  readonly text: string;
}

function quiet(code: string, cases: readonly Case[]): void {
  describe(`${code} stays quiet`, () => {
    test.each(cases)("$what", ({ text }) => {
      expect(warnings(text)).toEqual([]);
    });
  });
}

quiet("CNN4001", [
  {
    what: "without a bias",
    text: model(`x -> conv(8, kernel: 3, bias: false) -> batch_norm -> relu`),
  },
  {
    what: "where another layer reads the convolution, too",
    text: model(`let y = x -> conv(4, kernel: 1)\n  (y -> batch_norm -> relu) + y`),
  },
  {
    what: "where an activation stands between",
    text: model(`x -> conv(8, kernel: 3) -> relu -> batch_norm`),
  },
  {
    what: "where the norm mixes channels",
    text: model(`x -> conv(8, kernel: 3) -> group_norm(2) -> relu`),
  },
  {
    what: "where linear adds to the last axis of a map, which is not the channels'",
    text: model(`x -> linear(8, in_features: 32) -> batch_norm -> relu`),
  },
  {
    what: "where some uses of a block have a norm behind it and others not",
    text:
      `block Conv(x, out: int, after: layer) { x -> conv(out, kernel: 1) -> after }\n` +
      model(`x -> Conv(8, after: batch_norm) -> relu -> Conv(8, after: relu)`),
  },
]);

quiet("CNN4002", [
  {
    what: "for depthwise separable convolutions (Xception)",
    text: model(`x -> depthwise(3, padding: 1) -> conv(8, kernel: 1) -> relu`),
  },
  {
    what: "for grouped convolutions",
    text: model(`x -> conv(8, kernel: 3, groups: 2) -> conv(8, kernel: 1) -> relu`),
  },
  {
    what: "for linear bottlenecks (MobileNetV2)",
    text: model(
      `x -> conv(24, kernel: 1, bias: false) -> batch_norm -> conv(144, kernel: 1) -> relu6`,
      "x: [N, 96, 8, 8]",
    ),
  },
  {
    what: "for kernels along different axes (Inception)",
    text: model(`x -> conv(8, kernel: (1, 7)) -> conv(8, kernel: (7, 1)) -> relu`),
  },
  {
    what: "for low-rank linear layers",
    text: model(`x -> linear(16) -> linear(512) -> relu`, "x: [N, 512]"),
  },
  {
    what: "where an addition joins another path",
    text: model(`(x -> conv(4, kernel: 1)) + x -> conv(8, kernel: 3) -> relu`),
  },
  {
    what: "where the first output is a result, too",
    text: model(
      `let y = x -> conv(8, kernel: 1)\n  { features = y, scores = y -> conv(9, kernel: 1) }`,
    ),
  },
  {
    what: "where the norm between them is no linear map",
    text: model(
      `x -> conv(8, kernel: 3) -> instance_norm -> conv(8, kernel: 3, bias: false) -> relu`,
    ).replace("conv(8, kernel: 3) ->", "conv(8, kernel: 3, bias: false) ->"),
  },
  {
    what: "where the map is rearranged (ESPCN, EDSR)",
    text: model(`x -> conv(16, kernel: 3, padding: 1) -> pixel_shuffle(2) -> conv(3, kernel: 3)`),
  },
]);

quiet("CNN4003", [
  {
    what: "for the usual stride 2, kernel 3, padding 1 on even sizes (ResNet)",
    text: model(`x -> conv(8, kernel: 3, stride: 2, padding: 1) -> relu`),
  },
  { what: "for pools that fit", text: model(`x -> max_pool(2) -> max_pool(2)`) },
  {
    what: "for overlapping pools that fit (AlexNet)",
    text: model(`x -> max_pool(3, stride: 2)`, "x: [N, 4, 55, 55]"),
  },
  {
    what: "with ceil_mode (SqueezeNet, GoogLeNet)",
    text: model(`x -> max_pool(3, stride: 2, ceil_mode: true)`, "x: [N, 4, 112, 112]"),
  },
  {
    what: "for one row of 224 (SqueezeNet's first layer)",
    text: model(`x -> conv(64, kernel: 3, stride: 2) -> relu`, "x: [N, 3, 224, 224]"),
  },
  {
    what: "where another layer reads the border",
    text: model(`{ small = x -> max_pool(2), edges = x -> conv(4, kernel: 3) }`, "x: [N, 3, 7, 7]"),
  },
  { what: "while the size is named", text: model(`x -> max_pool(2)`, "x: [N, 4, H, W]") },
]);

quiet("CNN4004", [
  {
    what: "for a shortcut whose other branch reads everything (ResNet)",
    text: model(
      `let body = x -> conv(8, kernel: 3, stride: 2, padding: 1) -> relu
  body + (x -> conv(8, kernel: 1, stride: 2))`,
    ),
  },
  {
    what: "for patches (ViT, ConvNeXt)",
    text: model(`x -> conv(96, kernel: 4, stride: 4) -> relu`),
  },
  {
    what: "for a dilated kernel whose taps fall on all rows in turn",
    text: model(
      `x -> conv(8, kernel: 3, stride: 3, dilation: 2, padding: 2) -> relu`,
      "x: [N, 4, 31, 31]",
    ),
  },
  {
    what: "for a map that is a result as well (FPN's last level)",
    text: model(`{ p5 = x, p6 = x -> max_pool(1, stride: 2) }`),
  },
]);

quiet("CNN4005", [
  {
    what: "where the loss is small",
    text: model(`x -> max_pool(2) -> max_pool(2)`, "x: [N, 3, 101, 101]"),
  },
  {
    what: "where the program crops",
    text: model(`x -> slice(axis: height, start: 0, end: 16) -> relu`),
  },
  {
    what: "where one of two results sees all",
    text: model(`{ whole = x -> relu, part = x -> conv(2, kernel: 1, stride: 1) }`),
  },
]);

quiet("CNN4006", [
  {
    what: "where each place has seen most of the image",
    text: model(
      `x -> conv(8, kernel: 7, stride: 4, padding: 3) -> relu -> conv(8, kernel: 5) -> relu
    -> global_avg_pool`,
    ),
  },
  {
    what: "for gates, which pool early (squeeze and excitation)",
    text: model(
      `let gate = x -> global_avg_pool -> conv(1, kernel: 1) -> relu -> conv(4, kernel: 1) -> sigmoid
  x * gate -> flatten -> linear(10)`,
    ),
  },
  { what: "while the size is named", text: model(`x -> global_avg_pool`, "x: [N, 4, H, W]") },
]);

const encoderDecoder = (down: string, up: string): string =>
  model(
    `let a = x -> ${down} -> relu
  let b = a -> ${down} -> relu
  let c = b -> ${down} -> relu
  let d = concat(c -> ${up}, b) -> relu
  let e = concat(d -> ${up}, a) -> relu
  concat(e -> ${up}, x)`,
    "x: [N, 4, 64, 64]",
  );

quiet("CNN4007", [
  ...[
    ["max_pool(2)", "upsample(2)"],
    ["max_pool(2)", "upsample(2, mode: bilinear)"],
    ["max_pool(2)", "conv_transpose(4, kernel: 2, stride: 2)"],
    [
      "conv(4, kernel: 4, stride: 2, padding: 1)",
      "conv_transpose(4, kernel: 4, stride: 2, padding: 1)",
    ],
    [
      "conv(4, kernel: 3, stride: 2, padding: 1)",
      "conv_transpose(4, kernel: 3, stride: 2, padding: 1, output_padding: 1)",
    ],
    ["max_pool(3, stride: 2, padding: 1)", "upsample(2)"],
  ].map(([down, up]) => ({
    what: `in an encoder and decoder of ${down} and ${up}`,
    text: encoderDecoder(down, up),
  })),
  {
    what: "between a convolution and a pool of even size",
    text: model(`concat(x -> conv(4, kernel: 3, stride: 2, padding: 1), x -> max_pool(2))`),
  },
  {
    what: "between inputs of their own",
    text: model(
      `(left -> conv(4, kernel: 5, padding: (0, 0, 4, 4))) + right`,
      "left: [N, 4, 8, 8], right: [N, 4, 8, 8]",
    ),
  },
  {
    what: "between a map and a gate",
    text: model(
      `let gate = x -> conv(4, kernel: 5, padding: (0, 0, 4, 4)) -> global_avg_pool -> sigmoid
  x * gate -> flatten -> linear(9)`,
    ).replace("global_avg_pool", "adaptive_max_pool((1, 1))"),
  },
]);

quiet("CNN4008", [
  {
    what: "for scores and cross_entropy",
    text: model(`x -> flatten -> linear(10)`) + train(`loss: cross_entropy`),
  },
  {
    what: "for log_softmax and nll",
    text: model(`x -> flatten -> linear(10) -> log_softmax`) + train(`loss: nll`),
  },
  {
    what: "for softmax inside the model",
    text:
      model(`let weights = x -> softmax\n  x * weights -> flatten -> linear(10)`) +
      train(`loss: cross_entropy`),
  },
  { what: "for softmax without a loss", text: model(`x -> flatten -> linear(10) -> softmax`) },
  {
    what: "for another model of the file",
    text:
      model(`x -> flatten -> linear(10)`) +
      train(`loss: cross_entropy`) +
      model(`x -> flatten -> linear(10) -> softmax`).replace("Net", "Shown"),
  },
]);

quiet("CNN4009", [
  {
    what: "where a pool stands between (SqueezeNet)",
    text:
      model(`x -> conv(10, kernel: 32) -> relu -> avg_pool(1) -> flatten`) +
      train(`loss: cross_entropy`),
  },
  { what: "for softmax inside the model", text: model(`(x -> relu -> softmax) * x`) },
  {
    what: "for a model that is trained to positive numbers",
    text: model(`x -> flatten -> linear(1) -> relu`) + train(`loss: mse`),
  },
]);

quiet("CNN4010", [
  {
    what: "for dropout behind the last norm",
    text: model(`x -> batch_norm -> relu -> dropout -> flatten -> linear(10)`),
  },
  {
    what: "where a layer with weights stands between",
    text: model(`x -> dropout -> conv(8, kernel: 3, bias: false) -> batch_norm -> relu`),
  },
]);

quiet("CNN4011", [
  {
    what: "for larger batches",
    text:
      model(`x -> batch_norm -> flatten -> linear(10)`) + train(`loss: cross_entropy\n  batch: 2`),
  },
  {
    what: "for other norms",
    text:
      model(`x -> group_norm(2) -> flatten -> linear(10)`) +
      train(`loss: cross_entropy\n  batch: 1`),
  },
]);

quiet("CNN4012", [
  { what: "for names with an underscore", text: model(`let _spare = x -> relu\n  x`) },
  {
    what: "for blocks and constants of a file without a model",
    text: `const WIDTH = 8\n\nblock Stem(x) { x -> conv(8, kernel: 3) }\n`,
  },
  {
    what: "for names used in shapes, defaults, promises and other blocks",
    text:
      `const C0 = 4\nconst OUT = 8\nconst LEAST = 8\nconst ROUNDS = 2\n` +
      `block Stem(x, out: int = OUT) { x -> conv(out, kernel: 3) -> relu }\n` +
      `block Twice(x) { x -> repeat ROUNDS { Stem } }\n` +
      `model Net(x: [N, C0, H, W]) where H >= LEAST { x -> Twice }`,
  },
  {
    what: "for parts of a tuple of which one is used",
    text: model(`let (a, _b) = x -> split(2)\n  a -> relu`),
  },
]);

quiet("CNN4013", [
  {
    what: "for one name in two bodies beside each other",
    text: model(
      `let left = { let y = x -> relu\n y }\n  let right = { let y = x -> tanh\n y }\n  left + right`,
    ),
  },
  {
    what: "for numbers called as layers",
    text:
      `block Conv(x, pad: int = 1) { x -> conv(4, kernel: 3, padding: pad) }\n` +
      model(`x -> Conv`),
  },
  {
    what: "for names of sizes",
    text:
      `block A(x: [N, C, H, W]) { x -> conv(C, kernel: 1) }\n` + model(`x -> A`, "x: [N, 4, H, W]"),
  },
]);

quiet("CNN4014", [
  {
    what: "for labels of their own kind",
    text: model(`x -> relu1: relu -> conv_a: conv(4, kernel: 1)`),
  },
  { what: "for a part of the layer's own name", text: model(`x -> norm1: batch_norm`) },
  { what: "for what a layer does", text: model(`x -> squeeze: conv(4, kernel: 1)`) },
  { what: "for a convolution called linear", text: model(`x -> linear: conv(4, kernel: 1)`) },
  { what: "for labels of blocks", text: `block B(x) { x -> relu }\n` + model(`x -> pad: B`) },
]);

quiet("CNN4015", [
  { what: "for groups between", text: model(`x -> group_norm(2) -> relu`) },
  {
    what: "for a single channel, which has no other number",
    text: model(`x -> group_norm(1) -> relu`, "x: [N, 1, 8, 8]"),
  },
]);

quiet("CNN4016", [
  { what: "for odd kernels", text: model(`x -> conv(4, kernel: 5, padding: same) -> relu`) },
  {
    what: "for even kernels with a dilation that makes them odd",
    text: model(`x -> conv(4, kernel: 2, dilation: 2, padding: same) -> relu`),
  },
  {
    what: "for even kernels padded by hand",
    text: model(`x -> conv(4, kernel: 4, padding: (1, 1, 2, 2)) -> relu`),
  },
]);

quiet("CNN4017", [
  { what: "for maps of channels first", text: model(`x -> relu`, "x: [N, 3, 224, 224]") },
  { what: "for small square maps", text: model(`x -> relu`, "x: [N, 512, 1, 1]") },
  {
    what: "where the program changes the order",
    text: model(`x -> permute(order: (0, 3, 1, 2)) -> conv(8, kernel: 3)`, "x: [N, 224, 224, 3]"),
  },
]);

describe("the examples at the sizes that they were made for", () => {
  /** The size at which each network was published; torchvision's are 224. */
  const sizes: Readonly<Record<string, number>> = { unet: 512 };

  test.each(exampleNames)("%s has no warnings", (name) => {
    const source = example(name);
    const size = String(sizes[name] ?? 224);
    const text = source.text.replace(/^model [^{]*\{/gm, (head) =>
      head.replaceAll(/\bH, W\]/g, `${size}, ${size}]`).replace(/ where [^{]*/, " "),
    );
    expect(text.includes("[N, 3, H, W]) -> [N, 1000]")).toBe(false);
    const { diagnostics } = check(
      { name: source.name, text },
      { resolve: resolveExample, remedies: false },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual([]);
  });
});

describe("allowing a lint", () => {
  const body = `x -> conv(8, kernel: 3) -> batch_norm -> relu`;

  test("in a model", () => {
    expect(warnings(model(body))).toEqual(["CNN4001"]);
    expect(warnings(`@allow(CNN4001)\n${model(body)}`)).toEqual([]);
    expect(warnings(`@allow(CNN4002)\n${model(body)}`)).toEqual(["CNN4001"]);
  });

  test("in a block, for all its uses", () => {
    const block = `block B(x) { ${body} }\n`;
    const net = model(`x -> B -> B`);
    expect(findings(block + net)).toEqual(["CNN4001 at 1"]);
    expect(findings(`@allow(CNN4001)\n${block}${net}`)).toEqual([]);
    expect(findings(`${block}@allow(CNN4001)\n${net}`)).toEqual(["CNN4001 at 1"]);
  });

  test("for a whole check", () => {
    expect(findings(model(body), { allow: ["CNN4001"] })).toEqual([]);
  });

  test("several at once", () => {
    const text = model(`let y = x -> relu\n  ${body}`);
    expect(findings(text)).toEqual(["CNN4012 at 2", "CNN4001 at 3"]);
    expect(findings(`@allow(CNN4001, CNN4012)\n${text}`)).toEqual([]);
  });

  test("but no error", () => {
    const text = model(`x -> conv(8, kernel: 40)`);
    expect(findings(`@allow(CNN2003)\n${text}`)).toEqual(["CNN3021 at 1", "CNN2003 at 3"]);
    expect(findings(text, { allow: ["CNN2003"], remedies: false })).toEqual(["CNN2003 at 2"]);
  });

  test("under a wrong name is a mistake", () => {
    expect(findings(`@allow(CNN9999)\n${model(`x -> relu`)}`)).toEqual(["CNN3021 at 1"]);
  });
});

describe("a model of many layers", () => {
  test("is looked at once a layer and not once a pair", () => {
    // Quadratic work would take minutes here.
    const text = `block B(x: [N, C, H, W]) {
  let y = x -> conv(C, kernel: 3, padding: 1, bias: false) -> batch_norm -> relu
  x + y
}
model Net(x: [N, 8, 32, 32]) { x -> repeat 5000 { B } }`;
    const { models, diagnostics } = checked(text);
    expect(diagnostics).toEqual([]);
    expect(models[0].graph.nodes).toHaveLength(20_000);
  });
});
