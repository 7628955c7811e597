/** ONNX Runtime as WebAssembly. */
import * as ort from "onnxruntime-web";
import { exportOnnx, valueName } from "../onnx/export.ts";
import { knownShape } from "../../src/graph/access.ts";
import type { Peer } from "../peer.ts";

/** The number of threads is fixed when the module starts, once in a process. */
let started: number | undefined;

export const onnxruntimeWeb: Peer = async ({ graph, weights, input, threads }) => {
  if (started !== undefined && started !== threads) return undefined;
  started = threads;
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(exportOnnx(graph, weights), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const [id] = graph.inputs;
  const shape = knownShape(graph.values[id].type.shape);
  const feeds = { [valueName(id)]: new ort.Tensor("float32", input, shape) };
  const [{ value }] = graph.outputs;
  let result: ort.InferenceSession.ReturnType | undefined;
  return {
    name: "onnxruntime-web",
    run: async () => {
      result = await session.run(feeds);
    },
    output: () => floats(result?.[valueName(value)]?.data),
    release: () => session.release(),
  };
};

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error("onnxruntime-web gave no float32 output");
}
