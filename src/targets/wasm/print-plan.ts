/**
 * Prints a plan as one WebAssembly module: every kernel a function (equal ones once), all
 * buffers at fixed addresses, and `run`, which calls the kernels in order.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { ALIGNMENT } from "../../plan/arena.ts";
import type { BufferId, Plan } from "../../plan/plan.ts";
import { Assembler } from "./assembler.ts";
import { type Callee, ModuleWriter } from "./module.ts";
import { printKernel } from "./print-kernel.ts";

export interface PlanModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By buffer, in bytes. */
  readonly addresses: readonly number[];
  /** Of the whole memory, in bytes. */
  readonly memory: number;
  /** Where the arena starts. */
  readonly arena: number;
}

export interface PlanModuleOptions {
  readonly relaxedFma: boolean;
}

const PAGE = 65536;
const BYTES = 4;
/** Kernels may read a vector past the end of a buffer. */
const SLACK = 64;
/** WebAssembly addresses are 32 bits wide. */
export const LARGEST_MEMORY = 2 ** 32;

export function printPlan(plan: Plan, { relaxedFma }: PlanModuleOptions): PlanModule {
  const { addresses, memory, arena } = placeBuffers(plan);
  const module = new ModuleWriter({ pages: Math.ceil(memory / PAGE), shared: false });
  const run = new Assembler({ takes: [], gives: [] });
  const printed = new Map<string, Callee>();
  for (const step of plan.steps) {
    const body = printKernel(step.kernel, { relaxedFma, threads: 1 });
    const text = body.lines.map((line) => line.text).join("\n");
    const callee = printed.get(text) ?? module.add(body);
    printed.set(text, callee);
    for (const { buffer, offset } of step.arguments) run.i32(addresses[buffer] + offset * BYTES);
    run.call(callee);
  }
  module.export("run", module.add(run));
  return { bytes: module.finish(), addresses, memory, arena };
}

/** Weights, inputs and outputs one behind the other, then the arena. */
function placeBuffers(plan: Plan): Omit<PlanModule, "bytes"> {
  let next = ALIGNMENT;
  const addresses: number[] = plan.buffers.map(({ role, elements }) => {
    if (role === "arena" || role === "scratch") return 0;
    const address = next;
    next = align(address + elements * BYTES + SLACK);
    return address;
  });
  const arena = next;
  plan.buffers.forEach((buffer, id: BufferId) => {
    if (buffer.role === "arena" || buffer.role === "scratch") addresses[id] = arena + buffer.offset;
  });
  const memory = arena + plan.arena.bytes + SLACK;
  if (memory > LARGEST_MEMORY) {
    throw new InternalFault(`a plan of ${memory} bytes was not refused before it was printed`);
  }
  return { addresses, memory, arena };
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
