/** Which pads become the padding of what stands behind them, and which must stay: by their meaning. */
import { expect, test } from "vitest";
import type { Attributes } from "../../src/graph/attributes.ts";
import { mergePads } from "../../src/optimize/merge-pads.ts";
import { Build } from "../graph/build.ts";

type Layer = readonly [kind: string, attributes: Attributes];

/** The kinds and paddings that are left of `relu → pad → layer`. */
function merged(pad: Attributes, layer: Layer): readonly string[] {
  const build = new Build("Padded");
  const padding = { padding: [1, 1, 1, 1], channels: [0, 0], mode: "constant", value: [0], ...pad };
  const x = build.input("x", [1, 2, 9, 9]);
  const graph = build.graph(build.chain(x, ["relu"], ["pad", padding], layer));
  return mergePads
    .run(graph)
    .nodes.slice(1)
    .map(({ kind, attributes }) => `${kind} ${String(attributes.padding)}`);
}

const CONV: Layer = ["conv", { out: 3, kernel: [3, 3] }];
const MEAN: Layer = ["avg_pool", { kernel: [3, 3], stride: null }];
const MAXIMUM: Layer = ["max_pool", { kernel: [3, 3], stride: null }];
const WIDE = { padding: [2, 2, 2, 2] };

test.each([
  ["zeros before a convolution", {}, CONV, ["conv 1,1,1,1"]],
  ["more zeros than half its kernel", WIDE, CONV, ["conv 2,2,2,2"]],
  ["zeros before a mean that counts them", {}, MEAN, ["avg_pool 1,1,1,1"]],
  ["zeros before the maximum of what is not negative", {}, MAXIMUM, ["max_pool 1,1,1,1"]],
] as const)("%s are its padding", (_, pad, layer, left) => {
  expect(merged(pad, layer)).toEqual(left);
});

test.each([
  ["ones before a convolution", { value: [1] }, CONV],
  ["a mirrored border", { mode: "reflect" }, CONV],
  ["channels", { channels: [0, 1] }, CONV],
  ["cut pixels", { padding: [-1, 1, 1, 1] }, CONV],
  ["more zeros than half a mean's kernel", WIDE, MEAN],
  ["more zeros than half a maximum's kernel", WIDE, MAXIMUM],
  [
    "zeros before a mean that does not count them",
    {},
    ["avg_pool", { ...MEAN[1], count_include_pad: false }],
  ],
  ["zeros before a maximum that rounds up", {}, ["max_pool", { ...MAXIMUM[1], ceil_mode: true }]],
  ["zeros before a maximum with gaps", {}, ["max_pool", { ...MAXIMUM[1], dilation: [2, 2] }]],
  ["zeros before a mean that rounds up", {}, ["avg_pool", { ...MEAN[1], ceil_mode: true }]],
] as const)("%s stay", (_, pad, layer) => {
  expect(merged(pad, layer)[0]).toMatch(/^pad /);
});
