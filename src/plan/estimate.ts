/** How long a step should take: what the chosen algorithm expects, or what its work comes to. */
import type { Machine } from "../kernels/machine.ts";
import type { Step } from "./plan.ts";

/** Cycles on one core, for the whole step. */
function estimateCycles(step: Step, machine: Machine): number {
  if (step.cycles !== undefined) return step.cycles;
  const arithmetic = step.macs / machine.vectorWidth / machine.fmaPerCycle;
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

/** Seconds, with the work shared out evenly. */
export function estimateSeconds(step: Step, machine: Machine): number {
  return estimateCycles(step, machine) / machine.threads / NOMINAL_CLOCK;
}
