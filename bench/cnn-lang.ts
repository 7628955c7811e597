/** This project's WebAssembly target as a contender. */
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import { Team } from "../src/runtime/wasm/team.ts";
import type { Peer } from "./peer.ts";

export const cnnLang: Peer = async ({ graph, weights, input, threads }) => {
  const team = threads > 1 ? await Team.start(threads) : undefined;
  const net = prepareWasm(graph, weights, team ? { team } : {});
  net.input(net.plan.inputs[0]).set(input);
  return {
    name: "cnn-lang",
    run: net.run,
    output: () => net.output(net.plan.outputs[0]),
    release: () => {
      net.close();
      team?.close();
    },
  };
};
