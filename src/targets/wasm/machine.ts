/** WebAssembly with SIMD128 as the kernel generators see it. */
import type { Machine } from "../../kernels/machine.ts";

export interface WasmMachineOptions {
  /** Whether the engine has fused multiply-add. */
  readonly relaxedSimd: boolean;
  readonly threads: number;
  /** Vectors of 256 bits: pairs of `v128` that the engine joins (see `WasmPlanOptions.wide`). */
  readonly wide?: boolean;
}

/**
 * Engines map `v128` to the 16 SSE registers of x86-64 and keep one for themselves; code
 * that fits there fits the 32 of ARM too. Cache sizes are those of common servers and
 * laptops (some have 1 MiB of the second level), bandwidths are measured (`docs/performance.md`).
 */
export function wasmMachine(options: WasmMachineOptions): Machine {
  return {
    vectorWidth: options.wide ? 8 : 4,
    registers: 15,
    fma: options.relaxedSimd,
    fmaPerCycle: options.relaxedSimd ? 2 : 1,
    fmaLatency: options.relaxedSimd ? 4 : 7,
    loadsPerCycle: 2,
    threads: options.threads,
    caches: { l1: 32 * 1024, l2: 2 * 1024 * 1024, l3: 16 * 1024 * 1024 },
    bandwidth: { l2: 24, l3: 5, memory: 4 },
    scattered: 2.5,
  };
}
