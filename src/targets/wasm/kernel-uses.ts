/**
 * What a kernel needs before its first loop: found in one walk, before anything is printed. Affine
 * addresses become pointers, and one pointer serves all addresses that differ by a constant. Each
 * moves with one loop and starts from the pointer of the loops around it:
 * `x + 8·row + 4·column` is the pointer `x + 8·row`, moved by four at each column.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Address, Buffer, Counter, Kernel, Statement, Vector } from "../../kernels/ir/ir.ts";
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
type Terms = Address["index"]["terms"];

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
    this.#statements(kernel.body, 0);
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

  #statements(body: readonly Statement[], depth: number): void {
    for (const statement of body) {
      switch (statement.op) {
        case "loop":
          this.#within(statement, depth);
          break;
        case "lookup":
          this.#address(statement.from);
          this.#within(statement, depth);
          break;
        case "assign":
          this.#vector(statement.value);
          break;
        case "store":
          this.#address(statement.to);
          this.#vector(statement.value);
          break;
        case "storeLane":
          this.#address(statement.to);
          break;
        case "prefetch":
          this.#address(statement.from);
          break;
        case "barrier":
          break;
        default:
          statement satisfies never;
      }
    }
  }

  #within({ counter, body }: Statement & { op: "loop" | "lookup" }, depth: number): void {
    this.#depths.set(counter, depth);
    this.#statements(body, depth + 1);
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
    const outermostFirst = terms.toSorted((a, b) => this.#depthOf(a) - this.#depthOf(b));
    let pointer = this.startOf(buffer);
    for (const { counter, stride } of outermostFirst) {
      pointer = this.#moved(pointer, counter, stride);
    }
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

  #depthOf({ counter }: Terms[number]): number {
    const depth = this.#depths.get(counter);
    if (depth !== undefined) return depth;
    throw new InternalFault(`${this.#kernel.name} uses ${counter.name} outside of its loop`);
  }

  #known<Found>(found: Found | undefined, { name }: Buffer): Found {
    if (found !== undefined) return found;
    throw new InternalFault(`${this.#kernel.name} does not take ${name}`);
  }
}
