/** Reductions over axes; over height and width they are global pools. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Attributes } from "../../../../graph/attributes.ts";
import type { OpCall } from "../call.ts";
import { axesOf } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";

interface Steps {
  /** Done to the elements before they are reduced, and to the result. */
  readonly before?: string;
  readonly after?: string;
  readonly attributes?: Attributes;
  /** The layer for height and width of a map, kept as axes of size 1. */
  readonly pool?: string;
  /** The version from which the axes are an input; 18 for most. */
  readonly since?: number;
}

function reduction(kind: string, steps: Steps = {}) {
  return op(1, 2, (call) => call.give(reduce(call, kind, steps)));
}

export const reductionOps: OpTable = {
  ReduceMean: reduction("mean", { pool: "global_avg_pool" }),
  ReduceMax: reduction("amax", { pool: "global_max_pool" }),
  ReduceMin: reduction("amin"),
  ReduceSum: reduction("sum", { since: 13 }),
  ReduceProd: reduction("prod"),
  ReduceL1: reduction("norm", { attributes: { p: 1 } }),
  ReduceL2: reduction("norm"),
  ReduceLogSumExp: reduction("logsumexp"),
  ReduceLogSum: reduction("sum", { after: "log" }),
  ReduceSumSquare: reduction("sum", { before: "square" }),
};

function reduce(call: OpCall, kind: string, steps: Steps): TensorValue {
  const { since = 18, attributes = {} } = steps;
  const input = call.tensor(0);
  const rank = input.type.shape.length;
  const stated = axesOf(call, since, 1, rank) ?? [];
  const none = stated.length === 0;
  if (none && call.flag("noop_with_empty_axes", false)) return alone(call, input, kind, steps);
  const axes = none ? Array.from({ length: rank }, (_, axis) => axis) : stated;
  const keepdim = call.flag("keepdims", true);
  if (steps.pool !== undefined && rank === 4 && keepdim && axes.join() === "2,3") {
    return call.layer(steps.pool, {}, [input]);
  }
  const x = steps.before === undefined ? input : call.layer(steps.before, {}, [input]);
  const y = call.layer(kind, { ...attributes, axes, keepdim }, [x]);
  return steps.after === undefined ? y : call.layer(steps.after, {}, [y]);
}

/** What is done to each element where none are reduced: ReduceL1 still gives absolute values. */
function alone(call: OpCall, input: TensorValue, kind: string, steps: Steps): TensorValue {
  const kinds = [steps.before, kind === "norm" ? "abs" : undefined, steps.after];
  return kinds
    .filter((each) => each !== undefined)
    .reduce((x, each) => call.layer(each, {}, [x]), input);
}
