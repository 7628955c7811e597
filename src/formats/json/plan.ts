/**
 * The execution plan as JSON: what `cnn plan --json` prints, and what its table is made of.
 * `plan.schema.json` is its published schema; a change that a reader of this version would misread
 * raises `PLAN_VERSION`.
 */
import type { Machine } from "../../kernels/machine.ts";
import { estimateSeconds, workOfStep } from "../../plan/estimate.ts";
import type { Plan, PlanBuffer, Port, Step } from "../../plan/plan.ts";

const PLAN_FORMAT = "cnn-lang plan";
const PLAN_VERSION = 1;

export interface JsonPlan {
  readonly format: typeof PLAN_FORMAT;
  readonly version: typeof PLAN_VERSION;
  readonly name: string;
  readonly target: "wasm";
  readonly machine: JsonMachine;
  readonly inputs: readonly JsonPort[];
  readonly outputs: readonly JsonPort[];
  /** In the order in which they run. */
  readonly kernels: readonly JsonKernel[];
  readonly buffers: readonly JsonBuffer[];
  readonly memory: JsonMemory;
  readonly totals: JsonPlanTotals;
}

export interface JsonMachine {
  /** float32 numbers of one vector. */
  readonly vectorWidth: number;
  /** Whether multiply-adds are one instruction. */
  readonly fma: boolean;
  readonly threads: number;
}

export interface JsonPort {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index among `buffers`. */
  readonly buffer: number;
}

export interface JsonKernel {
  /** Names of the graph's nodes, the fused ones included. */
  readonly nodes: readonly string[];
  /** `conv + add + relu`. */
  readonly operation: string;
  readonly algorithm: string;
  /** Why this one; empty where there was no choice. */
  readonly reason: string;
  readonly buffers: readonly { readonly buffer: number; readonly offset: number }[];
  readonly macs: number;
  readonly bytes: number;
  readonly estimatedSeconds: number;
  readonly measured: JsonMeasured | null;
}

export interface JsonMeasured {
  /** The shortest of many runs. */
  readonly minimumSeconds: number;
  readonly medianSeconds: number;
  /** 2 · macs in the shortest time. */
  readonly gflops: number;
}

export interface JsonBuffer {
  readonly role: PlanBuffer["role"];
  readonly elements: number;
  /** Bytes from the start of the arena; null of weights, which lie before it. */
  readonly offset: number | null;
}

/** In bytes. */
export interface JsonMemory {
  /** All tensors, inputs and outputs too. */
  readonly arena: number;
  /** What they would take side by side. */
  readonly sumOfTensors: number;
  /** The most that is alive at one time: no arena can be smaller. */
  readonly lowerBound: number;
  readonly weights: number;
  /** Of the arena, for the whole of a run. */
  readonly inputs: number;
  /** Of the arena. */
  readonly outputs: number;
  /** Of the module that computes it all. */
  readonly code: number;
}

export interface JsonPlanTotals {
  readonly macs: number;
  readonly estimatedSeconds: number;
  /** The sum of the kernels' shortest times. */
  readonly measuredSeconds: number | null;
}

export interface PlanFacts {
  readonly machine: Machine;
  /** Bytes of the module. */
  readonly code: number;
  /** By step, in seconds. */
  readonly times?: readonly StepTime[];
}

interface StepTime {
  readonly minimum: number;
  readonly median: number;
}

export function planToJson(plan: Plan, { machine, code, times }: PlanFacts): JsonPlan {
  const bytesOf = (role: PlanBuffer["role"]): number =>
    plan.buffers.reduce((sum, b) => sum + (b.role === role ? 4 * b.elements : 0), 0);
  const kernels = plan.steps.map((step, at) =>
    kernelJson(step, plan.buffers, { machine, time: times?.[at] }),
  );
  const { arena } = plan;
  return {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    name: plan.name,
    target: "wasm",
    machine: { vectorWidth: machine.vectorWidth, fma: machine.fma, threads: machine.threads },
    inputs: plan.inputs.map(portJson),
    outputs: plan.outputs.map(portJson),
    kernels,
    buffers: plan.buffers.map((buffer) => ({
      role: buffer.role,
      elements: buffer.elements,
      offset: buffer.role === "weights" ? null : buffer.offset,
    })),
    memory: {
      arena: arena.bytes,
      sumOfTensors: arena.sumOfAll,
      lowerBound: arena.lowerBound,
      weights: bytesOf("weights"),
      inputs: bytesOf("input"),
      outputs: bytesOf("output"),
      code,
    },
    totals: {
      macs: plan.steps.reduce((sum, { macs }) => sum + macs, 0),
      estimatedSeconds: kernels.reduce((sum, kernel) => sum + kernel.estimatedSeconds, 0),
      measuredSeconds: times?.reduce((sum, { minimum }) => sum + minimum, 0) ?? null,
    },
  };
}

function portJson({ name, shape, buffer }: Port): JsonPort {
  return { name, shape, buffer };
}

function kernelJson(
  step: Step,
  buffers: Plan["buffers"],
  { machine, time }: { readonly machine: Machine; readonly time: StepTime | undefined },
): JsonKernel {
  const [, algorithm, reason] = /^(.*?)(?:: (.*))?$/s.exec(step.algorithm) ?? [];
  return {
    nodes: step.nodes,
    operation: step.operation,
    algorithm: algorithm ?? step.algorithm,
    reason: reason ?? "",
    buffers: step.arguments,
    macs: step.macs,
    bytes: workOfStep(step, buffers, machine).bytes,
    estimatedSeconds: estimateSeconds(step, buffers, machine),
    measured: time === undefined ? null : measuredJson(step, time),
  };
}

function measuredJson({ macs }: Step, { minimum, median }: StepTime): JsonMeasured {
  // A clock of coarse ticks can say that no time went by.
  const gflops = minimum > 0 ? (2 * macs) / minimum / 1e9 : 0;
  return { minimumSeconds: minimum, medianSeconds: median, gflops };
}
