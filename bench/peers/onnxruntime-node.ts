/** ONNX Runtime as native code. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { knownShape } from "../../src/graph/access.ts";
import type { Peer } from "../peer.ts";
import { floats, onnxModel } from "./onnx.ts";

export const onnxruntimeNode: Peer = async (work) => {
  const { graph, input, threads } = work;
  const session = await InferenceSession.create(onnxModel(work), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const shape = knownShape(graph.values[graph.inputs[0]].type.shape);
  const feeds = { [session.inputNames[0]]: new Tensor("float32", input, shape) };
  let result: InferenceSession.ReturnType | undefined;
  return {
    name: "onnxruntime-node",
    run: async () => {
      result = await session.run(feeds);
    },
    output: () => floats(result?.[session.outputNames[0]]?.data),
    release: () => session.release(),
  };
};
