/**
 * Where a plan's buffers lie in the memory of its module: the weights in one piece, so that they
 * are loaded at once, then the arena with all tensors.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { reachOf } from "../../kernels/ir/reach.ts";
import { ALIGNMENT } from "../../plan/memory/arena.ts";
import type { Plan } from "../../plan/plan.ts";
import { CONTROL_BYTES } from "./control.ts";

export interface MemoryLayout {
  /** By buffer, in bytes. */
  readonly addresses: readonly number[];
  /** Of the whole memory, in bytes. */
  readonly memory: number;
  /** The same in pages of 64 KiB. */
  readonly pages: number;
  /** Where the arena starts; before the first run it holds what expansions read. */
  readonly arena: number;
  /** Where the words lie in which threads meet. */
  readonly control: number;
  /** All packed weights. */
  readonly weights: { readonly address: number; readonly bytes: number };
}

const PAGE = 65536;
const BYTES = 4;
/** Kernels may read a vector past the end of a buffer. */
const SLACK = 64;
/** WebAssembly addresses are 32 bits wide. */
export const LARGEST_MEMORY = 2 ** 32;

/** Bytes of memory that a plan needs, which may be more than there can be. */
export function memoryOf(plan: Plan, threads: number): number {
  return place(plan, threads).memory;
}

/** @param plan one that needs at most `LARGEST_MEMORY` */
export function layoutMemory(plan: Plan, threads: number): MemoryLayout {
  const layout = place(plan, threads);
  if (layout.memory > LARGEST_MEMORY) {
    throw new InternalFault(`a plan of ${layout.memory} bytes was not refused before printing`);
  }
  return { ...layout, pages: Math.ceil(layout.memory / PAGE) };
}

function place(plan: Plan, threads: number): Omit<MemoryLayout, "pages"> {
  const addresses = plan.buffers.map(() => 0);
  const control = ALIGNMENT;
  const firstWeight = control + (threads > 1 ? CONTROL_BYTES : 0);
  let arena = firstWeight;
  plan.buffers.forEach(({ role, elements }, id) => {
    if (role !== "weights") return;
    addresses[id] = arena;
    arena = align(arena + elements * BYTES + SLACK);
  });
  const weights = { address: firstWeight, bytes: arena - firstWeight };
  plan.buffers.forEach((buffer, id) => {
    if (buffer.role !== "weights") addresses[id] = arena + buffer.offset;
  });
  const needed = Math.max(plan.arena.bytes, largestPart(plan) * BYTES);
  const memory = Math.max(arena + needed + SLACK, fetched(plan, addresses));
  return { addresses, arena, control, weights, memory };
}

/** The end of what kernels fetch ahead, which is the next weights or anything else in memory. */
function fetched({ steps }: Plan, addresses: readonly number[]): number {
  let end = 0;
  for (const { kernel, arguments: places } of steps) {
    for (const [buffer, elements] of reachOf(kernel)) {
      const { buffer: id, offset } = places[kernel.buffers.indexOf(buffer)];
      end = Math.max(end, addresses[id] + (offset + elements) * BYTES);
    }
  }
  return end;
}

/** Elements of plain weights that an expansion reads at once; they wait in the arena. */
function largestPart({ buffers }: Plan): number {
  let largest = 0;
  for (const buffer of buffers) {
    if (!("expansion" in buffer)) continue;
    for (const { elements } of buffer.expansion) largest = Math.max(largest, elements);
  }
  return largest;
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
