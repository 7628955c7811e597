/** Runs one kernel alone: a module with memory of its own, buffers one behind the other. */
import type { Kernel } from "../../src/kernels/ir/ir.ts";
import { reachOf } from "../../src/kernels/ir/reach.ts";
import { ModuleWriter } from "../../src/targets/wasm/module.ts";
import { printKernel } from "../../src/targets/wasm/print-kernel.ts";

const PAGE = 65536;
/** Room between buffers, so that a store past an end is seen. */
const GAP = 64;

export interface Prepared {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly views: readonly Float32Array<ArrayBuffer>[];
  run(): void;
}

export interface HarnessOptions {
  readonly relaxedFma?: boolean;
  /** Whose shares are run one after the other. */
  readonly threads?: number;
  /** Lanes of the kernel's vectors. */
  readonly vectorWidth?: number;
}

export function prepareKernel(
  kernel: Kernel,
  buffers: readonly (Float32Array | number)[],
  { relaxedFma = true, threads = 1, vectorWidth = 4 }: HarnessOptions = {},
): Prepared {
  const lengths = buffers.map((content) =>
    typeof content === "number" ? content : content.length,
  );
  const offsets: number[] = [];
  let next = 64;
  for (const length of lengths) {
    offsets.push(next);
    next = Math.ceil((next + length * 4 + GAP) / 64) * 64;
  }
  for (const [buffer, elements] of reachOf(kernel)) {
    next = Math.max(next, offsets[kernel.buffers.indexOf(buffer)] + elements * 4);
  }
  const module = new ModuleWriter({ pages: Math.ceil(next / PAGE) + 1, shared: false });
  const callee = module.add(printKernel(kernel, { relaxedFma, threads, vectorWidth }));
  module.export("run", callee);
  const bytes = module.finish();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") {
    throw new Error("the module exports neither memory nor run");
  }
  const { buffer } = memory;
  if (!(buffer instanceof ArrayBuffer)) throw new Error("the memory is shared");
  const views = offsets.map((offset, i) => new Float32Array(buffer, offset, lengths[i]));
  new Float32Array(buffer).fill(Number.NaN);
  buffers.forEach((content, i) => typeof content !== "number" && views[i].set(content));
  const share = (thread: number): void => {
    Reflect.apply(run, undefined, threads > 1 ? [...offsets, thread] : offsets);
  };
  return {
    bytes,
    views,
    run: () => {
      for (let thread = 0; thread < threads; thread++) share(thread);
    },
  };
}

/** Numbers in [-1, 1) that are the same in every run. */
export function randomFloats(length: number, seed = 1): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state | 0) / 2 ** 31;
  }
  return values;
}
