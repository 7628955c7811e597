/** Resampling in ONNX. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import type { Pair } from "../../graph/attributes.ts";
import { type Dim, namesIn } from "../../graph/dim.ts";
import {
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxResult,
  type OnnxTensor,
  type Opset,
  flag,
  floatTensor,
  op,
  sizes,
} from "../onnx.ts";
import { known } from "./known.ts";
import { type Sampling, tapsOf } from "./sampling.ts";

interface Upsampling extends Pick<Sampling, "mode" | "coordinates" | "rounding" | "antialias"> {
  readonly scale: Pair | null;
  readonly cubic_coeff: number;
  readonly exclude_outside: boolean | null;
  readonly roi: readonly number[] | null;
  readonly extrapolation_value: number;
  /** Along the height and the width. */
  readonly samplings: readonly [Sampling, Sampling];
  /** Of the output. */
  readonly shape: readonly Dim[];
}

const MODES = { nearest: "nearest", bilinear: "linear", bicubic: "cubic" };

export function upsampleOnnx(
  x: OnnxTensor,
  upsampling: Upsampling,
  opset: Opset,
): OnnxResult | Problem {
  const { scale, mode, coordinates, roi, shape } = upsampling;
  if (opset < firstOpset(upsampling)) return byMatrices(x, upsampling.samplings);
  const target = scale === null ? [undefined, sizes(...shape)] : [floatTensor([1, 1, ...scale])];
  const region =
    roi === null ? undefined : floatTensor([0, 0, roi[0], roi[1], 1, 1, roi[2], roi[3]]);
  const how: Record<string, OnnxAttribute> = { mode: { string: MODES[mode] } };
  if (mode === "nearest") how.nearest_mode = { string: upsampling.rounding };
  how.coordinate_transformation_mode = { string: coordinates };
  if (mode === "bicubic") how.cubic_coeff_a = { float: upsampling.cubic_coeff };
  if (upsampling.exclude_outside ?? upsampling.antialias) how.exclude_outside = flag(true);
  if (upsampling.antialias) how.antialias = flag(true);
  if (roi !== null) how.extrapolation_value = { float: upsampling.extrapolation_value };
  return op("Resize", [x, region, ...target], how);
}

/** The first that has all that is needed. */
function firstOpset({ antialias, coordinates }: Upsampling): number {
  if (coordinates === "half_pixel_symmetric") return 19;
  return antialias ? 18 : 13;
}

/** Each row and column of the output as a sum of the input's: a product with two matrices. */
function byMatrices(x: OnnxTensor, samplings: readonly [Sampling, Sampling]): OnnxResult | Problem {
  const names = samplings.flatMap(({ input, output }) => [...namesIn(output, namesIn(input))]);
  if (names.length > 0) {
    return problem("CNN5080", {
      layer: "upsample",
      reason: "opsets before 19 can only say it for known sizes",
      remedy: `give values: ${[...new Set(names)].map((name) => `\`--set ${name}=…\``).join(", ")}`,
    });
  }
  const [down, across] = samplings.map((sampling, axis) => matrixOf(sampling, axis === 1));
  return op("MatMul", [op("MatMul", [down, x]), across]);
}

/** The shares of all inputs in all outputs, `[outputs, inputs]` unless turned. */
function matrixOf(sampling: Sampling, turned: boolean): OnnxConstant {
  const [inputs, outputs] = [known(sampling.input), known(sampling.output)];
  const shares = Array.from({ length: inputs * outputs }, () => 0);
  for (const { output, input, weight } of tapsOf(sampling)) {
    shares[turned ? input * outputs + output : output * inputs + input] += weight;
  }
  return floatTensor(shares, turned ? [inputs, outputs] : [outputs, inputs]);
}
