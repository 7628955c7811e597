/** What one run of a kernel does, counted over all iterations of its loops. */
import type { Buffer, Kernel, Statement, Vector } from "./ir.ts";
import { forEachOwnAddress, partsOf } from "./walk.ts";

export interface Work {
  /** Elements that are read or written, by buffer; again and again where that happens. */
  readonly touched: ReadonlyMap<Buffer, number>;
  /** Operations on whole vectors, loads and stores apart. */
  readonly operations: number;
}

/** @param vectorWidth lanes of a vector */
export function workOf({ buffers, body }: Kernel, vectorWidth: number): Work {
  const touched = new Map<Buffer, number>(buffers.map((buffer) => [buffer, 0]));
  let operations = 0;
  const count = (statements: readonly Statement[], times: number): void => {
    for (const statement of statements) {
      if (statement.op === "loop") count(statement.body, times * statement.counter.extent);
      else if (statement.op === "lookup") count(statement.body, times);
      else if (statement.op === "assign" || statement.op === "store") {
        operations += times * operationsIn(statement.value);
      }
      if (statement.op === "prefetch") continue;
      forEachOwnAddress(statement, ({ buffer }) => {
        touched.set(buffer, (touched.get(buffer) ?? 0) + times * lanesOf(statement, vectorWidth));
      });
    }
  };
  count(body, 1);
  return { touched, operations };
}

/** Loads of fewer lanes count as whole ones: what lies beside comes along with them. */
function lanesOf(statement: Statement, vectorWidth: number): number {
  if (statement.op === "storeLane" || statement.op === "lookup") return 1;
  return statement.op === "store" ? (statement.lanes ?? vectorWidth) : vectorWidth;
}

function operationsIn(vector: Vector): number {
  if (vector.op === "constant" || vector.op === "read") return 0;
  if (vector.op === "load" || vector.op === "splat") return 0;
  return partsOf(vector).reduce((sum, part) => sum + operationsIn(part), 1);
}
