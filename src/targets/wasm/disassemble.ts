/** The text of a function, read from its bytes: few functions are ever shown. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Opcode, control, opcodes } from "./opcodes.ts";

/** One line of a function in the text format, with its depth of nesting. */
export interface Line {
  readonly depth: number;
  readonly text: string;
}

/** @param code instructions that an `Assembler` has written, without the function's end */
export function disassemble(code: Uint8Array): readonly Line[] {
  const reader = new Reader(code);
  const lines: Line[] = [];
  let depth = 0;
  while (!reader.atEnd) {
    const { name, opcode } = reader.instruction();
    if (name === "end") depth--;
    const words = opcode === undefined ? reader.target(name) : reader.immediates(opcode);
    lines.push({ depth, text: [name, ...words].join(" ") });
    if (name === "loop" || name === "if") depth++;
  }
  return lines;
}

const PLAIN = new Map<number, string>(Object.entries(control).map(([name, code]) => [code, name]));
const TABLE = new Map<string, { readonly name: string; readonly opcode: Opcode }>(
  Object.entries(opcodes).map(([name, opcode]) => [opcode.code.join(), { name, opcode }]),
);
/** The first byte of an opcode of several. */
const FIRST_PREFIX = 0xfc;

class Reader {
  readonly #code: Uint8Array;
  #at = 0;

  constructor(code: Uint8Array) {
    this.#code = code;
  }

  get atEnd(): boolean {
    return this.#at === this.#code.length;
  }

  /** The name of the next instruction; what gives structure has no entry in the table. */
  instruction(): { readonly name: string; readonly opcode?: Opcode } {
    const [first] = this.#bytes(1);
    const name = PLAIN.get(first);
    if (name !== undefined) return { name };
    const parts = first < FIRST_PREFIX ? [first] : [first, ...this.#parts()];
    const found = TABLE.get(parts.join());
    if (found === undefined)
      throw new InternalFault(`no instruction has the bytes ${parts.join()}`);
    return found;
  }

  /** What stands behind an instruction without an entry in the table. */
  target(name: string): readonly (string | number)[] {
    if (name === "end") return [];
    if (name !== "loop" && name !== "if") return [this.#unsigned()];
    this.#bytes(1);
    return [];
  }

  immediates({ immediate }: Opcode): readonly (string | number)[] {
    switch (immediate) {
      case "none":
        return [];
      case "i32":
      case "i64":
        return [this.#signed()];
      case "v128":
        return ["i8x16", ...this.#bytes(16)];
      case "lanes":
        return [...this.#bytes(16)];
      case "memory":
        return this.#memory();
      case "memory and lane":
        return [...this.#memory(), ...this.#bytes(1)];
      default:
        return immediate satisfies never;
    }
  }

  #memory(): readonly string[] {
    const [alignment, offset] = [this.#unsigned(), this.#unsigned()];
    return [...(offset === 0 ? [] : [`offset=${offset}`]), `align=${2 ** alignment}`];
  }

  #unsigned(): number {
    return this.#parts().reduce((sum, part, i) => sum + (part % 0x80) * 2 ** (7 * i), 0);
  }

  #signed(): number {
    const parts = this.#parts();
    const sum = parts.reduce((bits, part, i) => bits + (part % 0x80) * 2 ** (7 * i), 0);
    const negative = (parts[parts.length - 1] & 0x40) !== 0;
    return negative ? sum - 2 ** (7 * parts.length) : sum;
  }

  /** The bytes of one number in LEB128. */
  #parts(): readonly number[] {
    let end = this.#at;
    while (this.#code[end] >= 0x80) end++;
    return Array.from(this.#bytes(end + 1 - this.#at));
  }

  #bytes(count: number): Uint8Array {
    this.#at += count;
    return this.#code.subarray(this.#at - count, this.#at);
  }
}
