/** This project's WebAssembly target as a contender: with the usual vectors, and with wide ones. */
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import { Team } from "../src/runtime/wasm/team.ts";
import type { Here, Peer, Work } from "./peer.ts";

export const OWN = "cnn-lang";
export const OWN_WIDE = "cnn-lang --wide";

export const cnnLang: Peer = (work) => runHere(work, false);

/** @param wide for an engine that joins pairs of vectors */
export async function runHere(
  { graph, weights, input, threads }: Work,
  wide: boolean,
): Promise<Here> {
  const team = threads > 1 ? await Team.start(threads) : undefined;
  const net = prepareWasm(graph, weights, { wide, ...(team && { team }) });
  net.input(net.plan.inputs[0]).set(input);
  return {
    name: wide ? OWN_WIDE : OWN,
    run: net.run,
    output: () => net.output(net.plan.outputs[0]),
    release: () => {
      net.close();
      team?.close();
    },
  };
}
