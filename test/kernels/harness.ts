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
  options: HarnessOptions = {},
): Prepared {
  const { offsets, end } = layOut(kernel, buffers);
  const { bytes, memory, functions } = instantiate([kernel], end, options);
  const views = fill(memory, buffers, offsets);
  const [run] = functions;
  return { bytes, views, run: () => run(offsets) };
}

/** Where each buffer begins, and where the last of them ends, in bytes. */
export function layOut(
  kernel: Kernel,
  buffers: readonly (Float32Array | number)[],
): { readonly offsets: readonly number[]; readonly end: number } {
  const offsets: number[] = [];
  let end = 64;
  for (const buffer of buffers) {
    offsets.push(end);
    end = Math.ceil((end + lengthOf(buffer) * 4 + GAP) / 64) * 64;
  }
  for (const [buffer, elements] of reachOf(kernel)) {
    end = Math.max(end, offsets[kernel.buffers.indexOf(buffer)] + elements * 4);
  }
  return { offsets, end };
}

/** What `buffers` say, and NaN everywhere else. */
export function fill(
  memory: ArrayBuffer,
  buffers: readonly (Float32Array | number)[],
  offsets: readonly number[],
): readonly Float32Array<ArrayBuffer>[] {
  const views = buffers.map((buffer, i) => new Float32Array(memory, offsets[i], lengthOf(buffer)));
  new Float32Array(memory).fill(Number.NaN);
  buffers.forEach((content, i) => typeof content !== "number" && views[i].set(content));
  return views;
}

function lengthOf(buffer: Float32Array | number): number {
  return typeof buffer === "number" ? buffer : buffer.length;
}

/** Kernels that work on one memory; each is called with the offsets of its buffers. */
export interface Instantiated {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memory: ArrayBuffer;
  readonly functions: readonly ((offsets: readonly number[]) => void)[];
}

/** @param end bytes of memory that are needed */
export function instantiate(
  kernels: readonly Kernel[],
  end: number,
  { relaxedFma = true, threads = 1, vectorWidth = 4 }: HarnessOptions = {},
): Instantiated {
  const module = new ModuleWriter({ pages: Math.ceil(end / PAGE) + 1, shared: false });
  for (const [i, kernel] of kernels.entries()) {
    module.export(`run${i}`, module.add(printKernel(kernel, { relaxedFma, threads, vectorWidth })));
  }
  const bytes = module.finish();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("the module exports no memory");
  const { buffer } = memory;
  if (!(buffer instanceof ArrayBuffer)) throw new Error("the memory is shared");
  const functions = kernels.map((_, i) => {
    const run = exports[`run${i}`];
    if (typeof run !== "function") throw new Error("the module exports no such kernel");
    return (offsets: readonly number[]): void => {
      for (let thread = 0; thread < threads; thread++) {
        Reflect.apply(run, undefined, threads > 1 ? [...offsets, thread] : offsets);
      }
    };
  });
  return { bytes, memory: buffer, functions };
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
