/**
 * The instructions that this target emits: bytes, operand and result types, immediates.
 * Numbers are those of the WebAssembly 3.0 specification, appendix "Index of Instructions"
 * (relaxed SIMD and threads included).
 */

export type ValueType = "i32" | "i64" | "f32" | "v128";

/** What stands behind the opcode. */
export type Immediate =
  | "none"
  | "i32"
  | "i64"
  /** Sixteen bytes. */
  | "v128"
  /** Sixteen numbers of bytes. */
  | "lanes"
  /** Alignment, a fact of the opcode, and offset. */
  | "memory"
  | "memory and lane";

export interface Opcode {
  /** Prefix and number, as LEB128 parts. */
  readonly code: readonly number[];
  readonly takes: readonly ValueType[];
  readonly gives: readonly ValueType[];
  readonly immediate: Immediate;
  /** log2 of the alignment that a memory instruction promises. */
  readonly alignment?: number;
}

const SIMD = 0xfd;
const ATOMIC = 0xfe;

/** log2 of the bytes of an element. */
const ELEMENT = 2;

/** What gives a function its structure: its operands depend on the function. */
export const control = {
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br_if: 0x0d,
  call: 0x10,
  "local.get": 0x20,
  "local.set": 0x21,
  "local.tee": 0x22,
} as const;

function plain(
  code: number[],
  takes: string,
  gives: string,
  immediate: Immediate = "none",
): Opcode {
  return { code, takes: types(takes), gives: types(gives), immediate };
}

function memory(code: number[], takes: string, gives: string, bytes: number): Opcode {
  return {
    code,
    takes: types(takes),
    gives: types(gives),
    immediate: "memory",
    // A promise about speed only, and the kernels' vectors start at any element.
    alignment: Math.min(Math.log2(bytes), ELEMENT),
  };
}

/** Of one lane of a vector. */
function memoryLane(code: number[], takes: string, gives: string, bytes: number): Opcode {
  return { ...memory(code, takes, gives, bytes), immediate: "memory and lane" };
}

const isType = (name: string): name is ValueType => ["i32", "i64", "f32", "v128"].includes(name);

function types(text: string): ValueType[] {
  return text.split(" ").filter(isType);
}

const unaryVector = (...code: number[]) => plain([SIMD, ...code], "v128", "v128");
const binaryVector = (...code: number[]) => plain([SIMD, ...code], "v128 v128", "v128");

export const opcodes = {
  "i32.const": plain([0x41], "", "i32", "i32"),
  "i64.const": plain([0x42], "", "i64", "i64"),
  "i32.add": plain([0x6a], "i32 i32", "i32"),
  "i32.sub": plain([0x6b], "i32 i32", "i32"),
  "i32.mul": plain([0x6c], "i32 i32", "i32"),
  "i32.div_u": plain([0x6e], "i32 i32", "i32"),
  "i32.and": plain([0x71], "i32 i32", "i32"),
  "i32.or": plain([0x72], "i32 i32", "i32"),
  "i32.eq": plain([0x46], "i32 i32", "i32"),
  "i32.ne": plain([0x47], "i32 i32", "i32"),
  "i32.lt_u": plain([0x49], "i32 i32", "i32"),
  "i32.eqz": plain([0x45], "i32", "i32"),
  "i32.load": memory([0x28], "i32", "i32", 4),
  drop: plain([0x1a], "i32", ""),
  "i32.store": memory([0x36], "i32 i32", "", 4),

  "v128.load": memory([SIMD, 0x00], "i32", "v128", 16),
  "v128.load32_splat": memory([SIMD, 0x09], "i32", "v128", 4),
  "v128.load32_zero": memory([SIMD, 0x5c], "i32", "v128", 4),
  "v128.load64_zero": memory([SIMD, 0x5d], "i32", "v128", 8),
  "v128.load32_lane": memoryLane([SIMD, 0x56], "i32 v128", "v128", 4),
  "v128.store": memory([SIMD, 0x0b], "i32 v128", "", 16),
  "v128.store32_lane": memoryLane([SIMD, 0x5a], "i32 v128", "", 4),
  "v128.store64_lane": memoryLane([SIMD, 0x5b], "i32 v128", "", 8),
  "v128.const": plain([SIMD, 0x0c], "", "v128", "v128"),
  "i8x16.shuffle": plain([SIMD, 0x0d], "v128 v128", "v128", "lanes"),
  "v128.and": binaryVector(0x4e),
  "v128.or": binaryVector(0x50),
  "v128.bitselect": plain([SIMD, 0x52], "v128 v128 v128", "v128"),
  "f32x4.eq": binaryVector(0x41),
  "f32x4.lt": binaryVector(0x43),
  "f32x4.le": binaryVector(0x45),
  "f32x4.floor": unaryVector(0x68),
  "f32x4.nearest": unaryVector(0x6a),
  "i32x4.all_true": plain([SIMD, 0xa3, 0x01], "v128", "i32"),
  "i32x4.shl": plain([SIMD, 0xab, 0x01], "v128 i32", "v128"),
  "i32x4.shr_s": plain([SIMD, 0xac, 0x01], "v128 i32", "v128"),
  "i32x4.add": binaryVector(0xae, 0x01),
  "i32x4.sub": binaryVector(0xb1, 0x01),
  "f32x4.abs": unaryVector(0xe0, 0x01),
  "f32x4.neg": unaryVector(0xe1, 0x01),
  "f32x4.sqrt": unaryVector(0xe3, 0x01),
  "f32x4.add": binaryVector(0xe4, 0x01),
  "f32x4.sub": binaryVector(0xe5, 0x01),
  "f32x4.mul": binaryVector(0xe6, 0x01),
  "f32x4.div": binaryVector(0xe7, 0x01),
  "f32x4.min": binaryVector(0xe8, 0x01),
  "f32x4.max": binaryVector(0xe9, 0x01),
  "f32x4.pmin": binaryVector(0xea, 0x01),
  "f32x4.pmax": binaryVector(0xeb, 0x01),
  "i32x4.trunc_sat_f32x4_s": unaryVector(0xf8, 0x01),
  "f32x4.convert_i32x4_s": unaryVector(0xfa, 0x01),
  "f32x4.relaxed_madd": plain([SIMD, 0x85, 0x02], "v128 v128 v128", "v128"),

  "memory.atomic.notify": memory([ATOMIC, 0x00], "i32 i32", "i32", 4),
  "memory.atomic.wait32": memory([ATOMIC, 0x01], "i32 i32 i64", "i32", 4),
  "i32.atomic.load": memory([ATOMIC, 0x10], "i32", "i32", 4),
  "i32.atomic.store": memory([ATOMIC, 0x17], "i32 i32", "", 4),
  "i32.atomic.rmw.add": memory([ATOMIC, 0x1e], "i32 i32", "i32", 4),
} satisfies Record<string, Opcode>;

export type Operation = keyof typeof opcodes;
