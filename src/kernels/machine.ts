/**
 * What a kernel generator knows of the processor. Generators are written once and take
 * their tile sizes from these numbers, so that a target with wider vectors or more
 * registers gets other tiles from the same source.
 */
export interface Machine {
  /** float32 lanes of one vector: 4 for WASM SIMD128 and NEON, 8 for AVX2, 16 for AVX-512. */
  readonly vectorWidth: number;
  /** Vector registers that a kernel may fill before the compiler spills. */
  readonly registers: number;
  /** Whether `a·b + c` is one instruction. */
  readonly fma: boolean;
  /** Multiply-adds of one vector that can start in one cycle. */
  readonly fmaPerCycle: number;
  /** Cycles until the result of a multiply-add may be used. */
  readonly fmaLatency: number;
  /** Vector loads that can start in one cycle. */
  readonly loadsPerCycle: number;
  /** Threads that share the work of one kernel. */
  readonly threads: number;
  /** Data cache of one core, and the last level that all share, in bytes. */
  readonly caches: { readonly l1: number; readonly l2: number; readonly l3: number };
  /** Bytes that one core can fetch in a cycle from each level, when it streams. */
  readonly bandwidth: { readonly l2: number; readonly l3: number; readonly memory: number };
  /** The same of short runs that lie apart, which nobody has touched before. */
  readonly scattered: number;
}
