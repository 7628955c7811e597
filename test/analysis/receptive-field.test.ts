/**
 * VGG-16's fields are those of Araujo et al. 2019 (table of sizes, strides and paddings);
 * ResNet-18's were measured in PyTorch 1.13: the pixels with a gradient for one output.
 */
import { describe, expect, test } from "vitest";
import {
  type ReceptiveField,
  formatField,
  receptiveFields,
} from "../../src/analysis/receptive-field.ts";
import { type Dim, named } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { type TensorType, tensorType } from "../../src/graph/tensor-type.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, unet } from "../graph/models.ts";

function fieldOf(graph: Graph, name: string): ReceptiveField | null | undefined {
  const value = graph.values.find((candidate) => candidate.name === name);
  return value && receptiveFields(graph)[value.id];
}

const both = (size: number, jump: number, start: number, global = false): ReceptiveField => ({
  height: { size, jump, start },
  width: { size, jump, start },
  global,
});

function image(build: Build, height: Dim = named("H"), width: Dim = named("W")): number {
  return build.input("image", [named("N"), 4, height, width]);
}

const conv3 = { out: 4, kernel: [3, 3] } as const;
const same3 = { ...conv3, padding: "same" } as const;

describe("receptiveFields", () => {
  test("VGG-16 up to its last pool sees 212 pixels at a stride of 32 and a padding of 90", () => {
    const build = new Build("VGG16");
    let x = image(build);
    for (const convolutions of [2, 2, 3, 3, 3]) {
      for (let i = 0; i < convolutions; i++) {
        x = build.chain(x, ["conv", { ...conv3, padding: [1, 1, 1, 1] }], ["relu"]);
      }
      x = build.add("max_pool", x, { kernel: [2, 2] });
    }
    expect(fieldOf(build.graph(x), "max_pool5")).toEqual(both(212, 32, -90));
  });

  test.each([
    ["layer1.1.relu2", 43, 4, -21],
    ["layer2.1.relu2", 99, 8, -49],
    ["layer3.1.relu2", 211, 16, -105],
    ["layer4.1.relu2", 435, 32, -217],
  ])("ResNet-18's %s sees what PyTorch's gradients show", (name, size, jump, start) => {
    expect(fieldOf(resnet18(), name)).toEqual(both(size, jump, start));
  });

  test("a global pool sees the union of its map's windows", () => {
    // 7×7 windows of 435 pixels, 32 apart: 435 + 6·32.
    expect(fieldOf(resnet18(224, 224), "global_avg_pool1")).toEqual(both(627, 0, -217, true));
    expect(fieldOf(resnet18(), "fc")?.height.size).toBe(Infinity);
  });

  test("height and width differ where kernels and strides do", () => {
    const build = new Build("Wide");
    const x = build.chain(
      image(build),
      ["conv", { out: 4, kernel: [3, 5], stride: [1, 2], padding: [0, 1, 0, 3] }],
      ["conv", { out: 4, kernel: [1, 3], dilation: [1, 2] }],
    );
    expect(fieldOf(build.graph(x), "conv2")).toEqual({
      height: { size: 3, jump: 1, start: 0 },
      width: { size: 13, jump: 2, start: -1 },
      global: false,
    });
  });

  test("branches give the union of their windows", () => {
    const build = new Build("Branches");
    const x = image(build);
    const wide = build.add("conv", x, { out: 4, kernel: [5, 5], padding: "same" });
    const right = build.add("conv", x, { ...conv3, padding: [0, 0, 2, 2] });
    const both3 = build.add("add", [wide, right]);
    const dilated = build.add("conv", x, { ...conv3, padding: [0, 0, 8, 8], dilation: [4, 4] });
    const graph = build.graph(build.add("add", [both3, dilated]));
    // 5 pixels from -2 hold 3 from 0; together with 9 from 0 they reach from -2 to 8.
    expect(fieldOf(graph, "add1")).toEqual(both(5, 1, -2));
    expect(fieldOf(graph, "add2")).toEqual(both(11, 1, -2));
  });

  test("U-Net's skip is narrower than the way through the bottom", () => {
    // Bottom: pool sees 4 pixels from -1 at a jump of 2, conv 3 makes 8 from -3, upsampling
    // halves the jump; the skip sees 3 from -1. They move at the same jump of 1.
    expect(fieldOf(unet(), "upsample1")).toEqual(both(8, 1, -3));
    expect(fieldOf(unet(), "concat1")).toEqual(both(8, 1, -3));
    expect(fieldOf(unet(), "up")).toEqual(both(10, 1, -4));
  });

  test("a gate computed from the whole map makes everything see the whole map", () => {
    const build = new Build("Gate");
    const map = build.add("conv", image(build, 8, 8), same3);
    const gate = build.chain(map, ["global_avg_pool"], ["sigmoid"]);
    // 8 windows of 3 pixels from -1: from -1 to 8.
    expect(fieldOf(build.graph(build.add("mul", [map, gate])), "mul1")).toEqual(
      both(10, 0, -1, true),
    );
  });

  test("a map of one pixel is broadcast: all outputs see its window", () => {
    const build = new Build("Broadcast");
    const x = image(build, 4, 4);
    const one = build.add("conv", x, { out: 4, kernel: [4, 4] });
    expect(fieldOf(build.graph(build.add("add", [x, one])), "add1")).toEqual(both(4, 0, 0));
  });

  test("values that depend on vectors alone have no field", () => {
    const build = new Build("Style");
    const map = build.add("conv", image(build, 8, 8), same3);
    const style = build.add("linear", build.input("style", [named("N"), 16]), { out: 8 });
    const graph = build.graph(build.add("adain", [map, style]));
    expect(fieldOf(graph, "linear1")).toBeNull();
    expect(fieldOf(graph, "adain1")).toEqual(both(10, 0, -1, true));
  });
});

/** `[N, 1, height, width]`. */
function input(height: Dim, width: Dim): TensorType {
  return tensorType([named("N"), 1, height, width]);
}

describe("formatField", () => {
  test("cuts to the input and says when all of it is seen", () => {
    const graph = lenet5();
    const text = (name: string): string => {
      const field = fieldOf(graph, name);
      return field ? formatField(field, input(28, 28)) : "none";
    };
    expect(["conv1", "avg_pool1", "conv2", "avg_pool2", "fc1"].map(text)).toEqual([
      "5×5",
      "6×6",
      "14×14",
      "16×16",
      "28×28 (all)",
    ]);
  });

  test("names the size of an axis that is seen as a whole", () => {
    const [field] = receptiveFields(resnet18()).slice(-1);
    expect(field && formatField(field, input(named("H"), named("W")))).toBe("H×W (all)");
  });
});
