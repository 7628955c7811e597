/** This project's WebAssembly target as a contender. */
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import type { Peer } from "./peer.ts";

export const cnnLang: Peer = async ({ graph, weights, input, threads }) => {
  if (threads !== 1) return undefined;
  const net = prepareWasm(graph, weights);
  net.input(net.plan.inputs[0]).set(input);
  return {
    name: "cnn-lang",
    run: net.run,
    output: () => net.output(net.plan.outputs[0]),
    release: () => undefined,
  };
};
