/**
 * Where an upsampled pixel reads, along one axis: the geometry of `upsample`. Output `o` lies
 * at `(o + 1/2) / scale - 1/2` of the input (pixels are areas), or with aligned corners at
 * `o · (input - 1) / (output - 1)` (pixels are points). PyTorch, UpSample.h.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Dim, divideExactly, fractionOf, isKnown } from "../../graph/dim.ts";
import type { AxisSample } from "../../graph/operation.ts";
import type { FieldStep } from "../layer.ts";
import { known } from "./known.ts";

export interface Sampling {
  readonly input: Dim;
  readonly output: Dim;
  /** Null where the size was given; the scale is then output / input. */
  readonly scale: number | null;
  readonly mode: "nearest" | "bilinear";
  readonly alignCorners: boolean;
}

type Fraction = NonNullable<ReturnType<typeof fractionOf>>;

/** The fraction that a parameter accepted as one. */
export function scaleFraction(scale: number): Fraction {
  const fraction = fractionOf(scale);
  if (fraction === undefined) throw new InternalFault(`the scale ${scale} was not checked`);
  return fraction;
}

/** One product of an output pixel's sum. */
export interface WeightedTap {
  readonly output: number;
  readonly input: number;
  readonly weight: number;
}

/** In order of the output. */
export function tapsOf(sampling: Sampling): readonly WeightedTap[] {
  const [input, output] = [known(sampling.input), known(sampling.output)];
  const step = stepOf(sampling, input, output);
  return Array.from({ length: output }, (_, o) => o).flatMap((o): readonly WeightedTap[] => {
    if (sampling.mode === "nearest") {
      // Multiplied before dividing, so that whole numbers stay whole.
      const at = Math.floor((o * step.numerator) / step.denominator);
      return [{ output: o, input: Math.min(at, input - 1), weight: 1 }];
    }
    const at = sampling.alignCorners
      ? (o * step.numerator) / step.denominator
      : Math.max(0, ((2 * o + 1) * step.numerator - step.denominator) / (2 * step.denominator));
    const low = Math.min(Math.floor(at), input - 1);
    const high = Math.min(low + 1, input - 1);
    return [
      { output: o, input: low, weight: 1 - (at - low) },
      { output: o, input: high, weight: at - low },
    ];
  });
}

/** The same by output, as kernels take it. */
export function samplesOf(sampling: Sampling): readonly AxisSample[] {
  const taps = tapsOf(sampling);
  const outputs = known(sampling.output);
  const each = taps.length / outputs;
  return Array.from({ length: outputs }, (_, output) => {
    const [low, high = { ...low, weight: 0 }] = taps.slice(output * each, (output + 1) * each);
    return { low: low.input, high: high.input, weight: high.weight };
  });
}

/** Input pixels from one output pixel to the next. */
function stepOf(sampling: Sampling, input: number, output: number): Fraction {
  if (sampling.alignCorners) {
    return { numerator: output > 1 ? input - 1 : 0, denominator: Math.max(1, output - 1) };
  }
  if (sampling.scale === null) return { numerator: input, denominator: output };
  const { numerator, denominator } = scaleFraction(sampling.scale);
  return { numerator: denominator, denominator: numerator };
}

/** The window of each axis; the whole map where the sizes' ratio is not known. */
export function samplingField([vertical, horizontal]: readonly [Sampling, Sampling]): FieldStep {
  const [rows, columns] = [axisField(vertical), axisField(horizontal)];
  if (rows === undefined || columns === undefined) return "global";
  return {
    size: [rows.size, columns.size],
    stride: [rows.stride, columns.stride],
    start: [rows.start, columns.start],
  };
}

interface AxisWindow {
  readonly size: number;
  readonly stride: number;
  readonly start: number;
}

function axisField(sampling: Sampling): AxisWindow | undefined {
  const step = knownStep(sampling);
  if (step === undefined) return undefined;
  const stride = step.numerator / step.denominator;
  if (sampling.mode === "nearest") return { size: 1, stride, start: 0 };
  const start = sampling.alignCorners ? 0 : (stride - 1) / 2;
  // Pixels that fall onto pixels are copied, not interpolated.
  const copies = Number.isInteger(stride) && Number.isInteger(start);
  return { size: copies ? 1 : 2, stride, start };
}

/** As `stepOf`, as far as it is known; with aligned corners and symbolic sizes, its limit. */
function knownStep({ input, output, ...rest }: Sampling): Fraction | undefined {
  if (isKnown(input) && isKnown(output)) return stepOf({ input, output, ...rest }, input, output);
  if (rest.scale !== null) {
    const { numerator, denominator } = scaleFraction(rest.scale);
    return { numerator: denominator, denominator: numerator };
  }
  const larger = divideExactly(output, input);
  if (larger !== undefined && isKnown(larger)) return { numerator: 1, denominator: larger };
  const smaller = divideExactly(input, output);
  if (smaller !== undefined && isKnown(smaller)) return { numerator: smaller, denominator: 1 };
  return undefined;
}
