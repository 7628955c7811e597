/** The LeNets as PyTorch wrote them into ONNX files give PyTorch's logits. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileOnnx } from "../../../src/compile-onnx.ts";
import { readNpz } from "../../../src/formats/tensors/npz.ts";
import { toTensor } from "../../../src/formats/tensors/stored-array.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { relativeError } from "../../relative-error.ts";

const folder = new URL("../../material/lenet/", import.meta.url);

function expected(name: string): Tensor {
  const arrays = readNpz(readFileSync(new URL("expected.npz", folder)), "expected.npz");
  if ("code" in arrays) throw new Error(arrays.code);
  const array = arrays.get(name);
  if (array === undefined) throw new Error(`no ${name}`);
  return toTensor(array);
}

test.each([
  ["lenet5.onnx", "lenet5"],
  ["lenet5_bn.onnx", "lenet5_bn"],
  ["lenet5_bn.unfolded.onnx", "lenet5_bn"],
])("%s", async (file, logits) => {
  const bytes = readFileSync(new URL(file, folder));
  const x = expected("x");
  const wanted = expected(logits);
  for (const target of ["wasm", "reference"] as const) {
    const net = await compileOnnx(bytes, { file, target });
    const got = net.run({ input: x })["logits"];
    expect(got.shape).toEqual(wanted.shape);
    expect(relativeError(got.data, wanted.data)).toBeLessThan(1e-5);
    net.close();
  }
});
