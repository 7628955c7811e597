import { expect, test } from "vitest";
import { transposedMatrix } from "../../../src/formats/onnx/import/arrays.ts";
import { toTensor } from "../../../src/formats/tensors/stored-array.ts";

test.each([0, 1, 2, 3, 4])("a matrix at any place of its file is transposed: at byte %i", (at) => {
  const file = new Uint8Array(at + 24);
  file.set(new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer), at);
  const { shape, data } = toTensor(
    transposedMatrix({ dtype: "F32", shape: [2, 3], bytes: file.subarray(at) }),
  );
  expect(shape).toEqual([3, 2]);
  expect([...data]).toEqual([1, 4, 2, 5, 3, 6]);
});
