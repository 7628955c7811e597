/** Resize and Upsample: all of them are `upsample`, as simply as it can be said. */
import type { Attributes } from "../../../../graph/attributes.ts";
import { type Dim, divideExactly, fractionOf, isKnown, sameDim } from "../../../../graph/dim.ts";
import { COORDINATES, ROUNDINGS } from "../../../../layers/shared/sampling.ts";
import type { OpCall } from "../call.ts";
import { shortest } from "../shortest.ts";
import { axisFromZero } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";
import { spatialAxes } from "./window.ts";

export const resizeOps: OpTable = {
  Resize: op(1, 4, (call) => (call.opset < 11 ? lowerUpsample(call, 1) : lowerResize(call))),
  Upsample: op(1, 2, (call) => lowerUpsample(call, call.opset < 9 ? undefined : 1)),
};

const MODES = { nearest: "nearest", linear: "bilinear", cubic: "bicubic" } as const;
const MODE_WORDS = ["nearest", "linear", "cubic"] as const;

const COORDINATE_WORDS = [...COORDINATES, "tf_half_pixel_for_nn"] as const;

/** Before version 11: factors, and places without an offset. */
function lowerUpsample(call: OpCall, at: number | undefined): void {
  const mode =
    MODES[
      call.text("mode", ["nearest", "linear", "bilinear"], "nearest") === "nearest"
        ? "nearest"
        : "linear"
    ];
  const scales = at === undefined ? call.floats("scales") : numbersOf(call, at, "scales");
  const how = mode === "nearest" ? {} : { coordinates: "asymmetric" };
  resize(call, { mode, how, target: { scales: scales ?? [] }, integerIsPlain: false });
}

function lowerResize(call: OpCall): void {
  const mode = MODES[call.text("mode", MODE_WORDS, "nearest")];
  const target = targetOf(call);
  const coordinates = call.text("coordinate_transformation_mode", COORDINATE_WORDS, "half_pixel");
  const how = howOf(call, mode, coordinates);
  const halfPixel = coordinates === "half_pixel" || coordinates === "pytorch_half_pixel";
  const rounding = call.text("nearest_mode", ROUNDINGS, "round_prefer_floor");
  // Enlarged by a whole number, the nearest pixel is the same for both.
  const integerIsPlain = mode === "nearest" && halfPixel && rounding.startsWith("round");
  resize(call, { mode, how, target, integerIsPlain });
}

/** `(x + 0.5) / s` rounded in one way is `(x + 0.5) / s - 0.5` rounded in another. */
const HALF_PIXEL_OF_TF: Readonly<Record<string, string | undefined>> = {
  floor: "round_prefer_ceil",
  round_prefer_floor: "ceil",
};

/** How places of the output are found in the input, beyond the layer's own way. */
function howOf(
  call: OpCall,
  mode: string,
  coordinates: (typeof COORDINATE_WORDS)[number],
): Attributes {
  const attributes: Record<string, Attributes[string]> = {};
  if (mode === "nearest") {
    const rounding = call.text("nearest_mode", ROUNDINGS, "round_prefer_floor");
    const plain = coordinates === "asymmetric" && rounding === "floor";
    if (coordinates === "tf_half_pixel_for_nn") {
      const half = HALF_PIXEL_OF_TF[rounding];
      if (half === undefined) {
        throw call.refuse(
          `its coordinates are tf_half_pixel_for_nn with nearest_mode ${rounding}`,
          "export with half_pixel, which newer versions of ONNX have instead",
        );
      }
      Object.assign(attributes, { coordinates: "half_pixel", rounding: half });
    } else if (!plain) Object.assign(attributes, { coordinates, rounding });
  } else if (coordinates === "align_corners") attributes.align_corners = true;
  else if (coordinates !== "half_pixel") attributes.coordinates = coordinates;
  if (mode === "bicubic") {
    const coefficient = call.float("cubic_coeff_a", -0.75);
    if (coefficient !== -0.75) attributes.cubic_coeff = coefficient;
  }
  const excludes = call.flag("exclude_outside", false);
  if (call.flag("antialias", false)) {
    // Without a word the layer leaves pixels outside out, as PyTorch does when it smooths.
    Object.assign(attributes, { antialias: true, ...(excludes ? {} : { exclude_outside: false }) });
  } else if (excludes) attributes.exclude_outside = true;
  if (coordinates === "tf_crop_and_resize") {
    attributes.extrapolation_value = call.float("extrapolation_value", 0);
    attributes.roi = regionOf(call);
  }
  return attributes;
}

/** `(top, left, bottom, right)` of the starts and ends of all axes. */
function regionOf(call: OpCall): readonly number[] {
  const roi = numbersOf(call, 1, "roi");
  const rank = call.rank(0);
  if (roi.length !== 2 * rank || rank !== 4) {
    throw call.refuse("its region is not one of a map", "give starts and ends of all four axes");
  }
  return [roi[2], roi[3], roi[6], roi[7]];
}

type Target = { readonly scales: readonly number[] } | { readonly sizes: readonly Dim[] };

/** Either factors or sizes, one for each axis. */
function targetOf(call: OpCall): Target {
  const policy = call.text(
    "keep_aspect_ratio_policy",
    ["stretch", "not_larger", "not_smaller"],
    "stretch",
  );
  if (policy !== "stretch") {
    throw call.refuse(`it keeps the aspect ratio (${policy})`, "give the size that comes out");
  }
  const rank = call.rank(0);
  const axes = call.ints("axes")?.map((axis) => axisFromZero(call, axis, rank));
  const spread = <T>(values: readonly T[], neutral: (axis: number) => T): readonly T[] =>
    axes === undefined
      ? values
      : Array.from({ length: rank }, (_, axis) => {
          const at = axes.indexOf(axis);
          return at < 0 ? neutral(axis) : values[at];
        });
  if (call.has(3)) {
    const shape = call.shape(0);
    return { sizes: spread(call.dims(3, "sizes"), (axis) => shape[axis]) };
  }
  return { scales: spread(numbersOf(call, 2, "scales"), () => 1) };
}

function numbersOf(call: OpCall, at: number, what: string): readonly number[] {
  return call.sizes(at, what).values.map((value) => {
    if (typeof value === "number") return shortest(value);
    throw call.refuse(
      `its ${what} depend on the size of the input`,
      "give sizes instead of factors",
    );
  });
}

interface Resizing {
  readonly mode: string;
  readonly how: Attributes;
  readonly target: Target;
  /** Whether for whole factors the layer needs no `how`. */
  readonly integerIsPlain: boolean;
}

function resize(call: OpCall, { mode, how, target, integerIsPlain }: Resizing): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const given = "sizes" in target ? target.sizes : target.scales;
  const rank = axes + 2;
  const unchanged =
    given.length === rank &&
    [0, 1].every((axis) =>
      "sizes" in target
        ? sameDim(target.sizes[axis], x.type.shape[axis])
        : target.scales[axis] === 1,
    );
  if (!unchanged) {
    throw call.refuse("it resizes batches or channels", "only height and width can be resized");
  }
  const [, , height, width] = x.type.shape;
  const { size, scale } = spatialTarget(target, axes, [height, width]);
  const whole = scale?.every((factor) => Number.isInteger(factor)) ?? false;
  if (scale?.every((factor) => factor === 1)) {
    call.giveSame(0);
    return;
  }
  const attributes = {
    ...(scale === undefined ? { size } : { scale }),
    mode,
    ...(integerIsPlain && whole ? {} : how),
  };
  const from = { mode: "mode", coordinates: "coordinate_transformation_mode" };
  call.giveMap(call.layer("upsample", attributes, [x], { from }), axes === 1);
}

interface SpatialTarget {
  readonly size: readonly [Dim, Dim];
  /** Preferred where it is given, or where the sizes are whole multiples. */
  readonly scale: readonly [number, number] | undefined;
}

function spatialTarget(target: Target, axes: 1 | 2, map: readonly [Dim, Dim]): SpatialTarget {
  if ("scales" in target) {
    const scales = target.scales.slice(2);
    const scale = axes === 2 ? ([scales[0], scales[1]] as const) : ([1, scales[0]] as const);
    return decimal(scale) ?? exactSizes(scale, map) ?? { size: map, scale };
  }
  const sizes = target.sizes.slice(2);
  const size = axes === 2 ? ([sizes[0], sizes[1]] as const) : ([1, sizes[0]] as const);
  const [down, across] = size.map((wanted, axis) => divideExactly(wanted, map[axis]));
  const whole = down !== undefined && across !== undefined && isKnown(down) && isKnown(across);
  return { size, scale: whole ? [down, across] : undefined };
}

/** Factors that a program can state. */
function decimal(scale: readonly [number, number]): SpatialTarget | undefined {
  return scale.every((factor) => fractionOf(factor) !== undefined)
    ? { size: scale, scale }
    : undefined;
}

/** Sizes in place of factors such as 7/3, where they come out even. */
function exactSizes(
  scale: readonly [number, number],
  map: readonly [Dim, Dim],
): SpatialTarget | undefined {
  const [height, width] = scale.map((factor, axis) => {
    const length = map[axis];
    if (!isKnown(length)) return undefined;
    const size = Math.round(factor * length);
    return Math.abs(factor * length - size) < 1e-3 && size >= 1 ? size : undefined;
  });
  if (height === undefined || width === undefined) return undefined;
  return { size: [height, width], scale: undefined };
}
