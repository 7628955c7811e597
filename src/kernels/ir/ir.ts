/**
 * The loop language in which kernels are written: nests of loops with constant bounds,
 * vectors of float32 in variables, and memory that is addressed by affine functions of
 * counters: those of the loops, and integers that are looked up in tables. There are no
 * scalars, and one branch only, for what is rare; a target prints each form in a few lines. Kernels
 * are made with `KernelBuilder` and shown as text by `formatKernel`.
 */

/** A region of memory that a kernel is called with. */
export interface Buffer {
  readonly name: string;
  /** Elements of working memory that each thread has for itself; absent for shared buffers. */
  readonly elementsPerThread?: number;
}

/** The counter of one loop: 0 … extent - 1. */
export interface LoopCounter {
  readonly name: string;
  readonly extent: number;
}

/** An integer that is read from a table. */
export interface LookedUp {
  readonly name: string;
}

/** What an index may depend on. */
export type Counter = LoopCounter | LookedUp;

export interface Term {
  readonly counter: Counter;
  readonly stride: number;
}

/**
 * `Σ stride · counter`, in elements. What was computed of it is kept: a generator writes thousands
 * of indices of some dozen forms, and all of one form have the same terms.
 */
export class Terms {
  readonly list: readonly Term[];
  #sums: Map<Terms, Terms> | undefined;
  #multiples: Map<number, Terms> | undefined;

  constructor(list: readonly Term[]) {
    this.list = list;
  }

  plus(other: Terms): Terms {
    if (other.list.length === 0) return this;
    if (this.list.length === 0) return other;
    this.#sums ??= new Map();
    const known = this.#sums.get(other);
    if (known !== undefined) return known;
    const sum = this.#plus(other);
    this.#sums.set(other, sum);
    return sum;
  }

  times(factor: number): Terms {
    if (this.list.length === 0 || factor === 0) return NO_TERMS;
    this.#multiples ??= new Map();
    const known = this.#multiples.get(factor);
    if (known !== undefined) return known;
    const multiple = this.#times(factor);
    this.#multiples.set(factor, multiple);
    return multiple;
  }

  #plus(other: Terms): Terms {
    const list = [...this.list];
    let stops = false;
    for (const term of other.list) {
      const same = list.findIndex((t) => t.counter === term.counter);
      if (same < 0) list.push(term);
      else {
        const stride = list[same].stride + term.stride;
        list[same] = { counter: term.counter, stride };
        stops ||= stride === 0;
      }
    }
    return new Terms(stops ? list.filter(({ stride }) => stride !== 0) : list);
  }

  #times(factor: number): Terms {
    return new Terms(
      this.list.map(({ counter, stride }) => ({ counter, stride: stride * factor })),
    );
  }
}

const NO_TERMS = new Terms([]);

/** `constant + Σ stride · counter`, in elements. */
export class Index {
  readonly terms: Terms;
  readonly constant: number;

  constructor(terms: Terms, constant: number) {
    this.terms = terms;
    this.constant = constant;
  }

  plus(other: Index | number): Index {
    if (typeof other === "number") return new Index(this.terms, this.constant + other);
    return new Index(this.terms.plus(other.terms), this.constant + other.constant);
  }

  times(factor: number): Index {
    if (factor === 1) return this;
    return new Index(this.terms.times(factor), this.constant * factor);
  }
}

/** The index 0, to start sums with. */
export const origin = new Index(NO_TERMS, 0);

/** The counter as an index. */
export function indexOf(counter: Counter): Index {
  return new Index(new Terms([{ counter, stride: 1 }]), 0);
}

export interface Address {
  readonly buffer: Buffer;
  readonly index: Index;
}

export function at(buffer: Buffer, index: Index | number): Address {
  return { buffer, index: typeof index === "number" ? origin.plus(index) : index };
}

/** A vector that may be assigned again, such as an accumulator. */
export interface Variable {
  readonly name: string;
}

export type UnaryOperation =
  | "negate"
  | "abs"
  | "sqrt"
  | "floor"
  /** To the nearest integer, ties to even. */
  | "round"
  /** The e of x = m·2^e with m in [1, 2), for normal positive x. */
  | "exponent"
  /** The m of x = m·2^e with m in [1, 2), for normal positive x. */
  | "mantissa";

/** 1.5 · 2^23: a small number added to it is rounded to an integer, which its low bits hold. */
export const ROUNDING = 12582912;

export type BinaryOperation =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "min"
  | "max"
  /** Of the bits. */
  | "or"
  /**
   * left · 2^n where n stands in the low nine bits of right, as in `ROUNDING` + n; left and the
   * result are normal numbers.
   */
  | "scale";

export type Comparison = "less" | "lessOrEqual" | "equal";

/** What is left when all lanes are combined, in every lane. */
export type LaneReduction = "sumOfLanes" | "maxOfLanes";

/** A vector of float32. */
export type Vector =
  | { readonly op: "constant"; readonly value: number }
  | { readonly op: "read"; readonly variable: Variable }
  /** Consecutive elements; lanes past `lanes` are zero and their memory is not touched. */
  | { readonly op: "load"; readonly from: Address; readonly lanes?: number }
  /** One element in all lanes. */
  | { readonly op: "splat"; readonly from: Address }
  | { readonly op: UnaryOperation; readonly value: Vector }
  | { readonly op: BinaryOperation; readonly left: Vector; readonly right: Vector }
  /** `a·b + c`, rounded once or twice. */
  | { readonly op: "fma"; readonly a: Vector; readonly b: Vector; readonly c: Vector }
  | {
      readonly op: "select";
      readonly mask: Mask;
      readonly yes: Vector;
      readonly no: Vector;
    }
  /** Lane `i` of the result is lane `pattern[i]` of `left` followed by `right`. */
  | {
      readonly op: "shuffle";
      readonly left: Vector;
      readonly right: Vector;
      readonly pattern: readonly number[];
    }
  | { readonly op: LaneReduction; readonly value: Vector };

export interface Mask {
  readonly op: Comparison;
  readonly left: Vector;
  readonly right: Vector;
}

export type Statement =
  | {
      readonly op: "loop";
      readonly counter: LoopCounter;
      /** The iterations are independent and are shared out among the threads. */
      readonly parallel: boolean;
      readonly body: readonly Statement[];
    }
  /** Reads a 32-bit integer and runs the body with it. */
  | {
      readonly op: "lookup";
      readonly counter: LookedUp;
      readonly from: Address;
      readonly body: readonly Statement[];
    }
  /** Runs the body unless every mask holds in every lane. The body is for what is rare. */
  | {
      readonly op: "unless";
      readonly masks: readonly Mask[];
      readonly body: readonly Statement[];
    }
  | { readonly op: "assign"; readonly variable: Variable; readonly value: Vector }
  /** Writes the first `lanes` lanes, all where absent. */
  | {
      readonly op: "store";
      readonly to: Address;
      readonly value: Vector;
      readonly lanes?: number;
    }
  | {
      readonly op: "storeLane";
      readonly to: Address;
      readonly value: Variable;
      readonly lane: number;
    }
  /** Brings what lies there nearer to the processor; changes nothing else. */
  | { readonly op: "prefetch"; readonly from: Address }
  /** No thread goes on before all have come here. Stands outside of loops. */
  | { readonly op: "barrier" };

export interface Kernel {
  /** The family and the choices that made it: `direct 6x8`. */
  readonly name: string;
  /** In the order in which a call passes their addresses. */
  readonly buffers: readonly Buffer[];
  readonly body: readonly Statement[];
}

export const constant = (value: number): Vector => ({ op: "constant", value });
export const read = (variable: Variable): Vector => ({ op: "read", variable });
export const load = (from: Address, lanes?: number): Vector =>
  lanes === undefined ? { op: "load", from } : { op: "load", from, lanes };
export const splat = (from: Address): Vector => ({ op: "splat", from });
export const fma = (a: Vector, b: Vector, c: Vector): Vector => ({ op: "fma", a, b, c });
export const select = (mask: Mask, yes: Vector, no: Vector): Vector => ({
  op: "select",
  mask,
  yes,
  no,
});
export const shuffle = (left: Vector, right: Vector, pattern: readonly number[]): Vector => ({
  op: "shuffle",
  left,
  right,
  pattern,
});

const binary =
  (op: BinaryOperation) =>
  (left: Vector, right: Vector): Vector => ({ op, left, right });
export const add = binary("add");
export const subtract = binary("subtract");
export const multiply = binary("multiply");
export const divide = binary("divide");
export const min = binary("min");
export const max = binary("max");
export const or = binary("or");
export const scale = binary("scale");

const unary =
  (op: UnaryOperation | LaneReduction) =>
  (value: Vector): Vector => ({ op, value });
export const negate = unary("negate");
export const abs = unary("abs");
export const sqrt = unary("sqrt");
export const floor = unary("floor");
export const round = unary("round");
export const exponent = unary("exponent");
export const mantissa = unary("mantissa");
export const sumOfLanes = unary("sumOfLanes");
export const maxOfLanes = unary("maxOfLanes");

const comparison =
  (op: Comparison) =>
  (left: Vector, right: Vector): Mask => ({ op, left, right });
export const less = comparison("less");
export const lessOrEqual = comparison("lessOrEqual");
export const equal = comparison("equal");
