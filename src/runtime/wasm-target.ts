/** The WebAssembly target: a graph becomes one module made for exactly its sizes. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph } from "../graph/graph.ts";
import { type Tensor, tensor } from "../graph/tensor.ts";
import { deriveWeights } from "../optimize/derive-weights.ts";
import { optimize } from "../optimize/optimize.ts";
import { makePlan, unplannable } from "../plan/make-plan.ts";
import type { Plan, Port } from "../plan/plan.ts";
import { probeFeatures } from "../targets/wasm/features.ts";
import { wasmMachine } from "../targets/wasm/machine.ts";
import { type PlanModule, printPlan } from "../targets/wasm/print-plan.ts";
import type { Tensors } from "./inputs.ts";
import { type Target, referenceTarget } from "./target.ts";

export const wasmTarget: Target = {
  name: "wasm",
  prepare: (graph, weights) => {
    // A layer without kernels runs by its definition, and with it the whole network.
    if (unplannable(optimize(graph)) !== undefined) return referenceTarget.prepare(graph, weights);
    const { run, input, output, plan } = prepareWasm(graph, weights);
    return (inputs): Tensors => {
      for (const port of plan.inputs) input(port).set(given(inputs, port).data);
      run();
      return new Map(plan.outputs.map((port) => [port.name, tensor(port.shape, output(port))]));
    };
  },
};

/** A network in WebAssembly, with its memory open: inputs are written and outputs read in place. */
export interface WasmNetwork {
  readonly plan: Plan;
  readonly module: PlanModule;
  readonly memory: WebAssembly.Memory;
  run(): void;
  /** The port's own memory. */
  input(port: Port): Float32Array;
  output(port: Port): Float32Array;
}

/** @param graph as checked and instantiated; it is optimised here */
export function prepareWasm(graph: Graph, weights: Tensors): WasmNetwork {
  const { relaxedSimd } = probeFeatures();
  const optimized = optimize(graph);
  const machine = wasmMachine({ relaxedSimd, threads: 1 });
  const plan = makePlan(optimized, { machine });
  const module = printPlan(plan, { relaxedFma: relaxedSimd });
  const { memory, run } = instantiate(module);
  const derived = deriveWeights(optimized, weights);
  const view = (buffer: number): Float32Array => {
    const { elements } = plan.buffers[buffer];
    return new Float32Array(memory.buffer, module.addresses[buffer], elements);
  };
  plan.buffers.forEach((buffer, id) => {
    if (buffer.role === "weights") view(id).set(buffer.pack(derived));
  });
  return {
    plan,
    module,
    memory,
    run,
    input: (port) => view(port.buffer),
    output: (port) => view(port.buffer),
  };
}

function instantiate({ bytes }: PlanModule): { memory: WebAssembly.Memory; run: () => void } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory, run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== "function") {
    throw new InternalFault("the module exports neither memory nor run");
  }
  return { memory, run: () => void Reflect.apply(run, undefined, []) };
}

function given(inputs: Tensors, { name }: Port): Tensor {
  const found = inputs.get(name);
  if (found === undefined) throw new InternalFault(`input ${name} was not checked`);
  return found;
}
