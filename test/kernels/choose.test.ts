/** Whether convolutions are computed by Winograd, where measurements say so. */
import { expect, test } from "vitest";
import { chooseConvolution } from "../../src/kernels/convolution/choose.ts";
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

/** Of three colours. */
function image(
  outChannels: number,
  size: number,
  kernel: readonly [number, number],
  stride: readonly [number, number],
): Case {
  return { inChannels: 3, outChannels, kernel, stride, outputSize: [size, size] };
}
