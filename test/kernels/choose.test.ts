/** Whether convolutions are computed by Winograd, where measurements say so. */
import { expect, test } from "vitest";
import { chooseConvolution } from "../../src/kernels/convolution/choose.ts";
import { winogradTile } from "../../src/kernels/convolution/winograd/tile.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type Case, problemOf } from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

test.each<[string, string, Case]>([
  ["images by 3×3 with stride 2", "direct", image(64, 56, [3, 3], [2, 2])],
  ["images by 7×7 with stride 2", "winograd", image(64, 112, [7, 7], [2, 2])],
  ["images by 3×3", "winograd", image(64, 32, [3, 3], [1, 1])],
  ["many channels by 1×1", "direct", { ...image(64, 56, [1, 1], [1, 1]), inChannels: 64 }],
])("%s: %s", (_, algorithm, given) => {
  const choice = chooseConvolution(problemOf(given), { machine });
  expect(choice.algorithm.replace(/\d$/, "")).toBe(algorithm);
});

test.each<[string, boolean, number, number]>([
  ["as many tiles use them", true, 128, 14],
  ["few tiles use them, but no cache of a core holds them", true, 512, 7],
  ["few tiles use them", false, 128, 7],
  ["they stay in the first cache", false, 8, 14],
])("weights of a Winograd convolution fetched ahead: %s", (_, ahead, inChannels, size) => {
  const outChannels = inChannels === 512 ? 512 : 32;
  const problem = problemOf({ inChannels, outChannels, kernel: [3, 3], outputSize: [size, size] });
  const { prefetch } = winogradTile(problem, 3, machine);
  expect(prefetch).toBe(ahead);
});

test.each([
  [56, "winograd6"],
  [7, "winograd2"],
] as const)(
  "weights from outer caches: 128 to 32 channels on maps of %d pixels a side by %s",
  (size, algorithm) => {
    const given: Case = {
      inChannels: 128,
      outChannels: 32,
      kernel: [3, 3],
      outputSize: [size, size],
    };
    expect(chooseConvolution(problemOf(given), { machine }).algorithm).toBe(algorithm);
  },
);

/** Of three colours. */
function image(
  outChannels: number,
  size: number,
  kernel: readonly [number, number],
  stride: readonly [number, number],
): Case {
  return { inChannels: 3, outChannels, kernel, stride, outputSize: [size, size] };
}
