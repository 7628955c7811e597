/**
 * Shape arithmetic: the operators that exporters compute shapes with, done on small tensors of
 * known numbers and named sizes. What a handler cannot do here gives undefined, and the node is
 * then treated as any other.
 */
import { type Dim, isTangled } from "../../../../graph/dim.ts";
import { sizeOf } from "../../../../graph/tensor.ts";
import { isFloat } from "../../../tensors/stored-array.ts";
import type { OnnxNode } from "../model.ts";
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
import { arrangements } from "./arrange-sizes.ts";
import {
  type Fold,
  MOST,
  type Sizes,
  type SizesCall,
  sizesOfArray,
  stretched,
  stretchedValue,
} from "./sizes.ts";
import { dtypeOf } from "../tensor-data.ts";

const folds: Readonly<Record<string, Fold>> = {
  ...arrangements,
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
  ConstantOfShape: foldConstantOfShape,
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
    const shape = stretched([a, b]);
    if (shape === undefined) return undefined;
    const float = a.float || b.float;
    const values = Array.from({ length: sizeOf(shape) }, (_, place) =>
      apply(stretchedValue(a, place, shape), stretchedValue(b, place, shape), float),
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

function foldWhere({ inputs: [condition, a, b] }: SizesCall): Sizes | undefined {
  if (condition === undefined || a === undefined || b === undefined) return undefined;
  const shape = stretched([condition, a, b]);
  if (shape === undefined) return undefined;
  const values = Array.from({ length: sizeOf(shape) }, (_, place) => {
    const chosenOne = stretchedValue(condition, place, shape) === 0 ? b : a;
    return stretchedValue(chosenOne, place, shape);
  });
  return { shape, values, float: a.float || b.float };
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
