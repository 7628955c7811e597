/** What a name of an ONNX graph stands for while the graph is turned into layers. */
import type { TensorValue } from "../../../check/evaluate/values.ts";
import type { Dim } from "../../../graph/dim.ts";
import { type StoredArray, toTensor } from "../../tensors/stored-array.ts";
import type { OnnxNode } from "./model.ts";
import { shortest } from "./shortest.ts";
import type { Sizes } from "./sizes/sizes.ts";

export type Operand =
  | Flow
  | Constant
  | { readonly kind: "sizes"; readonly sizes: Sizes }
  /** A further result of a node that no layer gives. */
  | { readonly kind: "lacking"; readonly node: OnnxNode; readonly output: number }
  /** Its mistake was reported. */
  | { readonly kind: "poison" };

/** Numbers of the file, or computed from such. */
export interface Constant {
  readonly kind: "constant";
  readonly array: StoredArray;
  /** ONNX's name. */
  readonly name: string;
}

/**
 * A value that flows through the network. Layers on maps take `[N, C, H, W]`; a sequence
 * `[N, C, L]` is a map of height 1 for them. Both forms are kept, and each is made once and only
 * where it is read, so that between two convolutions of sequences nothing is reshaped.
 */
export interface Flow {
  readonly kind: "flow";
  own: TensorValue | undefined;
  /** The sequence as a map `[N, C, 1, L]`. */
  map: TensorValue | undefined;
  /** Holds only 0 and 1: what ONNX calls booleans. */
  readonly mask: boolean;
}

/** The shape in the model, whichever form is there; undefined for what has no value. */
export function shapeOf(operand: Operand): readonly Dim[] | undefined {
  switch (operand.kind) {
    case "flow":
      return operand.own?.type.shape ?? operand.map?.type.shape.toSpliced(2, 1);
    case "constant":
      return operand.array.shape;
    case "sizes":
      return operand.sizes.shape;
    case "lacking":
    case "poison":
      return undefined;
    default:
      return operand satisfies never;
  }
}

/** The number that a tensor of one element holds, where it is known. */
export function numberOf(operand: Operand): number | undefined {
  if (operand.kind === "sizes") {
    const [value, ...others] = operand.sizes.values;
    return others.length === 0 && typeof value === "number" ? value : undefined;
  }
  if (operand.kind !== "constant") return undefined;
  const { array } = operand;
  if (array.shape.some((size) => size !== 1)) return undefined;
  const [value] = toTensor(array).data;
  return array.dtype === "F32" ? shortest(value) : value;
}

export const poisoned: Operand = { kind: "poison" };

export function flowOf(own: TensorValue, mask = false): Flow {
  return { kind: "flow", own, map: undefined, mask };
}

export function flowOfMap(map: TensorValue): Flow {
  return { kind: "flow", own: undefined, map, mask: false };
}
