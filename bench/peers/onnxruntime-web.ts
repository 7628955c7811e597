/** ONNX Runtime as WebAssembly. */
import * as ort from "onnxruntime-web";
import { knownShape } from "../../src/graph/access.ts";
import type { Peer } from "../peer.ts";
import { floats, onnxModel } from "./onnx.ts";

/** Its threads are web workers, which Node has not. */
export const onnxruntimeWeb: Peer = async (work) => {
  const { graph, input, threads } = work;
  if (threads !== 1) return undefined;
  ort.env.wasm.numThreads = 1;
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
