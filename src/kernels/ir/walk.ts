/** Finds what statements touch: memory and constants. */
import type { Address, Statement, Vector } from "./ir.ts";

/** The constants of all expressions, each once. */
export function constantsIn(body: readonly Statement[], into = new Set<number>()): Set<number> {
  for (const statement of body) {
    if (statement.op === "loop" || statement.op === "lookup") constantsIn(statement.body, into);
    else if (statement.op === "assign" || statement.op === "store") {
      constantsOf(statement.value, into);
    }
  }
  return into;
}

function constantsOf(vector: Vector, into: Set<number>): void {
  if (vector.op === "constant") into.add(vector.value);
  for (const part of partsOf(vector)) constantsOf(part, into);
}

/** Every address that a statement itself reads or writes, not those of statements within it. */
export function forEachOwnAddress(statement: Statement, visit: (address: Address) => void): void {
  switch (statement.op) {
    case "loop":
    case "barrier":
      return;
    case "lookup":
    case "prefetch":
      return visit(statement.from);
    case "assign":
      return visitAddresses(statement.value, visit);
    case "store":
      visit(statement.to);
      return visitAddresses(statement.value, visit);
    case "storeLane":
      return visit(statement.to);
    default:
      statement satisfies never;
  }
}

function visitAddresses(vector: Vector, visit: (address: Address) => void): void {
  for (const part of partsOf(vector)) visitAddresses(part, visit);
  if (vector.op === "load" || vector.op === "splat") visit(vector.from);
}

/** The operands of an expression. */
export function partsOf(vector: Vector): readonly Vector[] {
  if ("left" in vector) return [vector.left, vector.right];
  if ("value" in vector && typeof vector.value !== "number") return [vector.value];
  if (vector.op === "fma") return [vector.a, vector.b, vector.c];
  if (vector.op === "select") return [vector.mask.left, vector.mask.right, vector.yes, vector.no];
  return [];
}
