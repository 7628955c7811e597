/**
 * Holds exported ONNX models against onnxruntime: every layer, on the problems of its tests with
 * known and with named sizes, and every example, all at every opset. Ends non-zero where an
 * output differs from the reference interpreter's, or where a layer is left out unasked.
 *
 *     npm --prefix bench ci --ignore-scripts && npx tsx bench/onnx-outputs.ts [word …]
 */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { exportOnnx } from "../src/formats/onnx/export/export-onnx.ts";
import { randomSource } from "../src/graph/random.ts";
import { type Tensor, tensor } from "../src/graph/tensor.ts";
import { tensorType } from "../src/graph/tensor-type.ts";
import { layers } from "../src/layers/index.ts";
import { OPSETS } from "../src/layers/onnx.ts";
import { attributesOf, layerOf } from "../test/layers/arguments.ts";
import { layerGraph } from "../test/layers/layer-graph.ts";
import { problems } from "../test/layers/problems.ts";
import { symbolic } from "../test/layers/symbolic.ts";
import { inputTensor, weightTensor } from "../test/layers/tensors.ts";

const words = process.argv.slice(2);
let [checked, failed] = [0, 0];

for (const kind of layers.keys()) {
  if (words.length > 0 && !words.includes(kind)) continue;
  for (const problem of problems[kind] ?? []) {
    const attributes = attributesOf(kind, problem.given);
    const random = randomSource(11);
    const inputs = problem.inputs.map((shape) => inputTensor(shape, random, problem.range));
    const types = problem.inputs.map(tensorType);
    const weights = Object.fromEntries(
      Object.entries(layerOf(kind).weights(attributes, types)).map(([role, { shape }]) => [
        role,
        weightTensor(shape.map(Number), random),
      ]),
    );
    const { outputs } = layerOf(kind).reference({
      attributes,
      inputs: inputs.map(single),
      weights: Object.fromEntries(Object.entries(weights).map(([r, w]) => [r, single(w)])),
      mode: "inference",
    });
    for (const opset of OPSETS) {
      for (const form of ["known", "named"] as const) {
        const what = `${kind} ${JSON.stringify(problem.given)} on ${problem.inputs.map((s) => `[${s}]`).join(" ")}, opset ${opset}, ${form}`;
        const graph = layerGraph(
          kind,
          attributes,
          form === "known" ? types : symbolic(problem.inputs).types,
        );
        if (graph === undefined) {
          console.log("no type", what);
          continue;
        }
        const named = new Map(
          Object.entries(weights).map(([role, w]) => [graph.nodes[0].weights[role], w]),
        );
        const exported = exportOnnx(graph, named, { opset });
        if (exported.model === undefined) {
          console.log("refused", what, JSON.stringify(exported.diagnostics[0].facts));
          continue;
        }
        checked++;
        try {
          const session = await InferenceSession.create(exported.model, { logSeverityLevel: 3 });
          const feeds = Object.fromEntries(
            inputs.map(({ shape, data }, at) => [
              `x${at}`,
              new OrtTensor("float32", Float32Array.from(data), [...shape]),
            ]),
          );
          const got = await session.run(feeds);
          for (const [at, want] of outputs.entries()) {
            const have = got[`y${at}`];
            let worst = 0;
            const largest = want.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
            const data = have.data as Float32Array;
            want.data.forEach((v, i) => {
              worst = Math.max(worst, Math.abs(v - data[i]));
              if (Number.isNaN(data[i])) worst = Infinity;
            });
            if (
              String(have.dims) !== String(want.shape) ||
              worst > 1e-6 * Math.max(1, largest) + layerOf(kind).tolerance * largest
            ) {
              failed++;
              console.log(
                "DIFFERS",
                what,
                `y${at} [${have.dims}] not [${want.shape}]`,
                worst,
                largest,
              );
            }
          }
          await session.release();
        } catch (error) {
          failed++;
          console.log("FAILS", what, String(error).slice(0, 300));
        }
      }
    }
  }
}
console.log(`${checked} models, ${failed} wrong`);
function single({ shape, data }: Tensor): Tensor {
  return tensor(shape, Float32Array.from(data));
}
