/** Operators that join tensors element by element, with broadcasting; comparisons and logic. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import { reshapedArray } from "../arrays.ts";
import type { OpCall } from "../call.ts";
import { type OpTable, op } from "./handler.ts";

/** A layer for two tensors, and those where one of them is a number. */
interface Joining {
  readonly both: string;
  /** The number that changes nothing on the right, and on the left where that is the same. */
  readonly neutral?: number;
  /** `x ∘ number` */
  readonly right: string;
  /** `number ∘ x` */
  readonly left: string;
}

const symmetric = (kind: string, neutral?: number): Joining => ({
  ...(neutral !== undefined && { neutral }),
  both: kind,
  right: `${kind}_scalar`,
  left: `${kind}_scalar`,
});
const sided = (kind: string, neutral: number): Joining => ({
  neutral,
  both: kind,
  right: `${kind}_scalar`,
  left: `r${kind}_scalar`,
});
const compared = (kind: string, mirrored: string): Joining => ({
  both: kind,
  right: `${kind}_scalar`,
  left: `${mirrored}_scalar`,
});

const ADD = symmetric("add", 0);
const MAXIMUM = symmetric("maximum");

export const arithmeticOps: OpTable = {
  Add: op(2, 2, (call) => lowerPair(call, ADD)),
  Sub: op(2, 2, (call) => lowerPair(call, sided("sub", 0))),
  Mul: op(2, 2, (call) => lowerPair(call, symmetric("mul", 1))),
  Div: op(2, 2, (call) => lowerPair(call, sided("div", 1))),
  Pow: op(2, 2, (call) => lowerPair(call, sided("pow", 1))),
  Sum: op(1, Infinity, (call) => lowerChain(call, ADD)),
  Max: op(1, Infinity, (call) => lowerChain(call, MAXIMUM)),
  Min: op(1, Infinity, (call) => lowerChain(call, symmetric("minimum"))),
  Mean: op(1, Infinity, (call) => {
    const sum = chain(call, ADD);
    const scalar = call.inputCount;
    call.give(scalar === 1 ? sum : call.layer("div_scalar", { scalar }, [sum]));
  }),

  Greater: op(2, 2, (call) => lowerComparison(call, compared("gt", "lt"))),
  GreaterOrEqual: op(2, 2, (call) => lowerComparison(call, compared("ge", "le"))),
  Less: op(2, 2, (call) => lowerComparison(call, compared("lt", "gt"))),
  LessOrEqual: op(2, 2, (call) => lowerComparison(call, compared("le", "ge"))),
  Equal: op(2, 2, (call) => lowerComparison(call, symmetric("eq"))),
  // On masks of 0 and 1.
  And: op(2, 2, (call) => lowerComparison(call, symmetric("mul"))),
  Or: op(2, 2, (call) => lowerComparison(call, MAXIMUM)),
  Xor: op(2, 2, (call) => lowerComparison(call, symmetric("ne"))),
  Not: op(1, 1, (call) => {
    call.giveMask(call.layer("rsub_scalar", { scalar: 1 }, [call.tensor(0)]));
  }),
  Where: op(3, 3, (call) => {
    call.give(call.layer("select", {}, [call.tensor(0), call.tensor(1), call.tensor(2)]));
  }),
};

function lowerPair(call: OpCall, kinds: Joining): void {
  const maps = call.isFlow(0) && call.isFlow(1) ? [call.elements(0), call.elements(1)] : [];
  if (maps.length === 2 && maps.every(({ isMap }) => isMap)) {
    // Both are sequences in the form of maps of height 1.
    call.giveMap(call.layer(kinds.both, {}, [maps[0].value, maps[1].value]), true);
    return;
  }
  const right = joinedNumber(call, 1);
  if (right !== undefined && call.isFlow(0)) {
    if (right === kinds.neutral) {
      call.giveSame(0);
      return;
    }
    const { value, isMap } = call.elements(0);
    call.giveMap(call.layer(kinds.right, { scalar: right }, [value]), isMap);
    return;
  }
  const left = joinedNumber(call, 0);
  if (left !== undefined && call.isFlow(1)) {
    if (left === kinds.neutral && kinds.left === kinds.right) {
      call.giveSame(1);
      return;
    }
    const { value, isMap } = call.elements(1);
    call.giveMap(call.layer(kinds.left, { scalar: left }, [value]), isMap);
    return;
  }
  call.give(call.layer(kinds.both, {}, [call.tensor(0), aligned(call)]));
}

/** The number of a constant of one element, unless it has more axes than the other tensor. */
function joinedNumber(call: OpCall, at: 0 | 1): number | undefined {
  const value = call.number(at);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return call.rank(at) <= call.rank(1 - at) ? value : undefined;
}

/**
 * The second operand. Before version 7 it broadcast only where `broadcast` said so, and its axes
 * lay at `axis` of the first.
 */
function aligned(call: OpCall): TensorValue {
  const axis = call.opset < 7 ? call.int("axis") : undefined;
  if (axis === undefined) return call.tensor(1);
  const [rank, own] = [call.rank(0), call.rank(1)];
  const trailing = rank - own - (axis < 0 ? axis + rank : axis);
  if (trailing <= 0) return call.tensor(1);
  const stored = call.operand(1);
  if (stored.kind === "constant") {
    const shape = [...stored.array.shape, ...Array.from({ length: trailing }, () => 1)];
    return call.flowing({ ...stored, array: reshapedArray(stored.array, shape) });
  }
  const axes = Array.from({ length: trailing }, (_, k) => own + k);
  return call.layer("unsqueeze", { axes }, [call.tensor(1)]);
}

function lowerComparison(call: OpCall, kinds: Joining): void {
  const right = joinedNumber(call, 1);
  const left = joinedNumber(call, 0);
  if (right !== undefined && call.isFlow(0)) {
    call.giveMask(call.layer(kinds.right, { scalar: right }, [call.tensor(0)]));
  } else if (left !== undefined && call.isFlow(1)) {
    call.giveMask(call.layer(kinds.left, { scalar: left }, [call.tensor(1)]));
  } else call.giveMask(call.layer(kinds.both, {}, [call.tensor(0), aligned(call)]));
}

function lowerChain(call: OpCall, kinds: Joining): void {
  call.give(chain(call, kinds));
}

/** All operands, one after the other; numbers by the layers for numbers. */
function chain(call: OpCall, kinds: Joining): TensorValue {
  const places = Array.from({ length: call.inputCount }, (_, at) => at);
  const first = places.find((at) => call.isFlow(at)) ?? 0;
  let value = call.tensor(first);
  for (const at of places) {
    if (at === first) continue;
    const number = call.rank(at) <= value.type.shape.length ? call.number(at) : undefined;
    value =
      number === undefined
        ? call.layer(kinds.both, {}, [value, call.tensor(at)])
        : call.layer(kinds.right, { scalar: number }, [value]);
  }
  return value;
}
