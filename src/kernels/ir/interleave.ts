/**
 * Puts the statements of independent computations in turn. Processors look ahead by a few
 * dozen instructions only: of four long chains, one behind the other, they would see one.
 */
import type { Statement, Variable, Vector } from "./ir.ts";

/** One operation a statement, as many lists as computations; loops among them stay in order. */
export function interleave(
  parts: readonly (readonly Statement[])[],
  newVariable: () => Variable,
): readonly Statement[] {
  if (!parts.flat().every(isSimple)) return parts.flat();
  const steps = parts.map((part) =>
    part.flatMap((statement) => singleOperations(statement, newVariable)),
  );
  const longest = steps.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, i) => i).flatMap((i) =>
    steps.flatMap((part) => (i < part.length ? [part[i]] : [])),
  );
}

function isSimple({ op }: Statement): boolean {
  return op === "assign" || op === "store" || op === "storeLane";
}

/** The statement behind others that compute its operands. */
function singleOperations(statement: Statement, newVariable: () => Variable): readonly Statement[] {
  if (statement.op !== "assign" && statement.op !== "store") return [statement];
  const before: Statement[] = [];
  const held = (vector: Vector): Vector => {
    const flat = flattened(vector);
    if (isLeaf(flat)) return flat;
    const variable = newVariable();
    before.push({ op: "assign", variable, value: flat });
    return { op: "read", variable };
  };
  /** The operation on operands that are computed already. */
  const flattened = (vector: Vector): Vector => {
    if (vector.op === "fma") {
      return { ...vector, a: held(vector.a), b: held(vector.b), c: held(vector.c) };
    }
    if (vector.op === "select") {
      const { left, right } = vector.mask;
      const mask = { ...vector.mask, left: held(left), right: held(right) };
      return { ...vector, mask, yes: held(vector.yes), no: held(vector.no) };
    }
    if ("left" in vector) return { ...vector, left: held(vector.left), right: held(vector.right) };
    if ("value" in vector && vector.op !== "constant") {
      return { ...vector, value: held(vector.value) };
    }
    return vector;
  };
  const value = flattened(statement.value);
  return [...before, { ...statement, value }];
}

/** Loads too: they cost no instruction of their own where an operation takes them. */
function isLeaf({ op }: Vector): boolean {
  return op === "constant" || op === "read" || op === "load" || op === "splat";
}
