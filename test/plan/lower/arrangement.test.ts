/** What a plan need not do: copies of slices, splits, concats, permutations and changes of shape. */
import { describe, expect, test } from "vitest";
import type { ValueId } from "../../../src/graph/graph.ts";
import { optimize } from "../../../src/optimize/optimize.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { wasmMachine } from "../../../src/targets/wasm/machine.ts";
import { Build } from "../../graph/build.ts";
import { errorInWasm } from "../compare.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 1e-5;

const BESIDE = ["input", "output", "padding"];

const three = { kernel: [3, 3], padding: [1, 1, 1, 1] };

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly net: (build: Build, x: ValueId) => ValueId;
  /** What the plan does beside copying the user's input and output and setting margins to 0. */
  readonly steps: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "parts of a split are read, and parts of a concat written, in place",
    shape: [2, 8, 6, 5],
    net: (build, x) => {
      const [a, b] = build.addAll("split", build.add("relu", x), { sections: [4, 4] });
      const left = build.add("conv", a, { out: 8, ...three });
      const right = build.add("tanh", b);
      return build.add("concat", [left, right, x]);
    },
    steps: ["relu", "conv", "tanh", "concat"],
  },
  {
    name: "a value that stands twice in a concat",
    shape: [1, 3, 4, 4],
    net: (build, x) => {
      const y = build.add("relu", x);
      return build.add("concat", [y, y]);
    },
    steps: ["relu", "concat"],
  },
  {
    name: "rows of maps on top of each other",
    shape: [2, 4, 3, 4],
    net: (build, x) =>
      build.add("concat", [build.add("relu", x), build.add("tanh", x)], { axis: 2 }),
    steps: ["relu", "tanh"],
  },
  {
    name: "a dense block, whose layers read all that came before them",
    shape: [2, 4, 5, 6],
    net: (build, x) => {
      const maps = [build.add("conv", x, { out: 6, ...three })];
      for (const out of [3, 4, 5]) {
        const all = build.add("concat", [...maps]);
        maps.push(build.chain(all, ["batch_norm"], ["relu"], ["conv", { out, ...three }]));
      }
      const inner = build.add("conv", build.add("concat", maps.slice(1, 3)), { out: 2, ...three });
      return build.add("concat", [build.add("concat", maps), inner]);
    },
    steps: ["conv", ...[1, 2, 3].flatMap(() => ["batch_norm + relu", "conv"]), "conv"],
  },
  {
    name: "a map that is padded by itself, and with another one below it",
    shape: [1, 4, 3, 4],
    net: (build, x) => {
      const [above, below] = [build.add("relu", x), build.add("tanh", x)];
      const both = build.add("concat", [above, below], { axis: 2 });
      const whole = build.add("conv", both, { out: 4, ...three });
      const part = build.add("conv", above, { out: 4, ...three });
      return build.add("concat", [whole, part], { axis: 2 });
    },
    steps: ["relu", "tanh", "conv", "layout", "conv"],
  },
  {
    name: "ConvNeXt's block, whose norm and matrices have the channels as their last axis",
    shape: [1, 8, 5, 6],
    net: (build, x) => {
      const y = build.chain(
        x,
        ["depthwise", { kernel: [3, 3], padding: [1, 1, 1, 1] }],
        ["permute", { order: [0, 2, 3, 1] }],
        ["layer_norm", { axes: [3] }],
        ["linear", { out: 16, in_features: 8 }],
        ["gelu"],
        ["linear", { out: 8, in_features: 16 }],
        ["permute", { order: [0, 3, 1, 2] }],
      );
      const scale = build.add("parameter", [], { shape: [8, 1, 1], init: 0, requires_grad: true });
      return build.add("add", [build.add("mul", [y, scale]), x]);
    },
    steps: ["depthwise", "layer_norm", "linear + gelu", "linear", "add"],
  },
  {
    name: "convolutions of one axis, as maps of one row",
    shape: [2, 5, 9],
    net: (build, x) => {
      const row = { kernel: [1, 3], padding: [0, 1, 0, 1] };
      const first = build.chain(
        x,
        ["reshape", { shape: [2, 5, 1, 9] }],
        ["conv", { out: 8, ...row }],
      );
      return build.chain(
        first,
        ["reshape", { shape: [2, 8, 9] }],
        ["batch_norm"],
        ["softsign"],
        ["reshape", { shape: [2, 8, 1, 9] }],
        ["conv", { out: 4, ...row }],
        ["reshape", { shape: [2, 4, 9] }],
      );
    },
    steps: ["layout", "conv", "batch_norm + softsign", "layout", "conv"],
  },
  {
    name: "a map that a vector became, with the padding that its reader needs",
    shape: [2, 12],
    net: (build, x) =>
      build.chain(
        x,
        ["relu"],
        ["reshape", { shape: [2, 3, 2, 2] }],
        ["conv", { out: 2, ...three }],
      ),
    steps: ["relu", "layout", "conv"],
  },
];

const fiveAxes: Case = {
  name: "a matrix for the last axis of five, of which the others are not one in memory",
  shape: [2, 3, 4, 5, 6],
  net: (build, x) =>
    build.chain(x, ["relu"], ["permute", { order: [0, 2, 1, 3, 4] }], ["linear", { out: 7 }]),
  steps: ["relu", "layout", "linear"],
};

const turnedRound: Case = {
  name: "a map whose height and width change places, padded on two sides both times",
  shape: [2, 4, 6, 5],
  net: (build, x) => {
    const map = build.add("relu", x);
    const turned = build.add("permute", map, { order: [0, 1, 3, 2] });
    const wide = { out: 4, kernel: [1, 5], padding: [0, 2, 0, 2] };
    const [a, b] = [map, turned].map((id) => build.add("conv", id, wide));
    return build.add("concat", [a, build.add("permute", b, { order: [0, 1, 3, 2] })]);
  },
  steps: ["relu", "conv", "layout", "conv", "concat"],
};

/** With another convolution that has the whole map's zeros around it. */
const cutOut = [1, 4].flatMap((channels) =>
  [2, 3].map((axis): Case => ({
    name: `a part along axis ${axis} of a padded map of ${channels} channels, which is padded by itself`,
    shape: [2, channels, 6, 6],
    net: (build, x) => {
      const map = build.add("relu", x);
      const part = build.add("slice", map, { axis, start: 1, end: 5 });
      const both = [map, part].map((id) => build.add("conv", id, { out: 4, ...three }));
      return build.add("concat", both, { axis });
    },
    steps: ["relu", "conv", "layout", "conv"],
  })),
);

describe.each([...cases, fiveAxes, turnedRound, ...cutOut])("$name", ({ shape, net, steps }) => {
  const build = new Build("Arrangement");
  const graph = build.graph(net(build, build.input("x", shape)));

  test("is right", () => {
    expect(errorInWasm(graph)).toBeLessThanOrEqual(TOLERANCE);
  });

  test("takes no more steps than it must", () => {
    const made = makePlan(optimize(graph), { machine }).steps.map(({ operation }) => operation);
    expect(made.filter((step) => !BESIDE.includes(step))).toEqual(steps);
  });
});

describe("the user's image", () => {
  const padding = [1, 1, 1, 1];

  test.each([
    ["is copied by the pad that alone reads it", ["pad", "conv", "output"], false],
    ["is put in order first where others read it too", ["input", "pad", "conv", "output"], true],
  ])("%s", (_, steps, isReadTwice) => {
    const build = new Build("Image");
    const image = build.input("image", [2, 3, 6, 5]);
    const values = { padding, value: [0.1, 0.2, 0.3] };
    const y = build.chain(image, ["pad", values], ["conv", { out: 4, kernel: [3, 3] }]);
    const graph = build.graph(isReadTwice ? { y, z: build.add("relu", image) } : y);
    expect(errorInWasm(graph)).toBeLessThanOrEqual(TOLERANCE);
    const made = makePlan(optimize(graph), { machine }).steps.map(({ operation }) => operation);
    const beside = isReadTwice ? ["relu", "output"] : [];
    expect(made.toSorted()).toEqual([...steps, ...beside].toSorted());
  });
});
