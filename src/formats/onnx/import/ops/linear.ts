/** Gemm and MatMul: `linear` where a factor is stored, `matmul` where both flow. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Dim } from "../../../../graph/dim.ts";
import { spreadArray, transposedMatrix } from "../arrays.ts";
import type { OpCall } from "../call.ts";
import type { Constant } from "../operand.ts";
import { type OpTable, op } from "./handler.ts";

export const linearOps: OpTable = { Gemm: op(2, 3, lowerGemm), MatMul: op(2, 2, lowerMatMul) };

function lowerGemm(call: OpCall): void {
  const [alpha, beta] = [call.float("alpha", 1), call.float("beta", 1)];
  const x = transposedWhere(call, call.tensor(0), call.flag("transA", false));
  const given = call.operand(1);
  if (given.kind !== "constant" || given.array.shape.length !== 2) {
    const b = transposedWhere(call, call.tensor(1), call.flag("transB", false));
    const product = scaled(call, call.layer("matmul", {}, [x, b]), alpha);
    call.give(call.has(2) && beta !== 0 ? withTerm(call, product, beta) : product);
    return;
  }
  const matrix = call.weight(1, "B");
  const stored = call.flag("transB", false) ? matrix.array : transposedMatrix(matrix.array);
  const weight: Constant = { ...matrix, array: stored };
  const [out, depth] = weight.array.shape;
  call.expectSize(x, "features", depth, matrix);
  const hasTerm = call.has(2) && beta !== 0;
  const bias = hasTerm && alpha === 1 && beta === 1 ? biasOf(call, out) : undefined;
  const attributes = { out, bias: bias !== undefined, in_features: featuresFor(x) };
  const weights = { weight, ...(bias && { bias }) };
  const y = scaled(call, call.layer("linear", attributes, [x], { weights }), alpha);
  call.give(hasTerm && bias === undefined ? withTerm(call, y, beta) : y);
}

function transposedWhere(call: OpCall, x: TensorValue, transpose: boolean): TensorValue {
  return transpose ? call.layer("permute", { order: [1, 0] }, [x]) : x;
}

function scaled(call: OpCall, x: TensorValue, factor: number): TensorValue {
  return factor === 1 ? x : call.layer("mul_scalar", { scalar: factor }, [x]);
}

/** The third operand as a bias, where it is the same for every row. */
function biasOf(call: OpCall, out: number): Constant | undefined {
  const operand = call.operand(2);
  if (operand.kind !== "constant") return undefined;
  const { shape } = operand.array;
  const columns = shape.at(-1) ?? 1;
  const oneRow = shape.slice(0, -1).every((size) => size === 1);
  if (!oneRow || (columns !== out && columns !== 1)) return undefined;
  const bias = call.weight(2, "C");
  return { ...bias, array: spreadArray(bias.array, out) };
}

function withTerm(call: OpCall, product: TensorValue, beta: number): TensorValue {
  const number = call.number(2);
  if (number !== undefined) {
    return call.layer("add_scalar", { scalar: beta * number }, [product]);
  }
  return call.layer("add", {}, [product, scaled(call, call.tensor(2), beta)]);
}

function lowerMatMul(call: OpCall): void {
  const given = call.operand(1);
  if (given.kind !== "constant" || given.array.shape.length !== 2 || call.rank(0) < 2) {
    call.give(matrixProduct(call));
    return;
  }
  const matrix = call.weight(1, "B");
  const weight: Constant = { ...matrix, array: transposedMatrix(matrix.array) };
  const [out, depth] = weight.array.shape;
  const x = call.tensor(0);
  call.expectSize(x, "features", depth, matrix);
  const attributes = { out, bias: false, in_features: featuresFor(x) };
  call.give(call.layer("linear", attributes, [x], { weights: { weight } }));
}

/** A vector is a matrix of one row, or as the second factor of one column, whose axis goes again. */
function matrixProduct(call: OpCall): TensorValue {
  const [a, b] = [call.tensor(0), call.tensor(1)];
  const [isRow, isColumn] = [a, b].map(({ type }) => type.shape.length === 1);
  const left = isRow ? call.layer("unsqueeze", { axes: [0] }, [a]) : a;
  const right = isColumn ? call.layer("unsqueeze", { axes: [1] }, [b]) : b;
  const matrix = call.layer("matmul", {}, [left, right]);
  const last = matrix.type.shape.length - 1;
  const axes = [...(isRow ? [last - 1] : []), ...(isColumn ? [last] : [])];
  return axes.length === 0 ? matrix : call.layer("squeeze", { axes }, [matrix]);
}

/** On a map the layer must be told that its last axis is meant. */
function featuresFor({ type: { shape } }: TensorValue): Dim | null {
  return shape.length === 4 ? shape[3] : null;
}
