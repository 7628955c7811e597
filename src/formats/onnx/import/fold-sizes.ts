/**
 * Shape arithmetic: the operators that exporters compute shapes with, done on small tensors of
 * known numbers and named sizes. What a handler cannot do here gives undefined, and the node is
 * then treated as any other.
 */
import { type Dim, isTangled } from "../../../graph/dim.ts";
import { sizeOf } from "../../../graph/tensor.ts";
import { broadcastPosition, broadcastShape } from "../../../layers/shared/indexing.ts";
import { isFloat } from "../../tensors/stored-array.ts";
import type { OnnxNode } from "./model.ts";
import {
  type Scalar,
  addScalars,
  ceilScalar,
  compareScalars,
  divideScalars,
  floorScalar,
  multiplyScalars,
  remainderOf,
  scalarOf,
  subtractScalars,
  truncateScalar,
} from "./scalar.ts";
import { type Sizes, sizesOfArray } from "./sizes.ts";
import { dtypeOf } from "./tensor-data.ts";

export interface SizesCall {
  readonly node: OnnxNode;
  readonly inputs: readonly (Sizes | undefined)[];
}

type Fold = (call: SizesCall) => Sizes | undefined;

/** Larger results are data. */
const MOST = 4096;

const folds: Readonly<Record<string, Fold>> = {
  Identity: ({ inputs: [x] }) => x,
  Cast: foldCast,
  Add: pairwise(exact(addScalars)),
  Sub: pairwise(exact(subtractScalars)),
  Mul: pairwise(exact(multiplyScalars)),
  Div: pairwise((a, b, float) => divideScalars(a, b, !float)),
  Mod: pairwise(remainderOf),
  Min: pairwise((a, b) => chosen(a, b, -1)),
  Max: pairwise((a, b) => chosen(a, b, 1)),
  Equal: pairwise(equality),
  Greater: pairwise((a, b) => truth(compareScalars(a, b), (sign) => sign > 0)),
  GreaterOrEqual: pairwise((a, b) => truth(compareScalars(a, b), (sign) => sign >= 0)),
  Less: pairwise((a, b) => truth(compareScalars(a, b), (sign) => sign < 0)),
  LessOrEqual: pairwise((a, b) => truth(compareScalars(a, b), (sign) => sign <= 0)),
  And: pairwise((a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
  Or: pairwise((a, b) => (a !== 0 || b !== 0 ? 1 : 0)),
  Xor: pairwise((a, b) => ((a !== 0) !== (b !== 0) ? 1 : 0)),
  Not: single((a) => (a === 0 ? 1 : 0)),
  Neg: single((a) => multiplyScalars(a, -1)),
  Floor: single(floorScalar),
  Ceil: single(ceilScalar),
  Where: foldWhere,
  Gather: foldGather,
  Slice: foldSlice,
  Concat: foldConcat,
  Unsqueeze: ({ inputs: [x] }) => x && vector(x),
  Squeeze: foldSqueeze,
  Reshape: foldReshape,
  ConstantOfShape: foldConstantOfShape,
  Expand: foldExpand,
  Range: foldRange,
  ReduceProd: (call) => foldReduction(call, multiplyScalars),
  ReduceSum: (call) => foldReduction(call, addScalars),
};

/** The result, where all inputs are known and the operator is one of shape arithmetic. */
export function foldSizes(call: SizesCall): Sizes | undefined {
  const result = Object.hasOwn(folds, call.node.op) ? folds[call.node.op](call) : undefined;
  return result !== undefined && result.values.length <= MOST ? result : undefined;
}

/** Whether the operator is one of shape arithmetic. */
export function isOfSizes(op: string): boolean {
  return op === "Shape" || op === "Size" || Object.hasOwn(folds, op);
}

/** Shape and Size of a tensor. */
export function foldShape({ op, attributes }: OnnxNode, shape: readonly Dim[]): Sizes | undefined {
  if (op === "Size") {
    const all = sizesOf(shape);
    return foldAll(all, multiplyScalars);
  }
  const bound = (name: string): number | undefined => {
    const attribute = attributes.get(name);
    return attribute?.kind === "int" ? attribute.value : undefined;
  };
  return sizesOf(shape.slice(bound("start"), bound("end")));
}

function sizesOf(shape: readonly Dim[]): Sizes {
  return { shape: [shape.length], values: shape.map((dim) => scalarOf(dim)), float: false };
}

function complete(sizes: Sizes, values: readonly (Scalar | undefined)[]): Sizes | undefined {
  const known = values.filter((value) => value !== undefined).filter((value) => !isLong(value));
  return known.length === values.length ? { ...sizes, values: known } : undefined;
}

/** Arithmetic with such sizes would take ever more time. */
function isLong(value: Scalar): boolean {
  return typeof value !== "number" && isTangled(value.numerator);
}

function single(apply: (a: Scalar) => Scalar | undefined): Fold {
  return ({ inputs: [x] }) => x && complete(x, x.values.map(apply));
}

/** Of shapes that stretch to each other. */
function pairwise(apply: (a: Scalar, b: Scalar, float: boolean) => Scalar | undefined): Fold {
  return ({ inputs: [a, b] }) => {
    if (a === undefined || b === undefined) return undefined;
    const shape = broadcastShape([a.shape, b.shape]);
    const fits = [a, b].every(({ shape: own }) =>
      own.every((size, axis) => size === 1 || size === shape[axis - own.length + shape.length]),
    );
    if (!fits || sizeOf(shape) > MOST) return undefined;
    const float = a.float || b.float;
    const at = ({ values, shape: own }: Sizes, place: number): Scalar =>
      values[broadcastPosition(place, own, shape)];
    const values = Array.from({ length: sizeOf(shape) }, (_, place) =>
      apply(at(a, place), at(b, place), float),
    );
    return complete({ ...a, shape, float }, values);
  };
}

/** Integers beyond those that a double holds would come out rounded, where ONNX's go round. */
function exact(apply: Join): (a: Scalar, b: Scalar, float: boolean) => Scalar | undefined {
  return (a, b, float) => {
    const result = apply(a, b);
    const isRounded = typeof result === "number" && !float && !Number.isSafeInteger(result);
    return isRounded ? undefined : result;
  };
}

function chosen(a: Scalar, b: Scalar, sign: 1 | -1): Scalar | undefined {
  const order = compareScalars(a, b);
  if (order === undefined) return undefined;
  return order * sign >= 0 ? a : b;
}

function truth(
  order: -1 | 0 | 1 | undefined,
  holds: (sign: number) => boolean,
): number | undefined {
  if (order === undefined) return undefined;
  return holds(order) ? 1 : 0;
}

function equality(a: Scalar, b: Scalar): number | undefined {
  return truth(compareScalars(a, b), (sign) => sign === 0);
}

function foldCast({ node, inputs: [x] }: SizesCall): Sizes | undefined {
  const to = node.attributes.get("to");
  const dtype = to?.kind === "int" ? dtypeOf(to.value) : undefined;
  if (x === undefined || dtype === undefined) return undefined;
  if (isFloat(dtype)) return { ...x, float: true };
  const whole = dtype === "BOOL" ? (a: Scalar) => (a === 0 ? 0 : 1) : truncateScalar;
  return complete({ ...x, float: false }, x.values.map(whole));
}

/** Of one number for all places, or one for each. */
function pick({ values }: Sizes, at: number): Scalar {
  return values[values.length === 1 ? 0 : at];
}

function foldWhere({ inputs: [condition, a, b] }: SizesCall): Sizes | undefined {
  if (condition === undefined || a === undefined || b === undefined) return undefined;
  const all = [condition, a, b];
  const count = Math.max(...all.map(({ values }) => values.length));
  const fits = all.every(({ values, shape }) => {
    return shape.length <= 1 && (values.length === count || values.length === 1);
  });
  if (!fits) return undefined;
  const values = Array.from({ length: count }, (_, at) =>
    pick(condition, at) === 0 ? pick(b, at) : pick(a, at),
  );
  const isNumber = all.every(({ shape }) => shape.length === 0);
  return { shape: isNumber ? [] : [count], values, float: a.float || b.float };
}

function foldGather({ inputs: [x, indices] }: SizesCall): Sizes | undefined {
  if (x === undefined || indices === undefined || x.shape.length !== 1) return undefined;
  const values = indices.values.map((index) => {
    if (typeof index !== "number") return undefined;
    const place = index < 0 ? index + x.values.length : index;
    return place >= 0 && place < x.values.length ? x.values[place] : undefined;
  });
  return complete({ ...x, shape: indices.shape }, values);
}

function foldSlice({ node, inputs }: SizesCall): Sizes | undefined {
  const [x] = inputs;
  if (x === undefined || x.shape.length !== 1) return undefined;
  const given = (name: string, at: number, otherwise: number): number | undefined => {
    const attribute = node.attributes.get(name);
    if (node.opset < 10) return attribute?.kind === "ints" ? attribute.value[0] : otherwise;
    const sizes = inputs[at];
    const value = sizes === undefined ? otherwise : sizes.values[0];
    return typeof value === "number" ? value : undefined;
  };
  const [start, end, step] = [
    given("starts", 1, 0),
    given("ends", 2, x.values.length),
    given("steps", 4, 1),
  ];
  if (start === undefined || end === undefined || step !== 1) return undefined;
  const values = x.values.slice(start, end);
  return { ...x, shape: [values.length], values };
}

function foldConcat({ inputs }: SizesCall): Sizes | undefined {
  const parts = inputs.filter((input) => input !== undefined);
  if (parts.length < inputs.length || parts.some(({ shape }) => shape.length > 1)) return undefined;
  const values = parts.flatMap((part) => part.values);
  return { shape: [values.length], values, float: parts.some(({ float }) => float) };
}

/** A number as a list of one; longer ones keep to one axis. */
function vector(x: Sizes): Sizes | undefined {
  return x.shape.length === 0 ? { ...x, shape: [1] } : undefined;
}

function foldSqueeze({ inputs: [x] }: SizesCall): Sizes | undefined {
  return x !== undefined && x.values.length === 1 ? { ...x, shape: [] } : undefined;
}

function foldReshape({ inputs: [x, shape] }: SizesCall): Sizes | undefined {
  if (x === undefined || shape === undefined || shape.values.length > 1) return undefined;
  const count = x.values.length;
  const [stated] = shape.values;
  if (stated === undefined) return count === 1 ? { ...x, shape: [] } : undefined;
  return stated === -1 || stated === count ? { ...x, shape: [count] } : undefined;
}

function foldConstantOfShape({ node, inputs: [shape] }: SizesCall): Sizes | undefined {
  if (shape === undefined || shape.values.length > 1) return undefined;
  const [length] = shape.values.length === 0 ? [1] : shape.values;
  if (typeof length !== "number" || length > MOST) return undefined;
  const attribute = node.attributes.get("value");
  const filling =
    attribute?.kind === "tensor" && attribute.value ? sizesOfArray(attribute.value) : undefined;
  const [value] = filling?.values ?? [0];
  return {
    shape: shape.values.length === 0 ? [] : [length],
    values: Array.from({ length }, () => value),
    float: filling?.float ?? true,
  };
}

function foldExpand({ inputs: [x, shape] }: SizesCall): Sizes | undefined {
  if (x === undefined || shape === undefined || shape.values.length !== 1) return undefined;
  const [length] = shape.values;
  if (typeof length !== "number" || x.values.length !== 1 || length > MOST) return undefined;
  return { ...x, shape: [length], values: Array.from({ length }, () => x.values[0]) };
}

function foldRange({ inputs: [start, limit, delta] }: SizesCall): Sizes | undefined {
  const numbers = [start, limit, delta].map((sizes) => sizes?.values[0]);
  const [from, to, step] = numbers;
  if (typeof from !== "number" || typeof to !== "number" || typeof step !== "number") {
    return undefined;
  }
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= MOST)) return undefined;
  const values = Array.from({ length }, (_, at) => from + at * step);
  return { shape: [length], values, float: start?.float ?? false };
}

/** Of a list of numbers, whose only axis is the one that goes. */
function foldReduction({ node, inputs: [x, axes] }: SizesCall, apply: Join): Sizes | undefined {
  if (x === undefined || x.shape.length > 1) return undefined;
  const flag = (name: string, otherwise: boolean): boolean => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === "int" ? attribute.value !== 0 : otherwise;
  };
  const isNone = !node.attributes.has("axes") && (axes === undefined || axes.values.length === 0);
  if (isNone && flag("noop_with_empty_axes", false)) return x;
  const all = foldAll(x, apply);
  return all && { ...all, shape: flag("keepdims", true) ? x.shape.map(() => 1) : [] };
}

type Join = (a: Scalar, b: Scalar) => Scalar | undefined;

/** One number of all. */
function foldAll(x: Sizes, apply: Join): Sizes | undefined {
  let total: Scalar | undefined = x.values[0];
  for (const value of x.values.slice(1)) {
    total = total === undefined || isLong(total) ? undefined : apply(total, value);
  }
  return total === undefined || isLong(total)
    ? undefined
    : { shape: [], values: [total], float: x.float };
}
