/**
 * What a kernel needs before its first loop: found in one walk, before anything is printed. Affine
 * addresses become pointers, and one pointer serves all addresses that differ by a constant. Each
 * moves with one loop and starts from the pointer of the loops around it:
 * `x + 8·row + 4·column` is the pointer `x + 8·row`, moved by four at each column.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type {
  Address,
  Buffer,
  Counter,
  Kernel,
  Statement,
  Term,
  Terms,
  Vector,
} from "../../kernels/ir/ir.ts";
import { forEachPart } from "../../kernels/ir/walk.ts";
import type { Local } from "./assembler.ts";

export interface Pointer {
  readonly buffer: Buffer;
  /** What it starts from, and how it moves from there; absent where a buffer starts. */
  readonly step?: {
    readonly from: Pointer;
    readonly counter: Counter;
    /** In elements. */
    readonly stride: number;
  };
  /** Set where it starts. */
  local?: Local;
}

type Step = NonNullable<Pointer["step"]>;

export class KernelUses {
  /** Of all expressions, each once. */
  readonly constants = new Set<number>();
  readonly #kernel: Kernel;
  readonly #starts: ReadonlyMap<Buffer, Pointer>;
  /** By buffer and terms, which addresses share when they differ by a constant. */
  readonly #pointers: ReadonlyMap<Buffer, Map<Terms, Pointer>>;
  readonly #moving = new Map<Counter, (Pointer & { readonly step: Step })[]>();
  /** Of the counters around a statement, from the outside in. */
  readonly #depths = new Map<Counter, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#starts = new Map(kernel.buffers.map((buffer) => [buffer, { buffer }]));
    this.#pointers = new Map(kernel.buffers.map((buffer) => [buffer, new Map()]));
    kernel.body.forEach(this.#statement);
  }

  startOf(buffer: Buffer): Pointer {
    return this.#known(this.#starts.get(buffer), buffer);
  }

  /** The pointers that move with a counter, outer ones apart. */
  movingWith(counter: Counter): readonly (Pointer & { readonly step: Step })[] {
    return this.#moving.get(counter) ?? [];
  }

  /** The pointer behind which an address lies by a constant. */
  pointerOf({ buffer, index }: Address): Pointer {
    return this.#known(this.#pointers.get(buffer)?.get(index.terms), buffer);
  }

  readonly #statement = (statement: Statement): void => {
    switch (statement.op) {
      case "loop":
        return this.#within(statement);
      case "lookup":
        this.#address(statement.from);
        return this.#within(statement);
      case "unless":
        statement.masks.forEach(({ left, right }) => [left, right].forEach(this.#vector));
        return statement.body.forEach(this.#statement);
      case "assign":
        return this.#vector(statement.value);
      case "store":
        this.#address(statement.to);
        return this.#vector(statement.value);
      case "storeLane":
        return this.#address(statement.to);
      case "prefetch":
        return this.#address(statement.from);
      case "barrier":
        return;
      default:
        statement satisfies never;
    }
  };

  #within({ counter, body }: Statement & { op: "loop" | "lookup" }): void {
    this.#depths.set(counter, this.#depths.size);
    body.forEach(this.#statement);
    this.#depths.delete(counter);
  }

  readonly #vector = (vector: Vector): void => {
    if (vector.op === "constant") this.constants.add(vector.value);
    else if (vector.op === "load" || vector.op === "splat") this.#address(vector.from);
    else forEachPart(vector, this.#vector);
  };

  #address({ buffer, index: { terms } }: Address): void {
    const pointers = this.#known(this.#pointers.get(buffer), buffer);
    if (pointers.has(terms)) return;
    const sorted = this.#areSorted(terms.list)
      ? terms.list
      : terms.list.toSorted((a, b) => this.#depthOf(a) - this.#depthOf(b));
    const pointer = sorted.reduce<Pointer>(
      (from, { counter, stride }) => this.#moved(from, counter, stride),
      this.startOf(buffer),
    );
    pointers.set(terms, pointer);
  }

  #moved(from: Pointer, counter: Counter, stride: number): Pointer {
    const moving = this.#moving.get(counter) ?? [];
    const known = moving.find(({ step }) => step.from === from && step.stride === stride);
    if (known !== undefined) return known;
    const pointer = { buffer: from.buffer, step: { from, counter, stride } };
    moving.push(pointer);
    this.#moving.set(counter, moving);
    return pointer;
  }

  /** From the outside in, as most are made. */
  #areSorted(terms: readonly Term[]): boolean {
    return terms.every((term, i) => i === 0 || this.#depthOf(terms[i - 1]) < this.#depthOf(term));
  }

  #depthOf({ counter }: Term): number {
    const depth = this.#depths.get(counter);
    if (depth !== undefined) return depth;
    throw new InternalFault(`${this.#kernel.name} uses ${counter.name} outside of its loop`);
  }

  #known<Found>(found: Found | undefined, { name }: Buffer): Found {
    if (found !== undefined) return found;
    throw new InternalFault(`${this.#kernel.name} does not take ${name}`);
  }
}
