/**
 * What a layer is in ONNX, as plain data: expressions of ONNX's operators over the layer's
 * tensors. `src/formats/onnx/` names them and writes the file; this file knows no bytes.
 *
 *     onnx: ({ inputs: [x] }) => op("Mul", [x, op("Sigmoid", [x])])
 */
import type { Problem } from "../diagnostics/diagnostic.ts";
import type { Dim } from "../graph/dim.ts";

/** The versions of ONNX's operators that models are written for. */
export const OPSETS = [13, 17, 21] as const;

/** One of these versions. */
export type Opset = (typeof OPSETS)[number];

/** One value for each output of the layer, or why there is none. */
export type OnnxExpression = OnnxValue | readonly OnnxValue[] | Problem;

export interface OnnxCall<A> {
  readonly opset: Opset;
  /** Sizes in them may be symbolic. */
  readonly attributes: A;
  readonly inputs: readonly OnnxTensor[];
  /** By role; their shapes are known. */
  readonly weights: Readonly<Record<string, OnnxTensor>>;
  /** Of the layer's outputs. */
  readonly shapes: readonly (readonly Dim[])[];
}

/** An expression that is used twice, as one object, is computed once. */
export type OnnxValue = OnnxTensor | OnnxConstant | OnnxSizes | OnnxResult;

/** An input or a weight of the layer. */
export interface OnnxTensor {
  readonly kind: "tensor";
  readonly name: string;
  readonly shape: readonly Dim[];
}

export interface OnnxConstant {
  readonly kind: "constant";
  readonly type: "float" | "int64" | "bool";
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly values: readonly number[];
}

/** A vector of int64; sizes that are not known are computed where the model runs. */
export interface OnnxSizes {
  readonly kind: "sizes";
  readonly sizes: readonly Dim[];
}

/** An output of an operator. */
export interface OnnxResult {
  readonly kind: "result";
  readonly of: OnnxOperation;
  readonly output: number;
}

export interface OnnxOperation {
  /** `Conv`, of ONNX's own domain. */
  readonly type: string;
  /** Undefined for an optional one that is left out. */
  readonly inputs: readonly (OnnxValue | undefined)[];
  readonly attributes: OnnxAttributes;
  readonly outputs: number;
}

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

/** An operator with one output. */
export function op(
  type: string,
  inputs: OnnxOperation["inputs"],
  attributes: OnnxAttributes = {},
): OnnxResult {
  return { kind: "result", of: { type, inputs, attributes, outputs: 1 }, output: 0 };
}

/** An operator with several outputs. */
export function ops(
  type: string,
  inputs: OnnxOperation["inputs"],
  attributes: OnnxAttributes,
  outputs: number,
): readonly OnnxResult[] {
  const of: OnnxOperation = { type, inputs, attributes, outputs };
  return Array.from({ length: outputs }, (_, output) => ({ kind: "result", of, output }));
}

/** One number, which broadcasts. */
export function constant(value: number): OnnxConstant {
  return { kind: "constant", type: "float", shape: [], values: [value] };
}

/** A vector unless `shape` is given. */
export function floatTensor(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): OnnxConstant {
  return { kind: "constant", type: "float", shape, values };
}

/** A vector of int64. */
export function int64s(...values: readonly number[]): OnnxConstant {
  return { kind: "constant", type: "int64", shape: [values.length], values };
}

/** A vector of int64 that need not be known. */
export function sizes(...dims: readonly Dim[]): OnnxSizes {
  return { kind: "sizes", sizes: dims };
}

export function flag(value: boolean): { readonly int: number } {
  return { int: value ? 1 : 0 };
}
