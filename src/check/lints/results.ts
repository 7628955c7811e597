/** What stands at the end of a model, behind layers that change no value. */
import type { Node } from "../../graph/graph.ts";
import type { Flow } from "./flow.ts";

const PASSING: ReadonlySet<string> = new Set(["flatten", "reshape", "identity", "dropout"]);

export function changesNothing({ kind }: Node): boolean {
  return PASSING.has(kind);
}

/** The layers that compute the model's results. */
export function lastLayers(flow: Flow): readonly Node[] {
  const makers = flow.graph.outputs.map(({ value }) => flow.makerThrough(value, changesNothing));
  return [...new Set(makers.filter((maker) => maker !== undefined))];
}
