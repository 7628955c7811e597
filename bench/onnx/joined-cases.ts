/**
 * Layers behind each other that runtimes join to one, which is where they go wrong: a pool, a
 * convolution or a norm behind padding, activations behind sums.
 */
import { check } from "../../src/check/check.ts";
import { exportOnnx } from "../../src/formats/onnx/export/export-onnx.ts";
import { knownShape } from "../../src/graph/access.ts";
import { OPSETS } from "../../src/layers/onnx.ts";
import { run } from "../../src/runtime/reference.ts";
import { values } from "../../test/examples/formula.ts";
import { type Case, rounded } from "./case.ts";

const CHAINS = [
  "pad(1) -> max_pool(2)",
  "pad((1, 0, 0, 1), value: 0.5) -> max_pool(2)",
  "pad(1) -> avg_pool(2)",
  "pad(1) -> avg_pool(3, padding: 1, count_include_pad: false)",
  "pad(1) -> conv(3, kernel: 3)",
  "pad(1, value: 0.5) -> conv(3, kernel: 3, padding: 1)",
  "pad(1, mode: reflect) -> conv(3, kernel: 3)",
  "conv(3, kernel: 3) -> batch_norm -> relu6",
  "batch_norm -> conv(3, kernel: 3, padding: 1)",
  "conv(2, kernel: 1) -> clip(-0.1, 0.1) -> relu",
  "permute([0, 2, 3, 1]) -> layer_norm(-1) -> permute([0, 3, 1, 2])",
];

/** @param words `joined` asks for these; all are taken unless there are any */
export function* joinedCases(words: readonly string[]): Generator<Case> {
  if (words.length > 0 && !words.includes("joined")) return;
  for (const chain of CHAINS) yield* casesOf(chain);
}

function* casesOf(chain: string): Generator<Case> {
  const text = `model Joined(x: [2, 2, 6, 6]) { x -> ${chain} }`;
  const [{ graph }] = check(text).models;
  const inputs = new Map([["x", rounded(values("x", [2, 2, 6, 6]))]]);
  const weights = new Map(
    [...graph.weights.values()].map(({ name, shape }) => {
      const { data } = rounded(values(name, knownShape(shape)));
      const positive = name.endsWith("running_var")
        ? data.map((value) => Math.abs(value) + 0.1)
        : data;
      return [name, { shape: knownShape(shape), data: positive }];
    }),
  );
  const { outputs } = run(graph, weights, inputs);
  for (const opset of OPSETS) {
    const { model } = exportOnnx(graph, weights, { opset });
    if (model === undefined) throw new Error(`${chain} cannot be exported`);
    yield { what: `${chain}, opset ${opset}`, model, opset, inputs, outputs, tolerance: 1e-5 };
  }
}
