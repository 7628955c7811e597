/**
 * Writes the body of one function and checks the type of every operand while it does, so
 * that a wrong kernel is refused where it is made and not by the engine.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { Bytes } from "./bytes.ts";
import { type Opcode, type Operation, type ValueType, opcodes } from "./opcodes.ts";

export interface FunctionType {
  readonly takes: readonly ValueType[];
  readonly gives: readonly ValueType[];
}

export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** One line of the function in the text format, with its depth of nesting. */
export interface Line {
  readonly depth: number;
  readonly text: string;
}

const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  v128: 0x7b,
};
const NO_RESULT = 0x40;

export function typeCode(type: ValueType): number {
  return TYPE_CODES[type];
}

export class Assembler {
  readonly type: FunctionType;
  readonly parameters: readonly Local[];
  /** Of every line its depth, the number of its words, and these: few functions are shown. */
  readonly #written: (string | number)[] = [];
  readonly #locals: ValueType[] = [];
  readonly #code = new Bytes();
  readonly #stack: ValueType[] = [];
  #depth = 0;

  constructor(type: FunctionType) {
    this.type = type;
    this.parameters = type.takes.map((valueType, index) => ({ index, type: valueType }));
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  get(local: Local): void {
    this.#code.byte(0x20).unsigned(local.index);
    this.#push(local.type);
    this.#line("local.get", local.index);
  }

  set(local: Local): void {
    this.#pop(local.type, "local.set");
    this.#code.byte(0x21).unsigned(local.index);
    this.#line("local.set", local.index);
  }

  tee(local: Local): void {
    this.#pop(local.type, "local.tee");
    this.#push(local.type);
    this.#code.byte(0x22).unsigned(local.index);
    this.#line("local.tee", local.index);
  }

  /** An instruction without immediates. */
  op(operation: Operation): void {
    this.#write(operation, "none");
    this.#line(operation);
  }

  i32(value: number): void {
    this.#write("i32.const", "i32");
    this.#code.signed(value);
    this.#line("i32.const", value | 0);
  }

  /** A value that 32 bits can hold. */
  i64(value: number): void {
    this.#write("i64.const", "i64");
    this.#code.signed(value);
    this.#line("i64.const", value | 0);
  }

  /** Sixteen bytes as an immediate: a constant or the pattern of a shuffle. */
  v128(operation: "v128.const" | "i8x16.shuffle", bytes: ArrayLike<number>): void {
    if (bytes.length !== 16) throw new InternalFault(`${operation} with ${bytes.length} bytes`);
    this.#write(operation, "v128");
    this.#code.raw(bytes);
    const form = operation === "v128.const" ? ["i8x16"] : [];
    this.#line(operation, ...form, ...Array.from(bytes));
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
    // Alignment is a promise about speed only, and the kernels' vectors start anywhere.
    const promised = operation.includes("atomic") ? alignment : Math.min(alignment, 2);
    this.#code.unsigned(promised).unsigned(offset);
    if (lane !== undefined) this.#code.byte(lane);
    this.#line(
      operation,
      ...(offset === 0 ? [] : ["offset=", offset]),
      "align=",
      2 ** promised,
      ...(lane === undefined ? [] : [lane]),
    );
  }

  call(callee: { readonly index: number; readonly type: FunctionType }): void {
    for (const type of callee.type.takes.toReversed()) this.#pop(type, "call");
    for (const type of callee.type.gives) this.#push(type);
    this.#code.byte(0x10).unsigned(callee.index);
    this.#line("call", callee.index);
  }

  /** Runs `body` again while it leaves a true value on the stack. */
  repeatWhile(body: () => void): void {
    this.#open("loop", 0x03, () => {
      body();
      this.#pop("i32", "br_if");
      this.#code.byte(0x0d).unsigned(0);
      this.#line("br_if", 0);
    });
  }

  /** Runs `body` where the value on the stack is true. */
  when(body: () => void): void {
    this.#pop("i32", "if");
    this.#open("if", 0x04, body);
  }

  /** Locals and code, as the code section holds them. */
  finish(): Bytes {
    for (const type of this.type.gives.toReversed()) this.#pop(type, "end of function");
    if (this.#stack.length > 0) throw new InternalFault("values are left on the stack");
    const body = new Bytes();
    const runs = runsOf(this.#locals);
    body.unsigned(runs.length);
    for (const { type, count } of runs) body.unsigned(count).byte(typeCode(type));
    return body.raw(this.#code.finish()).byte(0x0b);
  }

  get locals(): readonly ValueType[] {
    return this.#locals;
  }

  /** The same function in the text format. */
  get lines(): readonly Line[] {
    const lines: Line[] = [];
    for (let at = 0; at < this.#written.length;) {
      const [depth, words] = [Number(this.#written[at]), Number(this.#written[at + 1])];
      const text = this.#written.slice(at + 2, at + 2 + words).join(" ");
      lines.push({ depth, text: text.replaceAll("= ", "=") });
      at += 2 + words;
    }
    return lines;
  }

  #open(keyword: string, code: number, body: () => void): void {
    const height = this.#stack.length;
    this.#code.byte(code).byte(NO_RESULT);
    this.#line(keyword);
    this.#depth++;
    body();
    this.#depth--;
    if (this.#stack.length !== height) throw new InternalFault(`unbalanced ${keyword}`);
    this.#code.byte(0x0b);
    this.#line("end");
  }

  #write(operation: Operation, immediate: Opcode["immediate"]): Opcode {
    const opcode: Opcode = opcodes[operation];
    if (opcode.immediate !== immediate) {
      throw new InternalFault(`${operation} takes the immediate ${opcode.immediate}`);
    }
    for (let i = opcode.takes.length - 1; i >= 0; i--) this.#pop(opcode.takes[i], operation);
    for (const type of opcode.gives) this.#push(type);
    this.#code.raw(opcode.code);
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

  #line(...words: readonly (string | number)[]): void {
    this.#written.push(this.#depth, words.length, ...words);
  }
}

function runsOf(types: readonly ValueType[]): { type: ValueType; count: number }[] {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  return runs;
}
