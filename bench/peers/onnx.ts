/** The model file that the ONNX runtimes get: the imported one, or layer by layer as the program says. */
import { exportOnnx } from "../../src/formats/onnx/export/export-onnx.ts";
import type { Work } from "../peer.ts";

/** Folding and fusing is left to the runtimes. */
export function onnxModel({ graph, weights, onnx }: Work): Uint8Array {
  if (onnx !== undefined) return onnx;
  const { model } = exportOnnx(graph, weights, { opset: 17 });
  if (model === undefined) throw new Error(`${graph.name} cannot be written as ONNX`);
  return model;
}

export function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error("the runtime gave no float32 output");
}
