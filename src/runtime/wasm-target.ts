/** The WebAssembly target: a graph becomes one module made for exactly its sizes. */
import { InternalFault, problem } from "../diagnostics/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import type { WeightTensors } from "../graph/tensor.ts";
import { weightDeriver } from "../optimize/derive-weights.ts";
import type { Plan, Port } from "../plan/plan.ts";
import { controlAt } from "../targets/wasm/control.ts";
import { type Features, probeFeatures } from "../targets/wasm/features.ts";
import { type WasmPlan, type WasmPlanOptions, planForWasm } from "../targets/wasm/plan-graph.ts";
import { type PlanModule, printPlan } from "../targets/wasm/print-plan.ts";
import type { Session, SessionTensors } from "./session.ts";
import type { Prepared, Target } from "./target.ts";
import { fillWeights } from "./wasm/fill-weights.ts";
import { type ModuleInstance, openModule } from "./wasm/instance.ts";
import type { Team } from "./wasm/team.ts";

export interface WasmOptions extends Pick<
  WasmPlanOptions,
  "algorithms" | "precise" | "stopAfter" | "wide"
> {
  /** Threads that share the work of every kernel; one unless given. */
  readonly team?: Team;
  /** Exports every step of the plan as a function of its own, to measure them; for one thread. */
  readonly steps?: boolean;
  /** Of the engine at hand, unless given. */
  readonly features?: Features;
}

export function wasmTargetWith(options: WasmOptions): Target {
  const { team } = options;
  return {
    name: "wasm",
    prepare: (graph, weights): Prepared => {
      const { features = probeFeatures() } = options;
      if (!features.simd) {
        return { problems: [{ problem: problem("CNN5062", { model: graph.name }) }] };
      }
      const planned = planForWasm(graph, planOptions(options, features));
      if (!("plan" in planned)) return planned;
      return openSession(planned, weights, { ...options, features });
    },
    close: () => team?.close(),
  };
}

/**
 * WebAssembly made for exactly the network and its sizes: float32 with SIMD. It is what `compile`
 * takes where it is given no other target; more threads are `compile(source, { threads: 2 })`.
 */
export const wasmTarget: Target = wasmTargetWith({});

/** A network in WebAssembly, with its memory open: inputs are written and outputs read in place. */
export interface WasmNetwork extends ModuleInstance {
  readonly plan: Plan;
  readonly module: PlanModule;
  /** The port's own memory. */
  input(port: Port): Float32Array;
  output(port: Port): Float32Array;
}

/** @param graph as checked and instantiated; it is optimised here */
export function prepareWasm(
  graph: Graph,
  weights: WeightTensors,
  options: WasmOptions = {},
): WasmNetwork {
  const { features = probeFeatures() } = options;
  const planned = planForWasm(graph, planOptions(options, features));
  if ("plan" in planned) return openNetwork(planned, weights, { ...options, features });
  throw new InternalFault(`${graph.name} has no plan: ${planned.problems[0].problem.code}`);
}

function planOptions(
  { team, algorithms, precise, stopAfter, wide }: WasmOptions,
  { relaxedSimd }: Features,
): WasmPlanOptions {
  return {
    relaxedSimd,
    threads: team?.threads ?? 1,
    ...(algorithms && { algorithms }),
    ...(precise !== undefined && { precise }),
    ...(stopAfter !== undefined && { stopAfter }),
    ...(wide !== undefined && { wide }),
  };
}

type Engine = WasmOptions & Required<Pick<WasmOptions, "features">>;

function openSession(planned: WasmPlan, weights: WeightTensors, options: Engine): Prepared {
  let network: WasmNetwork;
  try {
    network = openNetwork(planned, weights, options);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    const { plan } = planned;
    const bytes = plan.buffers.reduce((sum, { elements }) => sum + 4 * elements, 0);
    return { problems: [{ problem: problem("CNN5061", { model: plan.name, bytes }) }] };
  }
  return { session: sessionOf(network, options.team?.threads ?? 1) };
}

/**
 * Engines throw a RangeError where memory or an array cannot be had ("could not allocate memory",
 * "Array buffer allocation failed", "Out of memory"), and for mistakes of a program too.
 */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /memory|allocat/i.test(error.message);
}

function sessionOf({ plan, input, output, run, close }: WasmNetwork, threads: number): Session {
  const outputs = openPorts(plan.outputs, output);
  return {
    target: "wasm",
    threads,
    inputs: openPorts(plan.inputs, input),
    outputs,
    run: () => {
      run();
      return outputs;
    },
    close,
  };
}

function openPorts(ports: readonly Port[], view: (port: Port) => Float32Array): SessionTensors {
  return Object.fromEntries(
    ports.map((port) => [port.name, { shape: port.shape, data: view(port) }]),
  );
}

/** @throws RangeError where the machine has no room for the memory */
function openNetwork(
  { plan, optimized, machine }: WasmPlan,
  weights: WeightTensors,
  options: Engine,
): WasmNetwork {
  const { team, steps = false, features } = options;
  const module = printPlan(plan, {
    relaxedFma: features.relaxedSimd,
    threads: team?.threads ?? 1,
    vectorWidth: machine.vectorWidth,
    steps,
  });
  const { pages, control, addresses } = module;
  const needs = { pages, flags: controlAt(control).flags };
  const instance = openModule(new WebAssembly.Module(module.bytes), needs, team);
  const view = (buffer: number): Float32Array =>
    new Float32Array(instance.memory.buffer, addresses[buffer], plan.buffers[buffer].elements);
  fillWeights(plan, module, instance, weightDeriver(optimized, weights));
  return {
    ...instance,
    plan,
    module,
    input: (port) => view(port.buffer),
    output: (port) => view(port.buffer),
  };
}
