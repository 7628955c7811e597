/** ONNX Runtime as native code. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { exportOnnx, valueName } from "../onnx/export.ts";
import { knownShape } from "../../src/graph/access.ts";
import type { Peer } from "../peer.ts";

export const onnxruntimeNode: Peer = async ({ graph, weights, input, threads }) => {
  const session = await InferenceSession.create(exportOnnx(graph, weights), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const [id] = graph.inputs;
  const shape = knownShape(graph.values[id].type.shape);
  const feeds = { [valueName(id)]: new Tensor("float32", input, shape) };
  const [{ value }] = graph.outputs;
  let result: InferenceSession.ReturnType | undefined;
  return {
    name: "onnxruntime-node",
    run: async () => {
      result = await session.run(feeds);
    },
    output: () => floats(result?.[valueName(value)]?.data),
    release: () => session.release(),
  };
};

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error("onnxruntime-node gave no float32 output");
}
