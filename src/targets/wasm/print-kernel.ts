/**
 * Prints a kernel of the loop language as a WebAssembly function. Affine addresses become
 * pointers: at the head of a loop every address that moves with it gets a local, which is
 * advanced by its stride at the end of an iteration; what is constant goes into the offset
 * of the load or store. So an inner loop holds nothing but its vector work and one addition
 * for each stream that it reads.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import {
  type Address,
  type Buffer,
  type Counter,
  type Kernel,
  type Statement,
  type Variable,
  type Vector,
  origin,
} from "../../kernels/ir/ir.ts";
import { halveVectors } from "../../kernels/ir/halve-vectors.ts";
import { constantsIn, forEachOwnAddress } from "../../kernels/ir/walk.ts";
import { Assembler, type Local } from "./assembler.ts";
import type { Callee } from "./module.ts";
import { VectorPrinter } from "./print-vector.ts";

export interface PrintOptions {
  /** Use `f32x4.relaxed_madd`. */
  readonly relaxedFma: boolean;
  /** Lanes of the kernel's vectors: 4, or 8 as pairs of 4. */
  readonly vectorWidth?: number;
  /** With more than one, functions take the thread's number as their last argument. */
  readonly threads: number;
  /** Waits for all threads. */
  readonly barrier?: Callee;
}

type Terms = Address["index"]["terms"];

const BYTES = 4;
/** Of a `v128`. */
const LANES = 4;

export function printKernel(kernel: Kernel, options: PrintOptions): Assembler {
  const { vectorWidth = LANES } = options;
  const own = vectorWidth > LANES ? halveVectors(kernel, vectorWidth) : kernel;
  return new KernelPrinter(own, options).print();
}

class KernelPrinter {
  readonly #kernel: Kernel;
  readonly #options: PrintOptions;
  readonly #out: Assembler;
  /** The pointers that are valid here, by the moving part of the addresses they serve. */
  readonly #pointers = new Map<string, Local>();
  readonly #variables = new Map<Variable, Local>();
  /** Names of moving parts, by buffer and terms. */
  readonly #keys: ReadonlyMap<Buffer, Map<Terms, string>>;
  readonly #open: Counter[] = [];
  readonly #vectors: VectorPrinter;

  constructor(kernel: Kernel, options: PrintOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#keys = new Map(kernel.buffers.map((buffer) => [buffer, new Map()]));
    const takes = kernel.buffers.map(() => "i32" as const);
    this.#out = new Assembler({
      takes: options.threads > 1 ? [...takes, "i32"] : takes,
      gives: [],
    });
    this.#vectors = new VectorPrinter(this.#out, options.relaxedFma, {
      variable: (variable) => this.#variable(variable),
      address: (address) => this.#address(address),
    });
  }

  print(): Assembler {
    this.#kernel.buffers.forEach((buffer, i) => {
      const pointer = this.#out.parameters[i];
      if (buffer.elementsPerThread !== undefined && this.#options.threads > 1) {
        this.#moveBy(pointer, this.#thread(), buffer.elementsPerThread * BYTES);
      }
      this.#pointers.set(this.#keyOf({ buffer, terms: origin.terms }), pointer);
    });
    for (const value of constantsIn(this.#kernel.body)) this.#vectors.prepare(value);
    this.#statements(this.#kernel.body);
    return this.#out;
  }

  #statements(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.op) {
      case "loop":
        return this.#loop(statement);
      case "lookup":
        return this.#lookup(statement);
      case "assign":
        this.#vectors.push(statement.value);
        return this.#out.set(this.#variable(statement.variable));
      case "store":
        return this.#store(statement.to, statement.value, statement.lanes);
      case "storeLane": {
        const offset = this.#address(statement.to);
        this.#out.get(this.#variable(statement.value));
        return this.#out.memory("v128.store32_lane", offset, statement.lane);
      }
      case "prefetch":
        this.#out.memory("i32.load", this.#address(statement.from));
        return this.#out.op("drop");
      case "barrier":
        if (this.#options.threads === 1) return;
        this.#out.get(this.#thread());
        return this.#out.call(this.#barrier());
      default:
        statement satisfies never;
    }
  }

  #loop({ counter, parallel, body }: Statement & { op: "loop" }): void {
    const out = this.#out;
    const shared = parallel && this.#options.threads > 1;
    const remaining = out.local("i32");
    const first = shared ? this.#shareOf(counter.extent, remaining) : undefined;
    if (!shared) {
      out.i32(counter.extent);
      out.set(remaining);
    }
    const moving = this.#startPointers(body, counter, first);
    const whole = (): void => {
      out.repeatWhile(() => {
        this.#open.push(counter);
        this.#statements(body);
        this.#open.pop();
        for (const { local, stride } of moving) {
          out.get(local);
          out.i32(stride * BYTES);
          out.op("i32.add");
          out.set(local);
        }
        out.get(remaining);
        out.i32(1);
        out.op("i32.sub");
        out.tee(remaining);
      });
    };
    if (shared) {
      out.get(remaining);
      out.when(whole);
    } else whole();
    for (const { key } of moving) this.#pointers.delete(key);
  }

  #lookup({ counter, from, body }: Statement & { op: "lookup" }): void {
    const out = this.#out;
    const found = out.local("i32");
    out.memory("i32.load", this.#address(from));
    out.set(found);
    const moved = this.#startPointers(body, counter, found);
    this.#open.push(counter);
    this.#statements(body);
    this.#open.pop();
    for (const { key } of moved) this.#pointers.delete(key);
  }

  /** Makes the pointers that move with `counter`, at their first positions. */
  #startPointers(
    body: readonly Statement[],
    counter: Counter,
    first: Local | undefined,
  ): { local: Local; stride: number; key: string }[] {
    const moving: { local: Local; stride: number; key: string }[] = [];
    for (const { buffer, index } of this.#movingIn(body)) {
      const stride = index.terms.find((term) => term.counter === counter)?.stride;
      if (stride === undefined) continue;
      const outer = index.terms.filter((term) => this.#open.includes(term.counter));
      const key = this.#keyOf({ buffer, terms: [...outer, { counter, stride }] });
      if (this.#pointers.has(key)) continue;
      const local = this.#out.local("i32");
      this.#out.get(this.#pointer(this.#keyOf({ buffer, terms: outer })));
      this.#out.set(local);
      if (first) this.#moveBy(local, first, stride * BYTES);
      this.#pointers.set(key, local);
      moving.push({ local, stride, key });
    }
    return moving;
  }

  readonly #moving = new Map<readonly Statement[], readonly Address[]>();

  /** The addresses of a body; of those that share their terms, and differ by a constant, one. */
  #movingIn(body: readonly Statement[]): readonly Address[] {
    const known = this.#moving.get(body);
    if (known !== undefined) return known;
    const seen = new Map<Buffer, Set<Terms>>(this.#kernel.buffers.map((b) => [b, new Set()]));
    const distinct: Address[] = [];
    const add = (address: Address): void => {
      const terms = seen.get(address.buffer);
      if (terms?.has(address.index.terms)) return;
      terms?.add(address.index.terms);
      distinct.push(address);
    };
    for (const statement of body) {
      forEachOwnAddress(statement, add);
      if ("body" in statement) this.#movingIn(statement.body).forEach(add);
    }
    this.#moving.set(body, distinct);
    return distinct;
  }

  /** Sets `count` to this thread's number of iterations and gives the first of them. */
  #shareOf(extent: number, count: Local): Local {
    const out = this.#out;
    const bound = (next: number): void => {
      out.get(this.#thread());
      out.i32(next);
      out.op("i32.add");
      out.i32(extent);
      out.op("i32.mul");
      out.i32(this.#options.threads);
      out.op("i32.div_u");
    };
    const first = out.local("i32");
    bound(0);
    out.set(first);
    bound(1);
    out.get(first);
    out.op("i32.sub");
    out.set(count);
    return first;
  }

  #moveBy(pointer: Local, steps: Local, bytes: number): void {
    this.#out.get(pointer);
    this.#out.get(steps);
    this.#out.i32(bytes);
    this.#out.op("i32.mul");
    this.#out.op("i32.add");
    this.#out.set(pointer);
  }

  #store(to: Address, value: Vector, lanes = 4): void {
    const out = this.#out;
    if (lanes === 4) {
      const offset = this.#address(to);
      this.#vectors.push(value);
      return out.memory("v128.store", offset);
    }
    const kept = this.#vectors.keep(value);
    const part = (from: number, count: 1 | 2): void => {
      const offset = this.#address(to) + from * BYTES;
      out.get(kept);
      if (count === 2) out.memory("v128.store64_lane", offset, from / 2);
      else out.memory("v128.store32_lane", offset, from);
    };
    if (lanes >= 2) part(0, 2);
    if (lanes % 2 === 1) part(lanes - 1, 1);
  }

  /** Pushes the moving part of an address and returns the rest, in bytes. */
  #address({ buffer, index }: Address): number {
    this.#out.get(this.#pointer(this.#keyOf({ buffer, terms: index.terms })));
    const rest = index.constant * BYTES;
    if (rest >= 0) return rest;
    // The offset of an instruction only goes forward.
    this.#out.i32(rest);
    this.#out.op("i32.add");
    return 0;
  }

  #pointer(key: string): Local {
    const pointer = this.#pointers.get(key);
    if (!pointer) throw new InternalFault(`no pointer for ${key} in kernel ${this.#kernel.name}`);
    return pointer;
  }

  /** Names the moving part of an address: the same for all addresses that one pointer serves. */
  #keyOf({ buffer, terms }: { buffer: Buffer; terms: Terms }): string {
    const keys = this.#keys.get(buffer);
    if (keys === undefined) {
      throw new InternalFault(`${this.#kernel.name} does not take ${buffer.name}`);
    }
    const known = keys.get(terms);
    if (known !== undefined) return known;
    const moving = terms.map(({ counter, stride }) => `${this.#numberOf(counter)}*${stride}`);
    const key = `${this.#kernel.buffers.indexOf(buffer)}:${moving.sort().join("+")}`;
    keys.set(terms, key);
    return key;
  }

  #numbers = new Map<Counter, number>();

  #numberOf(counter: Counter): number {
    const known = this.#numbers.get(counter);
    if (known !== undefined) return known;
    this.#numbers.set(counter, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  #variable(variable: Variable): Local {
    const known = this.#variables.get(variable);
    if (known) return known;
    const local = this.#out.local("v128");
    this.#variables.set(variable, local);
    return local;
  }

  #thread(): Local {
    return this.#out.parameters[this.#kernel.buffers.length];
  }

  #barrier(): Callee {
    if (!this.#options.barrier) throw new InternalFault("threads without a barrier");
    return this.#options.barrier;
  }
}
