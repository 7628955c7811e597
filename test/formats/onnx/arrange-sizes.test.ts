/** Small tensors of known numbers are cut up and put together as ONNX does it: by its own examples and by hand. */
import { describe, expect, it } from "vitest";
import type { OnnxAttribute, OnnxNode } from "../../../src/formats/onnx/import/model.ts";
import { foldSizes } from "../../../src/formats/onnx/import/sizes/fold-sizes.ts";
import type { Sizes } from "../../../src/formats/onnx/import/sizes/sizes.ts";

const node = (
  op: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  opset = 17,
) => ({
  index: 0,
  name: op,
  op,
  domain: "",
  overload: "",
  opset,
  inputs: [],
  outputs: ["y"],
  attributes: new Map(Object.entries(attributes)),
});

const whole = (shape: readonly number[], ...values: readonly number[]): Sizes => ({
  shape,
  values:
    values.length > 0
      ? values
      : Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  float: false,
});
const list = (...values: readonly number[]) => whole([values.length], ...values);
const int = (value: number): OnnxAttribute => ({ kind: "int", value });
const ints = (...value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });

interface Case {
  readonly node: OnnxNode;
  readonly inputs: readonly (Sizes | undefined)[];
  readonly gives: readonly [shape: readonly number[], values: readonly number[]] | undefined;
}

const cases: Readonly<Record<string, Case>> = {
  "pads by side become pads by axis, as PyTorch writes them": {
    node: node("Slice"),
    inputs: [whole([2, 2], 1, 2, 3, 4), list(-1), list(-(2 ** 63)), list(0), list(-1)],
    gives: [
      [2, 2],
      [3, 4, 1, 2],
    ],
  },
  "a slice by two axes and a step": {
    node: node("Slice"),
    inputs: [whole([3, 4]), list(0, 1), list(3, 4), list(0, 1), list(2, 2)],
    gives: [
      [2, 2],
      [1, 3, 9, 11],
    ],
  },
  "a slice beyond both ends": {
    node: node("Slice"),
    inputs: [list(5, 6, 7), list(-9), list(9), undefined, undefined],
    gives: [[3], [5, 6, 7]],
  },
  "a slice of nothing": {
    node: node("Slice"),
    inputs: [list(5, 6, 7), list(2), list(1), undefined, undefined],
    gives: [[0], []],
  },
  "a slice by attributes": {
    node: node("Slice", { starts: ints(1), ends: ints(-1), axes: ints(0) }, 9),
    inputs: [list(5, 6, 7)],
    gives: [[1], [6]],
  },
  "a slice without a step": {
    node: node("Slice"),
    inputs: [list(5, 6, 7), list(0), list(2), list(0), list(0)],
    gives: undefined,
  },
  "a transposition": {
    node: node("Transpose"),
    inputs: [whole([2, 3])],
    gives: [
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
  },
  "a transposition of three axes": {
    node: node("Transpose", { perm: ints(1, 2, 0) }),
    inputs: [whole([2, 1, 3])],
    gives: [
      [1, 3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
  },
  "a reshape to what is left": {
    node: node("Reshape"),
    inputs: [whole([2, 3]), list(0, -1, 1)],
    gives: [
      [2, 3, 1],
      [0, 1, 2, 3, 4, 5],
    ],
  },
  "a reshape that does not come out even": {
    node: node("Reshape"),
    inputs: [whole([2, 3]), list(4, -1)],
    gives: undefined,
  },
  "rows gathered by a table": {
    node: node("Gather", { axis: int(0) }),
    inputs: [whole([3, 2]), whole([2, 2], 0, 1, -1, 2)],
    gives: [
      [2, 2, 2],
      [0, 1, 2, 3, 4, 5, 4, 5],
    ],
  },
  "columns gathered by a number": {
    node: node("Gather", { axis: int(1) }),
    inputs: [whole([3, 2]), whole([], 1)],
    gives: [[3], [1, 3, 5]],
  },
  "a place beyond the end": {
    node: node("Gather"),
    inputs: [list(1, 2), list(2)],
    gives: undefined,
  },
  "columns joined": {
    node: node("Concat", { axis: int(-1) }),
    inputs: [whole([2, 2]), whole([2, 1], 8, 9)],
    gives: [
      [2, 3],
      [0, 1, 8, 2, 3, 9],
    ],
  },
  "tables that do not fit": {
    node: node("Concat", { axis: int(0) }),
    inputs: [whole([2, 2]), whole([2, 1])],
    gives: undefined,
  },
  "a column stretched": {
    node: node("Expand"),
    inputs: [whole([2, 1]), list(3, 1, 2)],
    gives: [
      [3, 2, 2],
      [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1],
    ],
  },
  "axes put in": {
    node: node("Unsqueeze"),
    inputs: [whole([2, 3]), list(-1, 0)],
    gives: [
      [1, 2, 3, 1],
      [0, 1, 2, 3, 4, 5],
    ],
  },
  "axes taken out": {
    node: node("Squeeze", { axes: ints(-1) }, 11),
    inputs: [whole([1, 2, 1])],
    gives: [
      [1, 2],
      [0, 1],
    ],
  },
  "an axis of more than one place": {
    node: node("Squeeze", { axes: ints(0) }, 11),
    inputs: [whole([2, 1])],
    gives: undefined,
  },
};

describe("shape arithmetic", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const { node: of, inputs, gives } = cases[name];
    const got = foldSizes({ node: of, inputs });
    expect(got && [got.shape, got.values]).toEqual(gives);
  });
});
