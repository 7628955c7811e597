/** How long a step should take: what the chosen algorithm expects, or what its work comes to. */
import type { Machine } from "../kernels/machine.ts";
import type { Step } from "./plan.ts";

type Estimated = Pick<Step, "cycles" | "operations" | "bytes">;

/** Cycles on one core, for the whole step. */
function estimateCycles(step: Estimated, machine: Machine): number {
  if (step.cycles !== undefined) return step.cycles;
  const arithmetic = step.operations / machine.fmaPerCycle;
  return CALL + Math.max(arithmetic, memoryCycles(step.bytes, machine));
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
export function estimateSeconds(step: Step, machine: Machine): number {
  const threads = step.shared ? machine.threads : 1;
  return estimateCycles(step, machine) / threads / NOMINAL_CLOCK;
}

/**
 * Threads that watch for each other meet in a thousand cycles where each has a core of its own; in
 * fifty times as many where the system has put them onto one, since then they have to sleep
 * (`docs/performance.md`). A step of fewer cycles gains little or loses much.
 */
const WORTH_SHARING = 30_000;

export function isWorthSharing(step: Estimated, machine: Machine): boolean {
  return machine.threads > 1 && estimateCycles(step, machine) >= WORTH_SHARING;
}
