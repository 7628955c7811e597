/** What turns the nodes of one operator into layers. */
import type { OpCall } from "../call.ts";

export interface OpHandler {
  /** How many inputs the operator takes, over all versions. */
  readonly inputs: readonly [min: number, max: number];
  /** Gives the results of the call. @throws Refusal */
  lower(call: OpCall): void;
}

export type OpTable = Readonly<Record<string, OpHandler>>;

/** An operator with one way to lower it. */
export function op(min: number, max: number, lower: (call: OpCall) => void): OpHandler {
  return { inputs: [min, max], lower };
}
