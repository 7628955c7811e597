/**
 * Functions of single elements on vectors: what kernels apply to their results while these are
 * in registers. The functions of `vector-math.ts` state the largest error of their
 * approximation; the others are exact up to rounding.
 */
import type { Element, ElementOperation } from "../../graph/element.ts";
import type { KernelBuilder } from "../ir/builder.ts";
import * as ir from "../ir/ir.ts";
import type { Vector } from "../ir/ir.ts";
import * as math from "./vector-math.ts";

/** A function of one element. */
export type Activation = Element;

type Apply = (b: KernelBuilder, values: readonly Vector[]) => Vector;

const unary =
  (operation: (value: Vector) => Vector): Apply =>
  (_, [value]) =>
    operation(value);

const approximated =
  (operation: (b: KernelBuilder, value: Vector) => Vector): Apply =>
  (b, [value]) =>
    operation(b, value);

const binary =
  (operation: (left: Vector, right: Vector) => Vector): Apply =>
  (_, [left, right]) =>
    operation(left, right);

const choice =
  (comparison: (left: Vector, right: Vector) => ir.Mask): Apply =>
  (_, [left, right, yes, no]) =>
    ir.select(comparison(left, right), yes, no);

const OPERATIONS: Readonly<Record<ElementOperation, Apply>> = {
  negate: unary(ir.negate),
  abs: unary(ir.abs),
  sqrt: unary(ir.sqrt),
  floor: unary(ir.floor),
  round: unary(ir.round),
  exp: approximated(math.exp),
  expUpTo: approximated(math.expUpTo),
  log: approximated(math.log),
  log1p: approximated(math.log1p),
  tanh: approximated(math.tanh),
  erf: approximated(math.erf),
  sin: approximated(math.sin),
  cos: approximated(math.cos),
  asin: approximated(math.asin),
  atan: approximated(math.atan),
  add: binary(ir.add),
  subtract: binary(ir.subtract),
  multiply: binary(ir.multiply),
  divide: binary(ir.divide),
  min: binary(ir.min),
  max: binary(ir.max),
  ifLess: choice(ir.less),
  ifLessOrEqual: choice(ir.lessOrEqual),
  ifEqual: choice(ir.equal),
};

/** Applies the function to a value that has been computed. */
export function applyActivation(b: KernelBuilder, activation: Activation, value: Vector): Vector {
  const kept = b.let(value);
  return applyElement(b, activation, () => kept);
}

/** @param valueOf the vector of an argument, asked for once */
export function applyElement(
  b: KernelBuilder,
  element: Element,
  valueOf: (argument: number) => Vector,
): Vector {
  const uses = countUses(element);
  const known = new Map<Element, Vector>();
  const evaluate = (part: Element): Vector => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const value = compute(part);
    const again = (uses.get(part) ?? 0) > 1 && part.op !== "number";
    const kept = again ? b.let(value) : value;
    known.set(part, kept);
    return kept;
  };
  const compute = (part: Element): Vector => {
    if (part.op === "number") return ir.constant(part.value);
    if (part.op === "argument") return valueOf(part.index);
    if (part.op === "add") {
      // `a · b + c` is one instruction.
      const [first, other] = part.of;
      if (first.op === "multiply" && uses.get(first) === 1) {
        const [left, right] = first.of.map(evaluate);
        return ir.fma(left, right, evaluate(other));
      }
    }
    if (part.op === "exp") {
      const [argument] = part.of;
      if (argument.op === "negate" && uses.get(argument) === 1) {
        return math.expOfNegated(b, evaluate(argument.of[0]));
      }
    }
    return OPERATIONS[part.op](b, part.of.map(evaluate));
  };
  return evaluate(element);
}

/** How many parts read each part. */
function countUses(element: Element): ReadonlyMap<Element, number> {
  const uses = new Map<Element, number>();
  const visit = (part: Element): void => {
    const before = uses.get(part) ?? 0;
    uses.set(part, before + 1);
    if (before === 0 && "of" in part) part.of.forEach(visit);
  };
  visit(element);
  return uses;
}
