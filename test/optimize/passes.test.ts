/** A pass must keep what a graph computes: compared with the reference after each pass. */
import { describe, expect, it } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { verify } from "../../src/analysis/verify.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { widened } from "../../src/graph/tensor.ts";
import { deriveWeights } from "../../src/optimize/derive-weights.ts";
import { optimize, passes } from "../../src/optimize/optimize.ts";
import { run } from "../../src/runtime/reference.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, twins, unet } from "../graph/models.ts";
import { type Solved, solved } from "../plan/compare.ts";

function withSizes(graph: Graph, sizes: Record<string, number>): Graph {
  const result = instantiate(graph, sizes);
  if (!("graph" in result)) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}

function square(size: number): readonly [number, number] {
  return [size, size];
}

/** conv → bn → relu → conv with groups and stride → bn, behind an unpadded normalize. */
function foldable(): Graph {
  const build = new Build("Foldable");
  const image = build.input("image", [2, 4, 9, 8]);
  const first = build.chain(
    image,
    ["normalize", { mean: [0.1, 0.2, 0.3, 0.4], std: [0.5, 0.6, 0.7, 0.8] }],
    ["conv", { out: 6, kernel: square(3), groups: 2 }],
    ["batch_norm", { eps: 1e-3 }],
    ["relu"],
    ["dropout", {}],
    ["conv_transpose", { out: 4, kernel: square(3), stride: square(2), groups: 2, bias: false }],
    ["batch_norm"],
    ["depthwise", { kernel: square(3), padding: [1, 1, 1, 1], multiplier: 2 }],
    ["batch_norm", { affine: false }],
  );
  const dead = build.add("relu", first);
  build.add("global_avg_pool", dead);
  const flat = build.chain(first, ["global_avg_pool"], ["flatten"]);
  const features = build.chain(flat, ["linear", { out: 5 }], ["batch_norm"], ["sigmoid"]);
  return build.graph({ features, maps: first });
}

const NO_PAD = [0, 0, 0, 0];

/** A learned tensor. */
function learned(build: Build, shape: readonly number[]): number {
  return build.add("parameter", [], { shape, init: 0, requires_grad: true });
}

/** Arithmetic with numbers and learned tensors, on both sides of convolutions and matrices. */
function affine(): Graph {
  const build = new Build("Affine");
  const image = build.input("image", [2, 3, 6, 5]);
  const conv = build.chain(image, ["mul_scalar", { scalar: 2 }], ["conv", SAME_OUT_4]);
  const scaled = build.add("mul", [conv, learned(build, [4, 1, 1])]);
  const shifted = build.add("sub", [learned(build, [1, 4, 1, 1]), scaled]);
  const divided = build.add("div", [shifted, learned(build, [1])]);
  const first = build.chain(divided, ["rsub_scalar", { scalar: 1 }], ["relu"]);
  const second = build.chain(
    first,
    ["sub_scalar", { scalar: 0.5 }],
    ["depthwise", { kernel: square(2), multiplier: 3, padding: NO_PAD }],
    ["relu"],
    ["div_scalar", { scalar: 3 }],
    ["conv_transpose", { out: 3, kernel: square(2), stride: square(2), groups: 3 }],
    ["relu"],
    ["normalize", { mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] }],
    ["flatten"],
    ["linear", { out: 5 }],
    ["relu"],
    ["add_scalar", { scalar: -1 }],
    ["linear", { out: 4, bias: false }],
  );
  return build.graph({ first, second });
}

const SAME_OUT_4 = { out: 4, kernel: square(3), padding: [1, 1, 1, 1] };

/** What cannot fold: a scale along the width, a norm of a matrix's rows, what others read too. */
function apart(): Graph {
  const build = new Build("Apart");
  const image = build.input("image", [2, 3, 4, 5]);
  const conv = build.add("conv", image, SAME_OUT_4);
  const wide = build.add("mul", [conv, learned(build, [5])]);
  const both = build.add("mul_scalar", conv, { scalar: 2 });
  const rows = build.add("reshape", wide, { shape: [2, 4, 20] });
  const matrix = build.chain(rows, ["linear", { out: 4 }], ["batch_norm"], ["sigmoid"]);
  const padded = build.chain(both, ["add_scalar", { scalar: 1 }], ["conv", SAME_OUT_4]);
  const before = build.chain(rows, ["batch_norm"], ["linear", { out: 3 }]);
  const mean = ["normalize", { mean: [0.1, 0.2, 0.3], std: [0.5] }] as const;
  const pixels = build.chain(image, mean, ["flatten", { start_axis: 2 }], ["linear", { out: 3 }]);
  return build.graph({ matrix, padded, before, pixels });
}

/** Learned tensors that others are made of, and nodes that compute the same. */
function constants(): Graph {
  const build = new Build("Constants");
  const x = build.input("x", [2, 6, 4]);
  const embedding = build.chain(
    learned(build, [24]),
    ["reshape", { shape: [6, 4] }],
    ["mul_scalar", { scalar: 0.5 }],
    ["tanh"],
  );
  const [left, right] = build.addAll("split", learned(build, [2, 6, 4]), {
    axis: 2,
    sections: [2],
  });
  const halves = build.add("concat", [right, left], { axis: 2 });
  const norm = build.add("layer_norm", learned(build, [2, 6, 4]), { axes: [1, 2] });
  const first = build.add("add", [build.add("add", [x, halves]), embedding]);
  const sum = build.add("add", [first, norm]);
  const twice = [1, 2].map(() => build.chain(sum, ["tanh"], ["softmax", { axis: -1 }]));
  return build.graph({ y: build.add("mul", twice) });
}

/** Pads in front of all who may take them, and of some who may not. */
function pads(): Graph {
  const build = new Build("Pads");
  const image = build.input("image", [2, 3, 7, 8]);
  const zeros = (from: number, padding: readonly number[], value = 0): number =>
    build.add("pad", from, { padding, mode: "constant", value: [value] });
  const conv = build.add("conv", zeros(zeros(image, [1, 0, 2, 1]), [0, 1, 0, 0]), {
    out: 4,
    kernel: square(3),
    stride: square(2),
    padding: [1, 0, 0, 1],
  });
  const positive = build.chain(conv, ["relu"]);
  const most = build.add("max_pool", zeros(positive, [0, 1, 1, 0]), { kernel: square(3) });
  const mean = build.add("avg_pool", zeros(conv, [1, 0, 0, 1]), { kernel: square(2) });
  const kept = {
    reflected: build.chain(
      image,
      ["pad", { padding: [1, 1, 1, 1], mode: "reflect" }],
      ["conv", { out: 2, kernel: square(3) }],
    ),
    ones: build.add("conv", zeros(image, [1, 1, 1, 1], 1), { out: 2, kernel: square(3) }),
    negative: build.add("max_pool", zeros(conv, [1, 1, 1, 1]), { kernel: square(2) }),
    wide: build.add("max_pool", zeros(positive, [2, 2, 2, 2]), { kernel: square(3) }),
  };
  return build.graph({ most, mean, ...kept });
}

/** Images that are shifted in front of padded convolutions. */
function imagesShifted(): Graph {
  const build = new Build("Shifted");
  const padding = [2, 1, 0, 1];
  const [first, second, third] = ["a", "b", "c"].map((name) => build.input(name, [2, 3, 6, 7]));
  const conv = ["conv", { out: 4, kernel: square(3), padding }] as const;
  const std = [0.2, 0.3, 0.4];
  const equal = build.chain(first, ["normalize", { mean: [0.5, 0.5, 0.5], std }], conv);
  const reversed = build.chain(
    second,
    ["rsub_scalar", { scalar: 1 }],
    ["depthwise", { kernel: square(3), padding, multiplier: 2, bias: false }],
  );
  const unequal = build.chain(third, ["normalize", { mean: [0.1, 0.2, 0.3], std }], conv);
  const inside = build.chain(build.add("relu", first), ["add_scalar", { scalar: 1 }], conv);
  return build.graph({ equal, reversed, unequal, inside });
}

/** Convolutions that are added without an activation behind: only one of them can do the sum. */
function sums(): Graph {
  const build = new Build("Sums");
  const image = build.input("image", [2, 3, 6, 5]);
  const branches = [1, 2, 3].map(() => build.add("conv", image, SAME_OUT_4));
  const pair = build.add("add", branches.slice(0, 2));
  return build.graph({ pair, all: build.add("add", [pair, branches[2]]) });
}

/** Means behind 1×1 convolutions that may stand before these, and some that may not. */
function means(): Graph {
  const build = new Build("Means");
  const image = build.input("image", [2, 3, 7, 9]);
  const pointwise = (attributes = {}): number =>
    build.add("conv", image, { out: 4, kernel: square(1), ...attributes });
  const pool = (x: number, attributes = {}): number =>
    build.add("avg_pool", x, { kernel: square(2), ...attributes });
  const padding = [1, 1, 1, 1];
  const early = {
    halves: build.chain(pool(pointwise()), ["relu"]),
    inside: pool(pointwise({ padding: "same" }), { padding, count_include_pad: false }),
    zeros: pool(pointwise({ bias: false }), { padding, ceil_mode: true }),
    all: build.add(
      "global_avg_pool",
      build.add("conv", image, { out: 6, kernel: [1, 1], groups: 3 }),
    ),
  };
  const both = pointwise();
  const late = {
    biased: pool(pointwise(), { padding }),
    reaching: pool(pointwise(), { ceil_mode: true }),
    overlapping: pool(pointwise(), { stride: square(1) }),
    bent: pool(build.add("relu", pointwise())),
    wide: pool(build.add("conv", image, { out: 4, kernel: [1, 2] })),
    bordered: pool(pointwise({ padding })),
    most: build.add("max_pool", pointwise(), { kernel: square(2) }),
    both,
    mean: pool(both),
  };
  return build.graph({ ...early, ...late });
}

/** What kernels could finish with, if it were a little different. */
function nearlyFusable(): Graph {
  const build = new Build("Nearly");
  const image = build.input("image", [2, 3, 4, 4]);
  const conv = build.add("conv", image, SAME_OUT_4);
  const spread = build.add("global_avg_pool", conv);
  const gated = build.chain(build.add("add", [build.add("relu", conv), spread]), ["relu"]);
  const residual = build.add("conv", gated, SAME_OUT_4);
  const broadcast = build.chain(build.add("add", [residual, spread]), ["relu"]);
  const twice = build.add("conv", broadcast, SAME_OUT_4);
  const doubled = build.chain(build.add("add", [twice, twice]), ["relu"]);
  const fitting = build.add("conv", doubled, SAME_OUT_4);
  const joined = build.chain(build.add("add", [doubled, fitting]), ["relu"]);
  const second = build.add("add", [build.add("conv", joined, SAME_OUT_4), doubled]);
  return build.graph({ y: build.chain(build.add("add", [second, joined]), ["tanh"]) });
}

/** Scales and shifts around layers that end in something else, and which fold only without that. */
function finishedBetween(): Graph {
  const build = new Build("Between");
  const image = build.input("image", [2, 4, 4, 4]);
  const conv = build.chain(
    image,
    ["normalize", { mean: [0.5], std: [0.5] }],
    ["conv", { out: 4, kernel: square(1) }],
    ["relu"],
    ["batch_norm"],
    ["tanh"],
    ["add_scalar", { scalar: 1 }],
    ["conv_transpose", { out: 4, kernel: square(1) }],
  );
  const shifted = build.add("normalize", conv, { mean: [0.5], std: [2] });
  const beside = build.add("conv", image, { out: 4, kernel: square(1) });
  const residual = build.add("add", [beside, shifted]);
  const pixels = build.chain(residual, ["relu"], ["permute", { order: [0, 2, 3, 1] }]);
  const channels = { order: [0, 3, 1, 2] };
  const linear = ["linear", { out: 4, in_features: 4 }] as const;
  const alone = build.chain(pixels, linear, ["relu"], ["permute", channels], ["batch_norm"]);
  const matrix = build.chain(pixels, linear);
  const other = build.chain(matrix, ["tanh"], ["permute", channels]);
  const read = build.chain(matrix, ["permute", channels], ["batch_norm"]);
  const rows = build.chain(pixels, linear, ["permute", { order: [0, 1, 3, 2] }], ["batch_norm"]);
  const maps = [alone, other, read, rows].reduce((sum, map) => build.add("add", [sum, map]));
  const features = build.chain(maps, ["sigmoid"], ["batch_norm"], ["flatten"]);
  const wide = build.chain(image, ["flatten"], ["linear", { out: 64 }]);
  const sum = build.add("add", [wide, features]);
  const vector = build.chain(sum, ["linear", { out: 3 }], ["relu"], ["batch_norm"]);
  return build.graph({ vector });
}

/** Pads that are results and summands, splits that are alike, learned tensors that do not scale. */
function lasting(): Graph {
  const build = new Build("Lasting");
  const [image, large] = [4, 6].map((size) => build.input(`x${size}`, [2, 4, size, size]));
  const border = { padding: [1, 1, 1, 1] };
  const bordered = build.add("pad", image, border);
  const added = build.chain(image, ["relu"], ["pad", border]);
  const sum = build.add("add", [build.add("conv", large, SAME_OUT_4), added]);
  const [first] = build.addAll("split", large, { sections: [2] });
  const [, second] = build.addAll("split", large, { sections: [2] });
  const inverse = build.add("div", [
    learned(build, [4, 1, 1]),
    build.add("conv", large, SAME_OUT_4),
  ]);
  const single = build.add("conv", large, { out: 1, kernel: square(3) });
  const spread = build.add("mul", [single, learned(build, [4, 1, 1])]);
  const halves = build.add("concat", [second, first]);
  return build.graph({ bordered, sum, halves, inverse, spread });
}

/** Learned tensors that become larger: by a little, and by much. */
function grown(): Graph {
  const build = new Build("Grown");
  const x = build.input("x", [1, 2, 64, 64]);
  const little = build.add("expand", learned(build, [2, 1, 1]), { shape: [2, 32, 64] });
  const much = build.add("expand", learned(build, [2, 1, 1]), { shape: [2, 64, 64] });
  const large = build.add("tile", learned(build, [2, 32, 64]), { repeats: [1, 2, 1] });
  const low = build.chain(x, ["slice", { axis: 2, start: 0, end: 32 }]);
  const half = build.add("add", [low, little]);
  const whole = build.add("add", [build.add("add", [x, much]), large]);
  return build.graph({ half, whole });
}

/** Layers that change nothing, and their neighbours that do. */
function identities(): Graph {
  const build = new Build("Identities");
  const x = build.input("x", [2, 3, 3, 3]);
  const y = build.chain(
    x,
    ["permute", { order: [0, 1, 2, 3] }],
    ["permute", { order: [0, 1, 3, 2] }],
    ["reshape", { shape: [2, 3, 3, 3] }],
    ["pad", { padding: [0, 0, 0, 0] }],
    ["pad", { padding: [0, 0, 0, 0], channels: [0, 1] }],
    ["add_scalar", { scalar: 0 }],
    ["sub_scalar", { scalar: 0 }],
    ["mul_scalar", { scalar: 1 }],
    ["div_scalar", { scalar: 1 }],
    ["mul_scalar", { scalar: 2 }],
    ["flatten"],
    ["flatten"],
  );
  return build.graph(y);
}

const graphs: Readonly<Record<string, () => Graph>> = {
  "LeNet-5": () => withSizes(lenet5(), { N: 2 }),
  "LeNet-5 with batch_norm": () => withSizes(lenet5("batch_norm"), { N: 2 }),
  "ResNet-18 on 32×32": () => withSizes(resnet18(), { N: 1, H: 32, W: 32 }),
  "U-Net": () => withSizes(unet(), { N: 1, H: 8, W: 12 }),
  "a shared convolution": () => withSizes(twins(), { N: 1 }),
  "every fold": foldable,
  "arithmetic around convolutions": affine,
  "arithmetic that cannot fold": apart,
  "constants and equal nodes": constants,
  pads,
  sums,
  "shifts in front of padding": imagesShifted,
  "means behind convolutions": means,
  "nearly fusable": nearlyFusable,
  "what kernels finish with between folds": finishedBetween,
  "what stays beside what goes": lasting,
  "learned tensors that grow": grown,
  identities,
};

/** By the reference, on the same weights and inputs. */
function expectSame(optimized: Graph, { weights, inputs, expected }: Solved): void {
  const { outputs } = run(optimized, widened(deriveWeights(optimized, weights)), inputs);
  expect([...outputs.keys()]).toEqual([...expected.keys()]);
  for (const [name, { data }] of outputs) {
    const reference = expected.get(name)?.data ?? [];
    const largest = Math.max(...reference.map(Math.abs));
    data.forEach((value, i) => {
      expect(Math.abs(value - reference[i])).toBeLessThan(1e-12 * largest);
    });
  }
}

describe.each(Object.entries(graphs))("%s", (_, make) => {
  const expected = solved(make());

  it.each(passes.map((pass) => pass.name))("computes the same after %s", (stopAfter) => {
    expectSame(optimize(expected.graph, { stopAfter }), expected);
  });
});

/** Small ones, whose layers no pass must mistake for others after any other pass. */
const small = [foldable, affine, apart, constants, pads, sums, imagesShifted, means]
  .concat([nearlyFusable, finishedBetween, lasting])
  .map((make) => ({ ...solved(make()), seen: new Set<string>() }));

describe.each(passes)("after $name", (first) => {
  it.each(passes)("$name computes the same", (second) => {
    for (const expected of small) {
      const optimized = second.run(first.run(expected.graph));
      verify(optimized);
      const text = printGraph(optimized);
      if (!expected.seen.has(text)) expectSame(optimized, expected);
      expected.seen.add(text);
    }
  });
});

function kindsOf(graph: Graph): readonly string[] {
  return optimize(graph).nodes.map(({ kind, epilogue = [] }) =>
    [kind, ...epilogue.map((step) => step.kind)].join("+"),
  );
}

describe("what is left", () => {
  it("is one kernel for each convolution of LeNet-5 with its norm and activation", () => {
    expect(kindsOf(graphs["LeNet-5 with batch_norm"]())).toEqual([
      "conv+relu",
      "max_pool",
      "conv+relu",
      "max_pool",
      "flatten",
      "linear+relu",
      "linear+relu",
      "linear",
    ]);
  });

  it("adds ResNet's shortcuts inside the convolutions", () => {
    const kinds = kindsOf(graphs["ResNet-18 on 32×32"]());
    expect(kinds.filter((kind) => kind === "conv+add+relu")).toHaveLength(8);
    expect(kinds.filter((kind) => kind === "conv+relu")).toHaveLength(9);
    expect(kinds).not.toContain("add");
    expect(kinds).not.toContain("batch_norm");
  });

  it("has arithmetic by channel in the weights", () => {
    expect(kindsOf(affine())).toEqual([
      "conv+relu",
      "depthwise+relu",
      "conv_transpose+relu",
      "flatten",
      "linear+relu",
      "linear",
    ]);
  });

  it("adds maps of the same size inside convolutions, each once", () => {
    expect(kindsOf(nearlyFusable())).toEqual([
      "conv",
      "global_avg_pool",
      "relu",
      "add+relu",
      "conv",
      "add+relu",
      "conv",
      "add+relu",
      "conv+add+relu",
      "conv+add",
      "add+tanh",
    ]);
  });

  it("finishes reductions with functions, and keeps what repeats elements apart", () => {
    const build = new Build("Expanded");
    const x = build.input("x", [2, 3, 4, 4]);
    const sum = build.chain(x, ["sum", { axes: [2, 3], keepdim: true }], ["relu"]);
    const repeated = build.chain(sum, ["expand", { shape: [2, 3, 4, 4] }], ["tanh"]);
    expect(kindsOf(build.graph(repeated))).toEqual(["sum+relu", "expand+tanh"]);
  });

  it("makes learned tensors larger that are small or already large", () => {
    expect(kindsOf(grown()).toSorted()).toEqual(
      ["parameter", "parameter", "expand", "parameter", "slice", "add", "add", "add"].toSorted(),
    );
  });

  it("has no layer that changes nothing", () => {
    expect(kindsOf(identities())).toEqual(["permute", "pad", "mul_scalar", "flatten"]);
  });

  it("leaves what would mean something else", () => {
    expect(kindsOf(apart())).toEqual([
      "conv",
      "parameter",
      "mul",
      "reshape",
      "linear",
      "batch_norm+sigmoid",
      "mul_scalar+add_scalar",
      "conv",
      "batch_norm",
      "linear",
      "normalize",
      "flatten",
      "linear",
    ]);
  });

  it("computes once what is known or the same", () => {
    expect(kindsOf(constants())).toEqual([
      "parameter",
      "parameter",
      "split",
      "concat",
      "parameter",
      "add",
      "add",
      "add+tanh",
      "softmax",
      "mul",
    ]);
  });

  it("pads images by what becomes zero, one number or one by channel", () => {
    expect(kindsOf(imagesShifted())).toEqual([
      "pad",
      "conv",
      "pad",
      "depthwise",
      "pad",
      "conv",
      "relu+add_scalar",
      "conv",
    ]);
    const added = optimize(imagesShifted()).nodes.filter(({ kind }) => kind === "pad");
    expect(added.map(({ attributes }) => attributes.value)).toEqual([[0.5], [1], [0.1, 0.2, 0.3]]);
  });

  it("pads inside of convolutions and pools where that is the same", () => {
    const optimized = optimize(pads());
    expect(kindsOf(pads()).filter((kind) => kind === "pad")).toHaveLength(4);
    const [conv] = optimized.nodes.filter(({ kind }) => kind === "conv");
    expect(conv.attributes.padding).toEqual([2, 1, 2, 2]);
  });

  it("adds convolutions inside of the first of them", () => {
    expect(kindsOf(sums())).toEqual(["conv", "conv+add", "conv+add"]);
  });

  it("takes means before 1×1 convolutions where that is the same", () => {
    const early = "avg_pool, conv+relu, avg_pool, conv, avg_pool, conv, global_avg_pool, conv";
    const late = "conv, avg_pool, conv, avg_pool, conv, avg_pool, conv+relu, avg_pool";
    const others = "conv, avg_pool, conv, avg_pool, conv, max_pool, avg_pool";
    expect(kindsOf(means()).join(", ")).toBe([early, "conv", late, others].join(", "));
  });

  it("has no norm, dropout or dead node where all can go", () => {
    expect(kindsOf(foldable())).toEqual([
      "conv+relu",
      "conv_transpose",
      "depthwise",
      "global_avg_pool",
      "flatten",
      "linear+sigmoid",
    ]);
  });
});
