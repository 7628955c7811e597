/** What one run of a kernel does, over all iterations of its loops; what is rare does not count. */
import type { Address, Buffer, Kernel, Statement, Vector } from "./ir.ts";
import { forEachPart } from "./walk.ts";

export interface Work {
  /** Elements that are read or written, by buffer; again and again where that happens. */
  readonly touched: ReadonlyMap<Buffer, number>;
  /** Operations on whole vectors, loads and stores apart. */
  readonly operations: number;
}

/** @param vectorWidth lanes of a vector */
export function workOf(kernel: Kernel, vectorWidth: number): Work {
  return new Counting(kernel, vectorWidth);
}

class Counting implements Work {
  readonly touched: Map<Buffer, number>;
  operations = 0;
  readonly #vectorWidth: number;
  /** How often what is counted happens. */
  #times = 1;
  /**
   * Lanes of a load: whole vectors, since what lies beside comes along with fewer, but no more
   * than are stored.
   */
  #lanes: number;

  constructor({ buffers, body }: Kernel, vectorWidth: number) {
    this.touched = new Map(buffers.map((buffer) => [buffer, 0]));
    this.#vectorWidth = vectorWidth;
    this.#lanes = vectorWidth;
    body.forEach(this.#statement);
  }

  readonly #statement = (statement: Statement): void => {
    switch (statement.op) {
      case "loop": {
        const outside = this.#times;
        this.#times *= statement.counter.extent;
        statement.body.forEach(this.#statement);
        this.#times = outside;
        return;
      }
      case "lookup":
        this.#touch(statement.from, 1);
        return statement.body.forEach(this.#statement);
      case "assign":
        this.#lanes = this.#vectorWidth;
        return this.#vector(statement.value);
      case "store":
        this.#lanes = statement.lanes ?? this.#vectorWidth;
        this.#touch(statement.to, this.#lanes);
        return this.#vector(statement.value);
      case "storeLane":
        return this.#touch(statement.to, 1);
      case "unless":
        statement.masks.forEach(({ left, right }) => [left, right].forEach(this.#vector));
        return;
      case "prefetch":
      case "barrier":
        return;
      default:
        statement satisfies never;
    }
  };

  readonly #vector = (vector: Vector): void => {
    switch (vector.op) {
      case "constant":
      case "read":
        return;
      case "load":
      case "splat":
        return this.#touch(vector.from, this.#lanes);
      default:
        this.operations += this.#times;
        forEachPart(vector, this.#vector);
    }
  };

  #touch({ buffer }: Address, lanes: number): void {
    this.touched.set(buffer, (this.touched.get(buffer) ?? 0) + this.#times * lanes);
  }
}
