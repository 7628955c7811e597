/** Resize and Upsample: all of them are `upsample`, as simply as it can be said. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Attributes } from "../../../../graph/attributes.ts";
import { type Dim, divideExactly, fractionOf, isKnown, sameDim } from "../../../../graph/dim.ts";
import { COORDINATES, ROUNDINGS } from "../../../../layers/shared/sampling.ts";
import type { OpCall } from "../call.ts";
import { shortest } from "../shortest.ts";
import { dimOf, floorScalar, multiplyScalars, scalarOf } from "../sizes/scalar.ts";
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
  if (mode !== "nearest") {
    const how = { coordinates: "asymmetric" };
    const target =
      at === undefined ? { scales: call.floats("scales") ?? [] } : scalesOrSizes(call, at);
    resize(call, [{ mode, how, target, integerIsPlain: false }]);
    return;
  }
  const scales = (at === undefined ? call.floats("scales") : numbersOf(call, at, "scales")) ?? [];
  const along = (how: Attributes, factors: readonly number[]): Resizing => ({
    mode,
    how,
    target: { scales: factors },
    integerIsPlain: false,
  });
  const isSmaller = scales.some((factor) => factor < 1);
  if (!isSmaller) resize(call, [along({}, scales)]);
  else {
    // What is made smaller takes the next pixel, what is made larger the last one.
    const smaller = scales.map((factor) => Math.min(1, factor));
    const larger = scales.map((factor) => Math.max(1, factor));
    const next = { coordinates: "asymmetric", rounding: "ceil" };
    resize(call, [along(next, smaller), along({}, larger)]);
  }
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
  resize(call, [{ mode, how, target, integerIsPlain }]);
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

/** `(top, left, bottom, right)` of the starts and ends of the axes. */
function regionOf(call: OpCall): readonly number[] {
  const roi = numbersOf(call, 1, "roi");
  const axes = axesOf(call);
  const count = axes?.length ?? call.rank(0);
  if (roi.length !== 2 * count || call.rank(0) !== 4) {
    throw call.refuse("its region is not one of a map", "give starts and ends of all four axes");
  }
  const starts = spread(call, axes, roi.slice(0, count), () => 0);
  const ends = spread(call, axes, roi.slice(count), () => 1);
  return [starts[2], starts[3], ends[2], ends[3]];
}

type Target = { readonly scales: readonly number[] } | { readonly sizes: readonly Dim[] };

/** Either factors or sizes, one for each axis. */
function targetOf(call: OpCall): Target {
  const axes = axesOf(call);
  if (!call.has(3)) {
    return { scales: spread(call, axes, numbersOf(call, 2, "scales"), () => 1) };
  }
  if (call.has(2) && call.shape(2)[0] !== 0) {
    throw call.refuse("it has both scales and sizes", "give one of them");
  }
  const shape = call.shape(0);
  const stated = call.dims(3, "sizes");
  const sizes = spread(call, axes, stated, (axis) => shape[axis]);
  const policy = call.text("keep_aspect_ratio_policy", POLICIES, "stretch");
  return policy === "stretch" ? { sizes } : { scales: keptRatio(call, sizes, policy) };
}

const POLICIES = ["stretch", "not_larger", "not_smaller"] as const;

/** The factor of all axes that are resized: the least or the greatest that the sizes ask for. */
function keptRatio(
  call: OpCall,
  sizes: readonly Dim[],
  policy: "not_larger" | "not_smaller",
): readonly number[] {
  const axes = axesOf(call);
  const shape = call.shape(0);
  const isResized = (axis: number): boolean => axes?.includes(axis) ?? true;
  const ratios = sizes.flatMap((size, axis) => {
    const from = shape[axis];
    if (!isResized(axis)) return [];
    if (isKnown(size) && isKnown(from)) return [size / from];
    throw call.refuse(
      `it keeps the aspect ratio (${policy}) of a map whose size is not known`,
      "fix the input's size with `--set NAME=SIZE`",
    );
  });
  const ratio = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  const isCut = shape.every((size, axis) => {
    const length = isKnown(size) && isResized(axis) ? size * ratio : 0;
    return Math.floor(length + 0.5) === Math.floor(length + 1e-9);
  });
  if (!isCut) throw call.refuse("its sizes are rounded up to keep the aspect ratio", REMEDY);
  return sizes.map((_, axis) => (isResized(axis) ? ratio : 1));
}

const REMEDY = "give the factor itself, or the size that comes out without a policy";

/** The axes that the numbers of a node are of, from 0; undefined for all. */
function axesOf(call: OpCall): readonly number[] | undefined {
  return call.ints("axes")?.map((axis) => axisFromZero(call, axis, call.rank(0)));
}

function spread<T>(
  call: OpCall,
  axes: readonly number[] | undefined,
  values: readonly T[],
  neutral: (axis: number) => T,
): readonly T[] {
  if (axes === undefined) return values;
  return Array.from({ length: call.rank(0) }, (_, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? neutral(axis) : values[at];
  });
}

/** Factors, or the sizes to which factors lead that follow from the size of the input. */
function scalesOrSizes(call: OpCall, at: number): Target {
  const { values } = call.sizes(at, "scales");
  if (values.every((value) => typeof value === "number")) {
    return { scales: numbersOf(call, at, "scales") };
  }
  const sizes = call.shape(0).flatMap((size, axis): readonly Dim[] => {
    const scaled = values[axis] && multiplyScalars(values[axis], scalarOf(size));
    const dim = scaled && dimOf(floorScalar(scaled));
    return dim === undefined ? [] : [dim];
  });
  return sizes.length === call.rank(0) ? { sizes } : { scales: numbersOf(call, at, "scales") };
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

/** One step after the other. */
function resize(call: OpCall, steps: readonly Resizing[]): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const y = steps.reduce((map, step) => resizeMap(call, map, step, axes), x);
  if (y === x) call.giveSame(0);
  else call.giveMap(y, axes === 1);
}

function resizeMap(
  call: OpCall,
  x: TensorValue,
  { mode, how, target, integerIsPlain }: Resizing,
  axes: 1 | 2,
): TensorValue {
  const given = "sizes" in target ? target.sizes : target.scales;
  if (given.length !== axes + 2) {
    const what = "sizes" in target ? "sizes" : "scales";
    const text = `it has ${given.length} ${what} for a tensor of rank ${axes + 2}`;
    throw call.refuse(text, "give one for each axis");
  }
  const unchanged = [0, 1].every((axis) =>
    "sizes" in target ? sameDim(target.sizes[axis], x.type.shape[axis]) : target.scales[axis] === 1,
  );
  if (!unchanged) {
    throw call.refuse("it resizes batches or channels", "only height and width can be resized");
  }
  const [, , height, width] = x.type.shape;
  const { size, scale } = spatialTarget(target, axes, [height, width]);
  const whole = scale?.every((factor) => Number.isInteger(factor)) ?? false;
  if (scale?.every((factor) => factor === 1) === true && how.roi === undefined) return x;
  refuseStretchedCorners(call, how, [height, width], { size, scale });
  const attributes = {
    ...(scale === undefined ? { size } : { scale }),
    mode,
    ...(integerIsPlain && whole ? {} : how),
  };
  const from = { mode: "mode", coordinates: "coordinate_transformation_mode" };
  return call.layer("upsample", attributes, [x], { from });
}

/**
 * Smoothing with aligned corners: ONNX stretches its filter by the ratio of the sizes, PyTorch,
 * and so the layer, by the distance of the places.
 * @throws Refusal where the map may become smaller, so that this is seen
 */
function refuseStretchedCorners(
  call: OpCall,
  { antialias, align_corners }: Attributes,
  map: readonly [Dim, Dim],
  { size, scale }: SpatialTarget,
): void {
  if (antialias !== true || align_corners !== true) return;
  const isLarger = ([0, 1] as const).every((axis) => {
    const [from, to] = [map[axis], size[axis]];
    return scale === undefined ? isKnown(from) && isKnown(to) && to >= from : scale[axis] >= 1;
  });
  if (isLarger) return;
  throw call.refuse(
    "it smooths with aligned corners, which PyTorch does by another filter",
    "export it without `align_corners`, or without `antialias`",
  );
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
