/** How long a step should take: what the chosen algorithm expects, or what its work comes to. */
import { workOf } from "../kernels/ir/work.ts";
import type { Machine } from "../kernels/machine.ts";
import type { BufferId, PlanBuffer, Step } from "./plan.ts";

const BYTES = 4;

type Estimated = Pick<Step, "kernel" | "arguments" | "cycles">;

/** What one run of a step comes to, counted in its kernel. */
interface StepWork {
  /** On whole vectors. */
  readonly operations: number;
  /** Of all tensors that it reads and writes, each counted once. */
  readonly bytes: number;
}

/** The buffers of a plan, by their numbers. */
type Buffers = readonly Pick<PlanBuffer, "elements">[];

export function workOfStep(step: Estimated, buffers: Buffers, machine: Machine): StepWork {
  const { kernel, arguments: places } = step;
  const { touched, operations } = workOf(kernel, machine.vectorWidth);
  const elements = new Map<BufferId, number>();
  places.forEach(({ buffer }, i) => {
    const more = touched.get(kernel.buffers[i]) ?? 0;
    elements.set(buffer, (elements.get(buffer) ?? 0) + more);
  });
  let sum = 0;
  for (const [id, count] of elements) sum += Math.min(count, buffers[id].elements);
  return { operations, bytes: sum * BYTES };
}

/** Cycles on one core, for the whole step. */
function estimateCycles(step: Estimated, buffers: Buffers, machine: Machine): number {
  if (step.cycles !== undefined) return step.cycles;
  const { operations, bytes } = workOfStep(step, buffers, machine);
  return CALL + Math.max(operations / machine.fmaPerCycle, memoryCycles(bytes, machine));
}

/** A call, its loops' ends, and the pipeline until it is full. */
const CALL = 100;

/** Bytes that are touched once, from the level of memory that holds them all. */
function memoryCycles(bytes: number, { vectorWidth, loadsPerCycle, caches, bandwidth }: Machine) {
  if (bytes <= caches.l1) return bytes / (4 * vectorWidth * loadsPerCycle);
  if (bytes <= caches.l2) return bytes / bandwidth.l2;
  return bytes / (bytes <= caches.l3 ? bandwidth.l3 : bandwidth.memory);
}

/** Estimates are in cycles; this clock makes them times. Machines of today run near it. */
const NOMINAL_CLOCK = 3e9;

/** Seconds, with the work shared out evenly if it is shared out. */
export function estimateSeconds(step: Step, buffers: Buffers, machine: Machine): number {
  const threads = step.shared ? machine.threads : 1;
  return estimateCycles(step, buffers, machine) / threads / NOMINAL_CLOCK;
}

/**
 * Threads that watch for each other meet in a thousand cycles where each has a core of its own; in
 * fifty times as many where the system has put them onto one, since then they have to sleep
 * (`docs/performance.md`). A step of fewer cycles gains little or loses much.
 */
const WORTH_SHARING = 30_000;

export function isWorthSharing(step: Estimated, buffers: Buffers, machine: Machine): boolean {
  return machine.threads > 1 && estimateCycles(step, buffers, machine) >= WORTH_SHARING;
}
