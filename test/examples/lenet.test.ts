/**
 * From text to a result: the two LeNets, trained with PyTorch on MNIST, give PyTorch's logits and
 * read real digits. The material and its source: `test/material/lenet/README.md`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { readImage } from "../../src/formats/images/image.ts";
import { readNpz } from "../../src/formats/tensors/npz.ts";
import { toTensor } from "../../src/formats/tensors/stored-array.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { Net } from "../../src/runtime/net.ts";
import digits from "../material/lenet/digits/expected.json" with { type: "json" };
import { example, exampleBytes } from "./examples.ts";

const nets = [
  { file: "lenet5", answers: "lenet5" },
  { file: "lenet5-bn", answers: "lenet5_bn" },
] as const;

const MEAN = 0.1307;
const DEVIATION = 0.3081;

const expected = readNpz(
  readFileSync(join(import.meta.dirname, "../material/lenet/expected.npz")),
  "expected.npz",
);

describe.each(nets)("$file", async ({ file, answers }) => {
  const net = await compile(example(file), {
    weights: exampleBytes(`weights/${answers}.safetensors`),
  });

  test("gives PyTorch's logits for 64 test digits", () => {
    const x = stored("x");
    // The program normalises by itself; the stored digits are normalised already.
    const data = x.data.map((value) => value * DEVIATION + MEAN);
    const { output } = net.run({ image: { shape: x.shape, data } });
    expectClose(output.data, stored(answers).data);
  });

  test.each(Object.entries(digits))("reads %s", (image, { label, [answers]: { pred, logits } }) => {
    const output = logitsOf(net, image);
    expectClose(output, logits);
    expect(net.labels[output.indexOf(Math.max(...output))]).toBe(String(pred));
    expect(pred).toBe(label);
  });
});

function logitsOf(net: Net, image: string): Float32Array {
  const [input] = net.inputs;
  const pixels = readImage(exampleBytes(`digits/${image}`), image, input);
  if ("code" in pixels) throw new Error(pixels.code);
  return net.run({ [input.name]: pixels }).output.data;
}

/** Within 1e-5 of the largest logit. */
function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(actual.length).toBe(wanted.length);
  const largest = Math.max(...Array.from(wanted, Math.abs));
  const errors = Array.from(wanted, (value, i) => Math.abs(actual[i] - value));
  expect(Math.max(...errors) / largest).toBeLessThan(1e-5);
}

function stored(name: string): Tensor {
  if ("code" in expected) throw new Error(expected.code);
  const array = expected.get(name);
  if (array === undefined) throw new Error(`expected.npz has no ${name}`);
  return toTensor(array);
}
