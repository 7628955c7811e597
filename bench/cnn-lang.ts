/** This project's WebAssembly target as a contender: with the usual vectors, and with wide ones. */
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import { Team } from "../src/runtime/wasm/team.ts";
import type { Peer } from "./peer.ts";

export const cnnLang = contender(false);
/** For an engine that joins pairs of vectors. */
export const wideCnnLang = contender(true);

function contender(wide: boolean): Peer {
  return async ({ graph, weights, input, threads }) => {
    const team = threads > 1 ? await Team.start(threads) : undefined;
    const net = prepareWasm(graph, weights, { wide, ...(team && { team }) });
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
}
