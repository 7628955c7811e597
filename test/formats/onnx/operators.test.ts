/** Operators that ONNX's own cases here do not have, against numbers worked out by hand. */
import { expect, test } from "vitest";
import { compileOnnx } from "../../../src/compile-onnx.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { printGraph } from "../../../src/graph/print.ts";
import { onnxModel } from "./build.ts";

test("LpPool: the length of the vectors in its windows", async () => {
  const model = onnxModel({
    inputs: { x: [1, 1, 2, 4] },
    outputs: { y: [1, 1, 1, 2] },
    nodes: [
      {
        op: "LpPool",
        in: ["x"],
        out: ["y"],
        attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
      },
    ],
  });
  const net = await compileOnnx(model, { target: "wasm" });
  const { y } = net.run({ x: { shape: [1, 1, 2, 4], data: [3, -4, 1, 1, 0, 0, -1, 1] } });
  net.close();
  expect(y.shape).toEqual([1, 1, 1, 2]);
  expect(y.data[0]).toBeCloseTo(5, 5);
  expect(y.data[1]).toBeCloseTo(2, 5);
});

test("sizes of -1 are open, as Paddle writes them", () => {
  const model = onnxModel({
    inputs: { x: [-1, 3, -1, 8] },
    outputs: { y: [-1, 3, -1, 8] },
    nodes: [{ op: "Relu", in: ["x"], out: ["y"] }],
  });
  const { graph } = importOnnx(model).model ?? {};
  expect(graph && printGraph(graph)).toContain("[N, 3, H, 8]");
});
