/**
 * Where an upsampled pixel reads, along one axis: the geometry of `upsample`. Each way of
 * finding its place in the input is linear in the output's number. PyTorch, UpSample.h; ONNX
 * Resize, attribute coordinate_transformation_mode.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Dim, divideExactly, fractionOf, isKnown } from "../../graph/dim.ts";
import type { AxisTaps } from "../../graph/operation.ts";
import type { FieldStep } from "../layer.ts";
import { known } from "./known.ts";

export const COORDINATES = [
  "half_pixel",
  "pytorch_half_pixel",
  "half_pixel_symmetric",
  "align_corners",
  "asymmetric",
  "tf_crop_and_resize",
] as const;

export const ROUNDINGS = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"] as const;

export interface Sampling {
  readonly input: Dim;
  readonly output: Dim;
  /** Null where the size was given; the scale is then output / input. */
  readonly scale: number | null;
  readonly mode: "nearest" | "bilinear" | "bicubic";
  readonly coordinates: (typeof COORDINATES)[number];
  /** Which pixel is the nearest. */
  readonly rounding: (typeof ROUNDINGS)[number];
  /** The coefficient of Keys's cubic. */
  readonly cubic: number;
  /** Weights outside of the map are left out, and the others share them. */
  readonly excludeOutside: boolean;
  /** Of a map that is made smaller, all pixels count. */
  readonly antialias: boolean;
  /** The part of the map that is resized, in shares of its length: `tf_crop_and_resize`. */
  readonly region: readonly [start: number, end: number];
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

/** In order of the output; none for outputs that lie outside of the map. */
export function tapsOf(sampling: Sampling): readonly WeightedTap[] {
  const inputs = known(sampling.input);
  return Array.from({ length: known(sampling.output) }, (_, output) => output).flatMap(
    (output): readonly WeightedTap[] => {
      const at = placeOf(sampling, output);
      if (sampling.coordinates === "tf_crop_and_resize" && (at < 0 || at > inputs - 1)) return [];
      return tapsAround(sampling, at).map(({ input, weight }) => ({ output, input, weight }));
    },
  );
}

/** The same by output, as kernels take it: all with as many taps. */
export function axisTaps(sampling: Sampling): readonly AxisTaps[] {
  const byOutput = Map.groupBy(tapsOf(sampling), ({ output }) => output);
  const most = Math.max(1, ...[...byOutput.values()].map((taps) => taps.length));
  return Array.from({ length: known(sampling.output) }, (_, output) => {
    const taps = byOutput.get(output) ?? [];
    const missing = Array.from({ length: most - taps.length }, () => 0);
    return {
      places: [...taps.map(({ input }) => input), ...missing],
      weights: [...taps.map(({ weight }) => weight), ...missing],
    };
  });
}

interface Share {
  readonly input: number;
  readonly weight: number;
}

function tapsAround(sampling: Sampling, at: number): readonly Share[] {
  const last = known(sampling.input) - 1;
  const inside = (place: number): number => Math.min(Math.max(place, 0), last);
  if (sampling.mode === "nearest") {
    return [{ input: inside(nearest(at, sampling.rounding)), weight: 1 }];
  }
  const stretch = stretchOf(sampling, stepOf(sampling));
  const reach = REACH[sampling.mode] * stretch;
  const first = stretch === 1 ? Math.floor(at) - REACH[sampling.mode] + 1 : Math.ceil(at - reach);
  const end = stretch === 1 ? first + 2 * reach : Math.floor(at + reach) + 1;
  const shares = Array.from({ length: end - first }, (_, i) => ({
    input: first + i,
    weight: filter(sampling, (first + i - at) / stretch),
  }));
  const kept = sampling.excludeOutside
    ? shares.filter(({ input }) => input >= 0 && input <= last)
    : shares.map(({ input, weight }) => ({ input: inside(input), weight }));
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map(({ input, weight }) => ({ input, weight: weight / total }));
}

function nearest(at: number, rounding: Sampling["rounding"]): number {
  switch (rounding) {
    case "floor":
      return Math.floor(at);
    case "ceil":
      return Math.ceil(at);
    case "round_prefer_floor":
      return Math.ceil(at - 0.5);
    case "round_prefer_ceil":
      return Math.floor(at + 0.5);
    default:
      return rounding satisfies never;
  }
}

/** Pixels on each side whose weights are not 0. */
const REACH = { bilinear: 1, bicubic: 2 } as const;

/** The weight of a pixel at this distance. Keys, Cubic convolution interpolation, 1981. */
function filter({ mode, cubic: a }: Sampling, distance: number): number {
  const d = Math.abs(distance);
  if (mode === "bilinear") return Math.max(0, 1 - d);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** How much wider the filter of a map is that is made smaller. */
function stretchOf({ antialias }: Sampling, { numerator, denominator }: Fraction): number {
  return antialias ? Math.max(1, numerator / denominator) : 1;
}

/** Where output `o` lies in the input. */
function placeOf(sampling: Sampling, o: number): number {
  const [input, output] = [known(sampling.input), known(sampling.output)];
  const { numerator, denominator } = stepOf(sampling);
  // Multiplied before dividing, so that whole numbers stay whole.
  const centred = ((2 * o + 1) * numerator - denominator) / (2 * denominator);
  switch (sampling.coordinates) {
    case "half_pixel":
      return centred;
    case "pytorch_half_pixel":
      return output > 1 ? centred : 0;
    case "half_pixel_symmetric":
      // Where the output was rounded down, what it lost is taken from both ends.
      return (
        (input * denominator + (2 * o + 1 - output) * numerator - denominator) / (2 * denominator)
      );
    case "align_corners":
    case "asymmetric":
      return (o * numerator) / denominator;
    case "tf_crop_and_resize": {
      const [start, end] = sampling.region;
      if (output === 1) return ((start + end) * (input - 1)) / 2;
      // Both ends come out exactly, so that a region that ends with the map stays inside.
      return ((start * (output - 1 - o) + end * o) * (input - 1)) / (output - 1);
    }
    default:
      return sampling.coordinates satisfies never;
  }
}

/** Input pixels from one output pixel to the next, of known sizes. */
function stepOf(sampling: Sampling): Fraction {
  const [input, output] = [known(sampling.input), known(sampling.output)];
  if (sampling.coordinates === "align_corners") {
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
  const ratio = step.numerator / step.denominator;
  const { coordinates, mode } = sampling;
  const sizesKnown = isKnown(sampling.input) && isKnown(sampling.output);
  const depends = coordinates === "half_pixel_symmetric" || coordinates === "tf_crop_and_resize";
  if (depends && !sizesKnown) return undefined;
  const first = sizesKnown ? placeOf(sampling, 0) : firstPlace(coordinates, ratio);
  const stride =
    depends && sizesKnown && known(sampling.output) > 1 ? placeOf(sampling, 1) - first : ratio;
  if (mode === "nearest") return nearestField(sampling, first, stride);
  // Pixels that fall onto pixels are copied, not interpolated.
  const copies = Number.isInteger(stride) && Number.isInteger(first);
  const stretch = stretchOf(sampling, step);
  if (copies && stretch === 1) return { size: 1, stride, start: first };
  const reach = REACH[mode] * stretch;
  return stretch === 1
    ? { size: 2 * reach, stride, start: first - reach + 1 }
    : { size: Math.ceil(2 * reach) + 1, stride, start: Math.ceil(first - reach) };
}

function nearestField({ rounding }: Sampling, first: number, stride: number): AxisWindow {
  switch (rounding) {
    case "floor":
      return { size: 1, stride, start: first };
    case "round_prefer_ceil":
      return { size: 1, stride, start: first + 0.5 };
    // These round up: one pixel of two.
    case "ceil":
      return { size: 2, stride, start: first };
    case "round_prefer_floor":
      return { size: 2, stride, start: first - 0.5 };
    default:
      return rounding satisfies never;
  }
}

/** Of output 0, where it does not depend on the sizes. */
function firstPlace(coordinates: Sampling["coordinates"], step: number): number {
  return coordinates === "align_corners" || coordinates === "asymmetric" ? 0 : (step - 1) / 2;
}

/** As `stepOf`, as far as it is known; with aligned corners and symbolic sizes, its limit. */
function knownStep(sampling: Sampling): Fraction | undefined {
  const { input, output, scale } = sampling;
  if (isKnown(input) && isKnown(output)) return stepOf(sampling);
  if (scale !== null) {
    const { numerator, denominator } = scaleFraction(scale);
    return { numerator: denominator, denominator: numerator };
  }
  const larger = divideExactly(output, input);
  if (larger !== undefined && isKnown(larger)) return { numerator: 1, denominator: larger };
  const smaller = divideExactly(input, output);
  if (smaller !== undefined && isKnown(smaller)) return { numerator: smaller, denominator: 1 };
  return undefined;
}

/** The most pixels along an axis that one output is a sum of; of sizes that are not known, without antialiasing's. */
export function tapsAlong(sampling: Sampling): number {
  if (sampling.mode === "nearest") return 1;
  const step = knownStep(sampling);
  const stretch = step === undefined ? 1 : stretchOf(sampling, step);
  return Math.ceil(2 * REACH[sampling.mode] * stretch);
}
