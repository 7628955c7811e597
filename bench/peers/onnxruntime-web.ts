/** ONNX Runtime as WebAssembly. */
import * as ort from "onnxruntime-web";
import { knownShape } from "../../src/graph/access.ts";
import type { Peer } from "../peer.ts";
import { floats, onnxModel } from "./onnx.ts";

/** The number of threads is fixed when the module starts, once in a process. */
let started: number | undefined;

export const onnxruntimeWeb: Peer = async (work) => {
  const { graph, input, threads } = work;
  if (started !== undefined && started !== threads) return undefined;
  started = threads;
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(onnxModel(work), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const shape = knownShape(graph.values[graph.inputs[0]].type.shape);
  const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", input, shape) };
  let result: ort.InferenceSession.ReturnType | undefined;
  return {
    name: "onnxruntime-web",
    run: async () => {
      result = await session.run(feeds);
    },
    output: () => floats(result?.[session.outputNames[0]]?.data),
    release: () => session.release(),
  };
};
