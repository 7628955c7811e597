/** Prints the vector expressions of the loop language as SIMD128 instructions. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type {
  Address,
  BinaryOperation,
  Comparison,
  Mask,
  UnaryOperation,
  Variable,
  Vector,
} from "../../kernels/ir/ir.ts";
import type { Assembler, Local } from "./assembler.ts";
import type { Operation } from "./opcodes.ts";

interface Scope {
  variable(variable: Variable): Local;
  /** Pushes the moving part of an address and returns its constant part in bytes. */
  address(address: Address): number;
}

const BINARY: Readonly<Record<Exclude<BinaryOperation, "scale">, Operation>> = {
  add: "f32x4.add",
  subtract: "f32x4.sub",
  multiply: "f32x4.mul",
  divide: "f32x4.div",
  // The "pseudo" forms are one instruction on every processor; they return their first
  // operand where the second is not a number.
  min: "f32x4.pmin",
  max: "f32x4.pmax",
  or: "v128.or",
};

const COMPARE: Readonly<Record<Comparison, Operation>> = {
  less: "f32x4.lt",
  lessOrEqual: "f32x4.le",
  equal: "f32x4.eq",
};

const MANTISSA_BITS = 23;

/** The bytes of a constant, and two ways to write them. */
const CONSTANT = new Uint8Array(16);
const FLOATS = new Float32Array(CONSTANT.buffer);
const INTEGERS = new Int32Array(CONSTANT.buffer);

export class VectorPrinter {
  readonly #out: Assembler;
  readonly #relaxedFma: boolean;
  readonly #scope: Scope;
  readonly #constants = new Map<number, Local>();

  constructor(out: Assembler, relaxedFma: boolean, scope: Scope) {
    this.#out = out;
    this.#relaxedFma = relaxedFma;
    this.#scope = scope;
  }

  /**
   * Puts a constant into a local before the loops begin: engines make it anew from integer
   * registers wherever it stands.
   */
  prepare(value: number): void {
    if (Object.is(value, 0)) return;
    this.#repeated("f32", value);
    const local = this.#out.local("v128");
    this.#out.set(local);
    this.#constants.set(value, local);
  }

  /** Leaves the value on the stack. */
  push(vector: Vector): void {
    const out = this.#out;
    switch (vector.op) {
      case "constant": {
        const prepared = this.#constants.get(vector.value);
        return prepared ? out.get(prepared) : this.#repeated("f32", vector.value);
      }
      case "read":
        return out.get(this.#scope.variable(vector.variable));
      case "load":
        return this.#load(vector.from, vector.lanes ?? 4);
      case "splat":
        return out.memory("v128.load32_splat", this.#scope.address(vector.from));
      case "fma":
        return this.#fma(vector);
      case "select":
        this.push(vector.yes);
        this.push(vector.no);
        this.#mask(vector.mask);
        return out.op("v128.bitselect");
      case "shuffle":
        this.push(vector.left);
        this.push(vector.right);
        return this.#shuffle(vector.pattern);
      case "sumOfLanes":
        return this.#acrossLanes(vector.value, "f32x4.add");
      case "maxOfLanes":
        return this.#acrossLanes(vector.value, "f32x4.pmax");
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "min":
      case "max":
      case "or":
        this.push(vector.left);
        this.push(vector.right);
        return out.op(BINARY[vector.op]);
      case "scale":
        // Moves n to where the exponent stands, and all else out of the vector.
        this.push(vector.right);
        out.i32(MANTISSA_BITS);
        out.op("i32x4.shl");
        this.push(vector.left);
        return out.op("i32x4.add");
      default:
        return this.#unary(vector);
    }
  }

  /** Leaves 1 on the stack where all masks hold in all lanes, else 0. */
  pushAll(masks: readonly Mask[]): void {
    masks.forEach((mask, i) => {
      this.#mask(mask);
      if (i > 0) this.#out.op("v128.and");
    });
    this.#out.op("i32x4.all_true");
  }

  #mask({ op, left, right }: Mask): void {
    this.push(left);
    this.push(right);
    this.#out.op(COMPARE[op]);
  }

  /** Puts the value into a local of its own. */
  keep(vector: Vector): Local {
    if (vector.op === "read") return this.#scope.variable(vector.variable);
    this.push(vector);
    const local = this.#out.local("v128");
    this.#out.set(local);
    return local;
  }

  #fma({ a, b, c }: Vector & { op: "fma" }): void {
    if (this.#relaxedFma) {
      this.push(a);
      this.push(b);
      this.push(c);
      return this.#out.op("f32x4.relaxed_madd");
    }
    this.push(c);
    this.push(a);
    this.push(b);
    this.#out.op("f32x4.mul");
    this.#out.op("f32x4.add");
  }

  #unary({ op, value }: Vector & { op: UnaryOperation }): void {
    const out = this.#out;
    this.push(value);
    switch (op) {
      case "negate":
        return out.op("f32x4.neg");
      case "abs":
        return out.op("f32x4.abs");
      case "sqrt":
        return out.op("f32x4.sqrt");
      case "floor":
        return out.op("f32x4.floor");
      case "round":
        return out.op("f32x4.nearest");
      case "exponent":
        out.i32(MANTISSA_BITS);
        out.op("i32x4.shr_s");
        this.#repeated("i32", 127);
        out.op("i32x4.sub");
        return out.op("f32x4.convert_i32x4_s");
      case "mantissa":
        this.#repeated("i32", 0x007f_ffff);
        out.op("v128.and");
        this.#repeated("i32", 0x3f80_0000);
        return out.op("v128.or");
      default:
        op satisfies never;
    }
  }

  #load(from: Address, lanes: number): void {
    const out = this.#out;
    if (lanes === 4) return out.memory("v128.load", this.#scope.address(from));
    if (lanes === 1) return out.memory("v128.load32_zero", this.#scope.address(from));
    if (lanes === 2) return out.memory("v128.load64_zero", this.#scope.address(from));
    if (lanes !== 3) throw new InternalFault(`a load of ${lanes} lanes`);
    const third = this.#scope.address(from) + 8;
    out.memory("v128.load64_zero", this.#scope.address(from));
    out.memory("v128.load32_lane", third, 2);
  }

  /** Combines the lanes pairwise, so that every lane holds the result. */
  #acrossLanes(value: Vector, combine: Operation): void {
    const out = this.#out;
    const kept = out.local("v128");
    this.push(value);
    for (const pattern of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ]) {
      out.tee(kept);
      out.get(kept);
      out.get(kept);
      this.#shuffle(pattern);
      out.op(combine);
    }
  }

  /** Of lanes of four bytes. */
  #shuffle(pattern: readonly number[]): void {
    this.#out.v128(
      "i8x16.shuffle",
      pattern.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    );
  }

  #repeated(type: "f32" | "i32", value: number): void {
    (type === "f32" ? FLOATS : INTEGERS).fill(value);
    this.#out.v128("v128.const", CONSTANT);
  }
}
