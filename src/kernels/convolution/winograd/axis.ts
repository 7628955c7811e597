/**
 * How Winograd's algorithm goes along one axis of a convolution.
 *
 * A stride s splits input and kernel into s phases: every s-th pixel meets every s-th tap, and
 * the outputs are the sum of s convolutions with stride 1. They share their points, so that
 * they are summed before the one transform back. The phases that have one tap less than the
 * first ones have no product at infinity.
 *
 * A dilation d splits the outputs into d interleaved grids, each a plain convolution of every
 * d-th pixel.
 *
 * What whole tiles leave over is one tile with fewer outputs, which needs only the first of
 * the points.
 */
import type { ConvolutionShape } from "../problem.ts";
import { type Winograd, winograd } from "./matrices.ts";

/** As F(6×6, 3×3) has them; with more along both axes rounding errors grow. */
const MOST_POINTS = 8;

export interface WinogradAxis {
  /** Of whole tiles. */
  readonly form: Winograd;
  /** Whole tiles of one grid. */
  readonly whole: number;
  /** Of the tile behind them, if any. */
  readonly last: Winograd | undefined;
  /** Phases of the stride that have taps at all, and those that have as many as the first. */
  readonly phases: number;
  readonly longPhases: number;
  /** Grids of the dilation, and those at the end that have one output less than the first. */
  readonly grids: number;
  readonly shortGrids: number;
  /** Pixels between the inputs of a tile. */
  readonly inputStep: number;
  /** Pixels between its outputs. */
  readonly outputStep: number;
}

/** Neighbouring points that the same phases and the same tiles have. */
export interface PointClass {
  readonly start: number;
  readonly count: number;
  readonly phases: number;
  /** Whether the tile behind the whole ones has them too. */
  readonly inLast: boolean;
}

type Geometry = Pick<ConvolutionShape, "kernel" | "stride" | "dilation" | "outputSize">;

/** Taps of the longest phase. */
export function tapsOf({ kernel, stride }: Geometry, axis: 0 | 1): number {
  return Math.ceil(kernel[axis] / stride[axis]);
}

/** Whether tiles of so many outputs can compute it and save multiplications. */
export function winogradApplies(geometry: Geometry, outputs: number): boolean {
  const axes = [0, 1] as const;
  const possible = axes.every(
    (axis) =>
      (geometry.stride[axis] === 1 || geometry.dilation[axis] === 1) &&
      tileOutputs(geometry, axis, outputs) + tapsOf(geometry, axis) - 1 <= MOST_POINTS,
  );
  return possible && axes.some((axis) => tileOutputs(geometry, axis, outputs) > 1);
}

/**
 * Whether its transforms are of the usual length. Those of 8 points along both axes with more than 3
 * taps (F(4×4, 5×5)) make 45 KB of code for one convolution, three times that of all LeNet-5 without.
 */
export function winogradIsCompact(geometry: Geometry, outputs: number): boolean {
  return ([0, 1] as const).some((axis) => {
    const taps = tapsOf(geometry, axis);
    return taps <= 3 || tileOutputs(geometry, axis, outputs) + taps - 1 < MOST_POINTS;
  });
}

/** Whether windows of 2×2 outputs lie within tiles. */
export function winogradPools(geometry: Geometry, outputs: number): boolean {
  return ([0, 1] as const).every((axis) => {
    const { form, whole, last, grids } = winogradAxis(geometry, axis, outputs);
    const onlyOne = whole === 1 && last === undefined;
    return grids === 1 && (form.outputs % 2 === 0 || onlyOne);
  });
}

/** @param outputs of a whole tile, or fewer where the axis is shorter */
export function winogradAxis(geometry: Geometry, axis: 0 | 1, outputs: number): WinogradAxis {
  const [kernel, stride, dilation, extent] = [
    geometry.kernel[axis],
    geometry.stride[axis],
    geometry.dilation[axis],
    geometry.outputSize[axis],
  ];
  const taps = tapsOf(geometry, axis);
  const grids = Math.min(dilation, extent);
  const perGrid = Math.ceil(extent / dilation);
  const perTile = tileOutputs(geometry, axis, outputs);
  const left = perGrid % perTile;
  return {
    form: winograd(perTile, taps),
    whole: Math.floor(perGrid / perTile),
    last: left > 0 ? winograd(left, taps, perTile) : undefined,
    phases: Math.min(stride, kernel),
    longPhases: kernel - (taps - 1) * stride,
    grids,
    shortGrids: grids * perGrid - extent,
    inputStep: stride * dilation,
    outputStep: dilation,
  };
}

/** An axis of single taps is not transformed. */
function tileOutputs(geometry: Geometry, axis: 0 | 1, outputs: number): number {
  if (tapsOf(geometry, axis) === 1) return 1;
  return Math.min(outputs, Math.ceil(geometry.outputSize[axis] / geometry.dilation[axis]));
}

/** All points in their order. */
export function pointClasses({
  form,
  last,
  phases,
  longPhases,
}: WinogradAxis): readonly PointClass[] {
  const classes: PointClass[] = [];
  for (let point = 0; point < form.size; point++) {
    const shared = point === 0 ? longPhases : phases;
    const inLast = point < (last ?? form).size;
    const before = classes.at(-1);
    if (before && before.phases === shared && before.inLast === inLast) {
      classes[classes.length - 1] = { ...before, count: before.count + 1 };
    } else classes.push({ start: point, count: 1, phases: shared, inLast });
  }
  return classes;
}

/** Pixels of the input, from the first tap of the first output on, that are read. */
export function readPixels(geometry: Geometry, axis: 0 | 1): number {
  const [kernel, stride, dilation, extent] = [
    geometry.kernel[axis],
    geometry.stride[axis],
    geometry.dilation[axis],
    geometry.outputSize[axis],
  ];
  if (dilation === 1) return (extent - 1) * stride + kernel;
  return Math.min(dilation, extent) + dilation * (Math.ceil(extent / dilation) + kernel - 2);
}
