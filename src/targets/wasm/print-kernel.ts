/**
 * Prints a kernel of the loop language as a WebAssembly function. Affine addresses become
 * pointers: at the head of a loop every address that moves with it gets a local, which is
 * advanced by its stride at the end of an iteration; what is constant goes into the offset
 * of the load or store. So an inner loop holds nothing but its vector work and one addition
 * for each stream that it reads.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Address, Counter, Kernel, Statement, Variable, Vector } from "../../kernels/ir/ir.ts";
import { halveVectors } from "../../kernels/ir/halve-vectors.ts";
import { Assembler, type Local } from "./assembler.ts";
import { KernelUses, type Pointer } from "./kernel-uses.ts";
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
  readonly #uses: KernelUses;
  readonly #variables = new Map<Variable, Local>();
  readonly #vectors: VectorPrinter;

  constructor(kernel: Kernel, options: PrintOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#uses = new KernelUses(kernel);
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
      this.#uses.startOf(buffer).local = pointer;
    });
    for (const value of this.#uses.constants) this.#vectors.prepare(value);
    this.#kernel.body.forEach(this.#statement);
    return this.#out;
  }

  readonly #statement = (statement: Statement): void => {
    switch (statement.op) {
      case "loop":
        return this.#loop(statement);
      case "lookup":
        return this.#lookup(statement);
      case "unless":
        this.#vectors.pushAll(statement.masks);
        this.#out.op("i32.eqz");
        return this.#out.when(() => statement.body.forEach(this.#statement));
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
  };

  #loop({ counter, parallel, body }: Statement & { op: "loop" }): void {
    const out = this.#out;
    const shared = parallel && this.#options.threads > 1;
    const remaining = out.local("i32");
    const first = shared ? this.#shareOf(counter.extent, remaining) : undefined;
    if (!shared) {
      out.i32(counter.extent);
      out.set(remaining);
    }
    this.#startPointers(counter, first);
    const whole = (): void => {
      out.repeatWhile(() => {
        body.forEach(this.#statement);
        for (const pointer of this.#uses.movingWith(counter)) {
          const local = this.#localOf(pointer);
          out.get(local);
          out.i32(pointer.step.stride * BYTES);
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
  }

  #lookup({ counter, from, body }: Statement & { op: "lookup" }): void {
    const out = this.#out;
    const found = out.local("i32");
    out.memory("i32.load", this.#address(from));
    out.set(found);
    this.#startPointers(counter, found);
    body.forEach(this.#statement);
  }

  /** Starts the pointers that move with a counter, at 0 or `first`. */
  #startPointers(counter: Counter, first: Local | undefined): void {
    for (const pointer of this.#uses.movingWith(counter)) {
      const { from, stride } = pointer.step;
      const local = this.#out.local("i32");
      this.#out.get(this.#localOf(from));
      this.#out.set(local);
      if (first) this.#moveBy(local, first, stride * BYTES);
      pointer.local = local;
    }
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
  #address(address: Address): number {
    this.#out.get(this.#localOf(this.#uses.pointerOf(address)));
    const rest = address.index.constant * BYTES;
    if (rest >= 0) return rest;
    // The offset of an instruction only goes forward.
    this.#out.i32(rest);
    this.#out.op("i32.add");
    return 0;
  }

  #localOf({ local, buffer }: Pointer): Local {
    if (local !== undefined) return local;
    throw new InternalFault(`${this.#kernel.name} uses a pointer to ${buffer.name} too early`);
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
