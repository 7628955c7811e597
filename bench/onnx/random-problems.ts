/**
 * Arguments at random, the same in every run, for the layers whose arithmetic of sizes ONNX and
 * its runtimes do otherwise: windows, resampling, and what is written as several operators.
 */
import { randomSource } from "../../src/graph/random.ts";
import type { Plain, PlainArguments } from "../../test/layers/arguments.ts";

export interface RandomProblem {
  readonly kind: string;
  readonly given: PlainArguments;
  readonly shape: readonly number[];
}

const COUNT = 25;

export function* randomProblems(): Generator<RandomProblem> {
  const random = randomSource(1);
  const int = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(...choices: readonly T[]): T => choices[int(0, choices.length - 1)];
  const pair = (low: number, high: number): Plain => [int(low, high), int(low, high)];
  const sides = (most: number): Plain => Array.from({ length: 4 }, () => int(0, most));

  const makers: Readonly<Record<string, () => PlainArguments>> = {
    conv: () => ({
      out: 4,
      kernel: pair(1, 4),
      stride: pair(1, 3),
      padding: pick<Plain>("same", sides(3)),
      groups: pick(1, 2, 4),
      dilation: pair(1, 3),
      bias: pick(true, false),
    }),
    conv_transpose: () => ({
      out: 4,
      kernel: pair(1, 4),
      stride: pair(1, 4),
      padding: sides(2),
      output_padding: pair(0, 2),
      groups: pick(1, 2),
      dilation: pair(1, 3),
      bias: pick(true, false),
    }),
    max_pool: () => ({
      kernel: pair(1, 5),
      stride: pair(1, 6),
      padding: sides(2),
      dilation: pair(1, 3),
      ceil_mode: pick(true, true, false),
    }),
    avg_pool: () => ({
      kernel: pair(1, 5),
      stride: pair(1, 6),
      padding: sides(2),
      ceil_mode: pick(true, true, false),
      count_include_pad: pick(true, false),
    }),
    adaptive_avg_pool: () => ({ output_size: pair(1, 7) }),
    adaptive_max_pool: () => ({ output_size: pair(1, 7) }),
    upsample: () => {
      const scale = [pick(0.3, 0.5, 1.5, 2, 2.7), pick(0.333, 0.6, 1.1, 3)];
      return pick<PlainArguments>(
        { scale, mode: pick("nearest", "bilinear") },
        { scale, mode: "bilinear", align_corners: true },
        { size: pair(1, 13), mode: pick("nearest", "bilinear") },
        { size: pair(1, 13), mode: "bilinear", align_corners: true },
      );
    },
    lrn: () => ({ size: int(1, 7), alpha: 0.3, beta: pick(0.5, 0.75), k: pick(1, 2) }),
    group_norm: () => ({ num_groups: pick(1, 2, 4), affine: pick(true, false), eps: 0.01 }),
    layer_norm: () => ({
      axes: pick<Plain>("channel", "height", ["channel", "width"], ["height", "width"]),
      elementwise_affine: pick(true, false),
    }),
    pad: () => ({ padding: sides(3), mode: pick("constant", "reflect", "edge") }),
  };
  for (const [kind, make] of Object.entries(makers)) {
    for (let n = 0; n < COUNT; n++) {
      yield { kind, given: make(), shape: [int(1, 2), 4, int(1, 12), int(1, 12)] };
    }
  }
}
