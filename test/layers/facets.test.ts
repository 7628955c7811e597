/** Symbolic shapes, weights, costs and receptive fields, each worked out by hand. */
import { describe, expect, test } from "vitest";
import { type Dim, formatDim, formatShape, mul, named } from "../../src/graph/dim.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { type PlainArguments, attributesOf, layerOf } from "./arguments.ts";

const N = named("N");
const C = named("C");
const H = named("H");
const W = named("W");

function facets(kind: string, given: PlainArguments, ...shapes: readonly (readonly Dim[])[]) {
  const layer = layerOf(kind);
  const attributes = attributesOf(kind, given);
  const inputs = shapes.map(tensorType);
  const result = layer.shape(attributes, inputs);
  if ("code" in result) throw new Error(result.code);
  const weights = Object.entries(layer.weights(attributes, inputs));
  return {
    shape: formatShape(result.outputs[0].shape),
    weights: Object.fromEntries(weights.map(([role, w]) => [role, formatShape(w.shape)])),
    macs: formatDim(layer.cost(attributes, inputs, result.outputs).macs),
    field: layer.receptiveField(attributes, inputs),
    requires: result.requires,
  };
}

describe("symbolic shapes", () => {
  test.each<[string, PlainArguments, string]>([
    ["conv", { out: 8, kernel: 3, padding: 1 }, "[N, 8, H, W]"],
    ["conv", { out: 8, kernel: 3, padding: "same" }, "[N, 8, H, W]"],
    ["conv", { out: 8, kernel: 5 }, "[N, 8, H - 4, W - 4]"],
    [
      "conv",
      { out: 8, kernel: 3, stride: 2, padding: 1 },
      "[N, 8, floor((H + 1) / 2), floor((W + 1) / 2)]",
    ],
    ["conv_transpose", { out: 8, kernel: 2, stride: 2 }, "[N, 8, 2·H, 2·W]"],
    ["max_pool", { kernel: 2 }, "[N, C, floor(H / 2), floor(W / 2)]"],
    ["avg_pool", { kernel: 2, ceil_mode: true }, "[N, C, floor((H + 1) / 2), floor((W + 1) / 2)]"],
    ["adaptive_avg_pool", { output_size: [7, 5] }, "[N, C, 7, 5]"],
    ["global_max_pool", {}, "[N, C, 1, 1]"],
    ["depthwise", { kernel: 3, padding: 1, multiplier: 2 }, "[N, 2·C, H, W]"],
    ["batch_norm", {}, "[N, C, H, W]"],
  ])("%s %j", (kind, given, expected) => {
    expect(facets(kind, given, [N, C, H, W]).shape).toBe(expected);
  });
});

test("named groups must divide the channels for every value of the name", () => {
  const { shape, weights, requires } = facets(
    "conv",
    { out: mul(2, C), kernel: 3, groups: C, bias: false },
    [N, mul(3, C), H, W],
  );
  expect(shape).toBe("[N, 2·C, H - 2, W - 2]");
  expect(weights).toEqual({ weight: "[2·C, 3, 3, 3]" });
  expect(requires.map(({ problem }) => problem.code)).toEqual(["CNN2003", "CNN2003"]);
  expect(() => facets("conv", { out: 8, kernel: 3, groups: C }, [N, C, H, W])).toThrow("CNN2004");
});

describe("weights have PyTorch's shapes", () => {
  test.each<[string, PlainArguments, readonly Dim[], Record<string, string>]>([
    [
      "conv",
      { out: 8, kernel: [3, 5], groups: 2 },
      [N, 6, 9, 9],
      { weight: "[8, 3, 3, 5]", bias: "[8]" },
    ],
    ["conv", { out: 8, kernel: 1, bias: false }, [N, C, H, W], { weight: "[8, C, 1, 1]" }],
    [
      "conv_transpose",
      { out: 8, kernel: 2, groups: 2 },
      [N, 6, 9, 9],
      { weight: "[6, 4, 2, 2]", bias: "[8]" },
    ],
    [
      "depthwise",
      { kernel: 3, multiplier: 2 },
      [N, C, 9, 9],
      { weight: "[2·C, 1, 3, 3]", bias: "[2·C]" },
    ],
    ["linear", { out: 10 }, [N, 84], { weight: "[10, 84]", bias: "[10]" }],
    ["layer_norm", {}, [N, 8, 4, 5], { weight: "[8, 4, 5]", bias: "[8, 4, 5]" }],
    ["layer_norm", { axes: "channel" }, [N, 8, H, W], { weight: "[8]", bias: "[8]" }],
    ["instance_norm", {}, [N, 8, 4, 5], {}],
    ["adain", {}, [N, 8, 4, 5], {}],
  ])("%s %j", (kind, given, input, expected) => {
    expect(facets(kind, given, input, [N, 16]).weights).toEqual(expected);
  });

  test("batch_norm's running statistics are buffers, the rest is trained", () => {
    const weights = layerOf("batch_norm").weights(attributesOf("batch_norm", {}), [
      tensorType([N, 8, H, W]),
    ]);
    expect(weights).toEqual({
      weight: { shape: [8], role: "parameter", init: "ones" },
      bias: { shape: [8], role: "parameter", init: "zeros" },
      running_mean: { shape: [8], role: "buffer", init: "zeros" },
      running_var: { shape: [8], role: "buffer", init: "ones" },
    });
  });

  test("convolutions start uniformly within 1/√fan-in, bias included", () => {
    const { weight, bias } = layerOf("conv").weights(
      attributesOf("conv", { out: 8, kernel: [3, 5], groups: 2 }),
      [tensorType([N, 6, 9, 9])],
    );
    expect([weight.init, bias.init]).toEqual([{ uniformFanIn: 45 }, { uniformFanIn: 45 }]);
  });
});

describe("multiply-adds", () => {
  test.each<[string, PlainArguments, readonly Dim[], string]>([
    // LeNet-5's layers: 6·28·28·25, 16·10·10·6·25, 400·120.
    ["conv", { out: 6, kernel: 5, padding: 2 }, [1, 1, 28, 28], "117600"],
    ["conv", { out: 16, kernel: 5 }, [1, 6, 14, 14], "240000"],
    ["linear", { out: 120 }, [1, 400], "48000"],
    ["conv", { out: 8, kernel: 3, groups: 4, padding: 1 }, [N, 8, 10, 10], "14400·N"],
    ["depthwise", { kernel: 3, padding: 1 }, [1, 32, 112, 112], "3612672"],
    ["conv_transpose", { out: 4, kernel: 3, stride: 2 }, [1, 2, 5, 5], "1800"],
    ["max_pool", { kernel: 2 }, [1, 6, 28, 28], "0"],
    ["batch_norm", {}, [1, 6, 28, 28], "4704"],
  ])("%s %j", (kind, given, input, expected) => {
    expect(facets(kind, given, input).macs).toBe(expected);
  });
});

function field(kind: string, given: PlainArguments, shape: readonly Dim[] = [N, 4, 12, 10]) {
  return facets(kind, given, shape).field;
}

describe("receptive fields", () => {
  test("of windows begin in the padding", () => {
    expect(
      field("conv", { out: 1, kernel: [3, 5], stride: [1, 2], padding: [1, 2, 0, 0], dilation: 2 }),
    ).toEqual({ size: [5, 9], stride: [1, 2], start: [-1, -2] });
    expect(field("max_pool", { kernel: 3, stride: 2 })).toEqual({
      size: [3, 3],
      stride: [2, 2],
      start: [0, 0],
    });
    // Total 3 and 1, the smaller half before: 1 and 0.
    expect(field("conv", { out: 1, kernel: [4, 2], padding: "same" })).toEqual({
      size: [4, 2],
      stride: [1, 1],
      start: [-1, 0],
    });
  });

  test("of a transposed convolution are its inverse", () => {
    // Kernel 4, stride 2, padding 1: output 0 reads input 0, outputs 1 and 2 read 0 and 1.
    const step = field("conv_transpose", { out: 1, kernel: 4, stride: 2, padding: 1 });
    expect(step).toEqual({ size: [2, 2], stride: [0.5, 0.5], start: [-0.5, -0.5] });
  });

  test("of adaptive pools are their parts", () => {
    expect(field("adaptive_avg_pool", { output_size: [4, 5] })).toEqual({
      size: [3, 2],
      stride: [3, 2],
      start: [0, 0],
    });
    // 12 rows in 5 parts of 2.4: the second is floor(2.4) … ceil(4.8), three rows.
    expect(field("adaptive_max_pool", { output_size: 5 })).toMatchObject({
      size: [4, 2],
      stride: [2.4, 2],
    });
    expect(field("adaptive_avg_pool", { output_size: 1 })).toBe("global");
    expect(field("adaptive_avg_pool", { output_size: 2 }, [N, C, H, W])).toBe("global");
  });

  test("of normalisations reach as far as their statistics", () => {
    expect(field("batch_norm", {})).toBe("point");
    expect(field("lrn", { size: 5 })).toBe("point");
    expect(field("layer_norm", { axes: "channel" })).toBe("point");
    expect(field("layer_norm", {})).toBe("global");
    expect(field("instance_norm", {})).toBe("global");
    expect(field("group_norm", { num_groups: 2 })).toBe("global");
  });
});
