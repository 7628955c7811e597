/** The runtimes of `bench/package.json`. */
import type { Peer } from "../peer.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { tfjsWasm } from "./tfjs-wasm.ts";

export const peers: Readonly<Record<string, Peer>> = {
  "onnxruntime-web": onnxruntimeWeb,
  "onnxruntime-node": onnxruntimeNode,
  "tfjs-backend-wasm": tfjsWasm,
};
