/** Builds a kernel statement by statement, so that a generator reads like the loops it makes. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import {
  type Address,
  type Buffer,
  type Index,
  type Kernel,
  type Mask,
  type Statement,
  type Variable,
  type Vector,
  indexOf,
  origin,
  read,
} from "./ir.ts";
import { interleave } from "./interleave.ts";

export class KernelBuilder {
  readonly #buffers: Buffer[] = [];
  #body: Statement[] = [];
  #depth = 0;
  #names = 0;

  /** The next buffer in the order of the call. */
  buffer(name: string): Buffer {
    const buffer = { name };
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Working memory that every thread has for itself. */
  scratch(name: string, elementsPerThread: number): Buffer {
    const buffer = { name, elementsPerThread };
    this.#buffers.push(buffer);
    return buffer;
  }

  /** A loop; of one iteration only its body is left. */
  loop(name: string, extent: number, body: (index: Index) => void): void {
    this.#nest(name, extent, false, body);
  }

  /** A loop whose iterations the threads share; it must not stand within another. */
  parallel(name: string, extent: number, body: (index: Index) => void): void {
    if (this.#depth > 0) throw new InternalFault("a parallel loop stands within another loop");
    this.#nest(name, extent, true, body);
  }

  /**
   * A loop of `extent` steps, `unroll` of them written out in its body; the steps that are
   * left over stand behind it.
   * @param beforeRound what stands before the steps of every round
   */
  unrolled(
    name: string,
    extent: number,
    unroll: number,
    step: (index: Index) => void,
    beforeRound?: (index: Index) => void,
  ): void {
    const rounds = Math.floor(extent / unroll);
    this.loop(name, rounds, (round) => {
      beforeRound?.(round.times(unroll));
      for (let i = 0; i < unroll; i++) step(round.times(unroll).plus(i));
    });
    for (let i = rounds * unroll; i < extent; i++) step(origin.plus(i));
  }

  /** The body with an integer of a table as an index. */
  lookup(name: string, from: Address, body: (index: Index) => void): void {
    const counter = { name };
    const inner = this.#inside(() => body(indexOf(counter)));
    this.#body.push({ op: "lookup", counter, from, body: inner });
  }

  /** The body, unless every mask holds in every lane. */
  unless(masks: readonly Mask[], body: () => void): void {
    this.#body.push({ op: "unless", masks, body: this.#inside(body) });
  }

  /** Independent computations whose operations take turns. */
  interleaved(computations: readonly (() => void)[]): void {
    const parts = computations.map((computation) => this.#collect(computation));
    this.#body.push(...interleave(parts, () => this.#newVariable()));
  }

  /** Computes the value here and once; constants too, which are costly to make inside a loop. */
  let(value: Vector): Vector {
    return value.op === "read" ? value : read(this.variable(value));
  }

  variable(initial: Vector): Variable {
    const variable = this.#newVariable();
    this.assign(variable, initial);
    return variable;
  }

  #newVariable(): Variable {
    return { name: `v${this.#names++}` };
  }

  assign(variable: Variable, value: Vector): void {
    this.#body.push({ op: "assign", variable, value });
  }

  store(to: Address, value: Vector, lanes?: number): void {
    this.#body.push(
      lanes === undefined ? { op: "store", to, value } : { op: "store", to, value, lanes },
    );
  }

  storeLane(to: Address, value: Variable, lane: number): void {
    this.#body.push({ op: "storeLane", to, value, lane });
  }

  prefetch(from: Address): void {
    this.#body.push({ op: "prefetch", from });
  }

  barrier(): void {
    if (this.#depth > 0) throw new InternalFault("a barrier stands within a loop");
    this.#body.push({ op: "barrier" });
  }

  finish(name: string): Kernel {
    return { name, buffers: this.#buffers, body: this.#body };
  }

  #nest(name: string, extent: number, parallel: boolean, body: (index: Index) => void): void {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new InternalFault(`loop ${name} has the extent ${extent}`);
    }
    if (extent === 0) return;
    if (extent === 1 && !parallel) return body(origin);
    const counter = { name, extent };
    const inner = this.#inside(() => body(indexOf(counter)));
    this.#body.push({ op: "loop", counter, parallel, body: inner });
  }

  /** The statements that `build` makes, one level deeper. */
  #inside(build: () => void): readonly Statement[] {
    this.#depth++;
    const inner = this.#collect(build);
    this.#depth--;
    return inner;
  }

  #collect(build: () => void): readonly Statement[] {
    const outer = this.#body;
    const inner: Statement[] = [];
    this.#body = inner;
    build();
    this.#body = outer;
    return inner;
  }
}

/** Builds one kernel. */
export function kernel(name: string, build: (builder: KernelBuilder) => void): Kernel {
  const builder = new KernelBuilder();
  build(builder);
  return builder.finish(name);
}
