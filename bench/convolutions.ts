/**
 * Measures single convolutions: every algorithm's speed and error, and how near grouped and
 * dilated ones come to the plain one of the same channels. Run with
 * `npx tsx bench/convolutions.ts`.
 */
import { applicable, chooseConvolution } from "../src/kernels/convolution/choose.ts";
import { multiplyAdds } from "../src/kernels/convolution/problem.ts";
import { wasmMachine } from "../src/targets/wasm/machine.ts";
import { type Case, errorOf, problemOf } from "../test/kernels/convolution-suite.ts";
import { prepareKernel, randomFloats } from "../test/kernels/harness.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

interface Row {
  readonly name: string;
  readonly given: Case;
}

function square(channels: number, size: number, more: Partial<Case> = {}): Case {
  return {
    inChannels: channels,
    outChannels: channels,
    kernel: [3, 3],
    outputSize: [size, size],
    bias: true,
    ...more,
  };
}

/** The first of each list is what the others are compared with. */
const families: readonly (readonly Row[])[] = [
  [
    { name: "128 channels on 28×28", given: square(128, 28) },
    { name: "in 2 groups of 64", given: square(128, 28, { groups: 2 }) },
    { name: "in 4 groups of 32", given: square(128, 28, { groups: 4 }) },
    { name: "dilation 2", given: square(128, 28, { dilation: [2, 2] }) },
  ],
  [
    { name: "256 channels on 14×14", given: square(256, 14) },
    { name: "in 8 groups of 32", given: square(256, 14, { groups: 8 }) },
    { name: "dilation 4", given: square(256, 14, { dilation: [4, 4] }) },
  ],
  [
    { name: "256 channels on 14×14, stride 2", given: square(256, 14, { stride: [2, 2] }) },
    { name: "in 8 groups of 32, stride 2", given: square(256, 14, { groups: 8, stride: [2, 2] }) },
  ],
  [
    { name: "1024 channels on 7×7", given: square(1024, 7) },
    { name: "in 32 groups of 32", given: square(1024, 7, { groups: 32 }) },
  ],
];

/** Small maps: the reference computes them in float64, one product after the other. */
const accuracy: readonly Row[] = [
  { name: "3×3, 16 channels", given: { ...square(16, 12), outChannels: 32 } },
  { name: "3×3, 64 channels", given: { ...square(64, 12), outChannels: 32 } },
  { name: "3×3, 512 channels", given: { ...square(512, 8), outChannels: 16 } },
  { name: "5×5, 16 channels", given: { ...square(16, 12), outChannels: 32, kernel: [5, 5] } },
  { name: "3×3, stride 2", given: { ...square(64, 12), outChannels: 32, stride: [2, 2] } },
  { name: "5×5, stride 2", given: { ...square(16, 12), kernel: [5, 5], stride: [2, 2] } },
  { name: "7×7, stride 2", given: { ...square(3, 12), kernel: [7, 7], stride: [2, 2] } },
];

function choices(given: Case) {
  const shape = problemOf(given);
  return applicable(shape).map((wanted) => {
    const choice = chooseConvolution(shape, { machine, wanted });
    return { ...choice, problem: problemOf(given, () => choice.inputSize) };
  });
}

type Choice = ReturnType<typeof choices>[number];

function gigaflops({ problem, ...choice }: Choice): number {
  const { batch, inChannels, outChannels, groups, kernel } = problem;
  const taps = kernel[0] * kernel[1] * (inChannels / groups);
  const weights = randomFloats(outChannels * taps, 2).map((value) => value / Math.sqrt(taps));
  const { run } = prepareKernel(choice.kernel(problem), [
    randomFloats(problem.input.n * batch, 3),
    choice.pack(problem, weights),
    randomFloats(outChannels + machine.vectorWidth, 4),
    problem.output.n * batch,
    ...choice.scratch(problem),
  ]);
  return (2 * multiplyAdds(problem)) / secondsOf(run) / 1e9;
}

/** Seconds of the fastest run. */
function secondsOf(run: () => void): number {
  let best = Infinity;
  const end = performance.now() + 300;
  for (let runs = 0; runs < 20 || performance.now() < end; runs++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

console.log("GFLOP/s of the definition, and the shares of the plain convolution's: by the fastest");
console.log("algorithm of each, and by `direct`");
for (const rows of families) {
  let plain = { fastest: 0, direct: 0 };
  for (const { name, given } of rows) {
    const measured = choices(given).map((choice) => ({
      algorithm: choice.algorithm,
      speed: gigaflops(choice),
    }));
    const fastest = measured.reduce((best, { speed }) => Math.max(best, speed), 0);
    const direct = measured[0].speed;
    if (plain.direct === 0) plain = { fastest, direct };
    const shares = [fastest / plain.fastest, direct / plain.direct].map((share) =>
      `${Math.round(100 * share)} %`.padStart(6),
    );
    const speeds = measured.map(({ algorithm, speed }) => `${algorithm} ${speed.toFixed(1)}`);
    console.log(name.padEnd(28), shares.join(" "), " ", speeds.join(", "));
  }
}

console.log("\nLargest error relative to the largest sum of absolute products");
for (const { name, given } of accuracy) {
  const errors = choices(given).map(({ algorithm, problem, ...choice }) => {
    const error = errorOf(
      problem,
      (weights) => ({
        kernel: choice.kernel(problem),
        weights: choice.pack(problem, weights),
        scratch: choice.scratch(problem),
      }),
      choice.inputSize,
    );
    return `${algorithm} ${error.toExponential(1)}`;
  });
  console.log(name.padEnd(28), errors.join(", "));
}
