/**
 * Writes the body of one function and checks the type of every operand while it does, so
 * that a wrong kernel is refused where it is made and not by the engine.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { Bytes } from "./bytes.ts";
import { type Line, disassemble } from "./disassemble.ts";
import { type Opcode, type Operation, type ValueType, control, opcodes } from "./opcodes.ts";

export interface FunctionType {
  readonly takes: readonly ValueType[];
  readonly gives: readonly ValueType[];
}

export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  v128: 0x7b,
};
const NO_RESULT = 0x40;
/** Bytes that the locals of a function hardly ever exceed. */
const LOCALS = 16;

export function typeCode(type: ValueType): number {
  return TYPE_CODES[type];
}

export class Assembler {
  readonly type: FunctionType;
  readonly parameters: readonly Local[];
  readonly #locals: ValueType[] = [];
  readonly #code = new Bytes();
  readonly #stack: ValueType[] = [];

  constructor(type: FunctionType) {
    this.type = type;
    this.parameters = type.takes.map((valueType, index) => ({ index, type: valueType }));
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  get(local: Local): void {
    this.#code.byte(control["local.get"]).unsigned(local.index);
    this.#push(local.type);
  }

  set(local: Local): void {
    this.#pop(local.type, "local.set");
    this.#code.byte(control["local.set"]).unsigned(local.index);
  }

  tee(local: Local): void {
    this.#pop(local.type, "local.tee");
    this.#push(local.type);
    this.#code.byte(control["local.tee"]).unsigned(local.index);
  }

  /** An instruction without immediates. */
  op(operation: Operation): void {
    this.#write(operation, "none");
  }

  i32(value: number): void {
    this.#write("i32.const", "i32");
    this.#code.signed(value);
  }

  /** A value that 32 bits can hold. */
  i64(value: number): void {
    this.#write("i64.const", "i64");
    this.#code.signed(value);
  }

  /** Sixteen bytes as an immediate: a constant or the pattern of a shuffle. */
  v128(operation: "v128.const" | "i8x16.shuffle", bytes: ArrayLike<number>): void {
    if (bytes.length !== 16) throw new InternalFault(`${operation} with ${bytes.length} bytes`);
    this.#write(operation, operation === "v128.const" ? "v128" : "lanes");
    this.#code.raw(bytes);
  }

  /** Loads and stores; the address on the stack plus `offset`, in bytes. */
  memory(operation: Operation, offset: number, lane?: number): void {
    if (offset < 0 || offset >= 2 ** 32) {
      throw new InternalFault(`${operation} with the offset ${offset}`);
    }
    const { alignment = 0 } = this.#write(
      operation,
      lane === undefined ? "memory" : "memory and lane",
    );
    this.#code.byte(alignment).unsigned(offset);
    if (lane !== undefined) this.#code.byte(lane);
  }

  call(callee: { readonly index: number; readonly type: FunctionType }): void {
    for (const type of callee.type.takes.toReversed()) this.#pop(type, "call");
    for (const type of callee.type.gives) this.#push(type);
    this.#code.byte(control.call).unsigned(callee.index);
  }

  /** Runs `body` again while it leaves a true value on the stack. */
  repeatWhile(body: () => void): void {
    this.#open("loop", () => {
      body();
      this.#pop("i32", "br_if");
      this.#code.byte(control.br_if).unsigned(0);
    });
  }

  /** Runs `body` where the value on the stack is true. */
  when(body: () => void): void {
    this.#pop("i32", "if");
    this.#open("if", body);
  }

  /** Locals and code, as the code section holds them. */
  finish(): Bytes {
    for (const type of this.type.gives.toReversed()) this.#pop(type, "end of function");
    if (this.#stack.length > 0) throw new InternalFault("values are left on the stack");
    const body = new Bytes(this.#code.length + LOCALS);
    const runs = runsOf(this.#locals);
    body.unsigned(runs.length);
    for (const { type, count } of runs) body.unsigned(count).byte(typeCode(type));
    return body.append(this.#code).byte(control.end);
  }

  get locals(): readonly ValueType[] {
    return this.#locals;
  }

  /** The same function in the text format. */
  get lines(): readonly Line[] {
    return disassemble(this.#code.finish());
  }

  #open(keyword: "loop" | "if", body: () => void): void {
    const height = this.#stack.length;
    this.#code.byte(control[keyword]).byte(NO_RESULT);
    body();
    if (this.#stack.length !== height) throw new InternalFault(`unbalanced ${keyword}`);
    this.#code.byte(control.end);
  }

  #write(operation: Operation, immediate: Opcode["immediate"]): Opcode {
    const opcode: Opcode = opcodes[operation];
    if (opcode.immediate !== immediate) {
      throw new InternalFault(`${operation} takes the immediate ${opcode.immediate}`);
    }
    for (let i = opcode.takes.length - 1; i >= 0; i--) this.#pop(opcode.takes[i], operation);
    for (let i = 0; i < opcode.gives.length; i++) this.#push(opcode.gives[i]);
    for (let i = 0; i < opcode.code.length; i++) this.#code.byte(opcode.code[i]);
    return opcode;
  }

  #push(type: ValueType): void {
    this.#stack.push(type);
  }

  #pop(expected: ValueType, by: string): void {
    const found = this.#stack.pop();
    if (found !== expected) {
      throw new InternalFault(`${by} needs ${expected} on the stack, finds ${found ?? "nothing"}`);
    }
  }
}

function runsOf(types: readonly ValueType[]): { type: ValueType; count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  types.forEach((type) => {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  });
  return runs;
}
