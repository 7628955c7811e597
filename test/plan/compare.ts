/**
 * Runs a graph in WebAssembly and by the reference. All memory that is not given is NaN before
 * the run, and everything that must hold for a plan is checked.
 */
import { expect } from "vitest";
import type { Graph } from "../../src/graph/graph.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Tensors } from "../../src/runtime/inputs.ts";
import { run } from "../../src/runtime/reference.ts";
import { type WasmOptions, prepareWasm } from "../../src/runtime/wasm-target.ts";
import { relativeError } from "../relative-error.ts";
import { randomInputs, randomWeights } from "../graph/random-values.ts";

/**
 * The largest error of any output, relative to the output's largest element.
 * @param graph as instantiated
 */
export function errorInWasm(
  graph: Graph,
  options: WasmOptions = {},
  inputs: Tensors = randomInputs(graph),
): number {
  return errorOf(solved(graph, inputs), options);
}

/** A graph with numbers for its weights and inputs, and what the reference makes of them. */
export interface Solved {
  readonly graph: Graph;
  readonly weights: Tensors;
  readonly inputs: Tensors;
  readonly expected: Tensors;
}

export function solved(graph: Graph, inputs: Tensors = randomInputs(graph)): Solved {
  const weights = randomWeights(graph);
  return { graph, weights, inputs, expected: run(graph, weights, inputs).outputs };
}

/** As `errorInWasm`. */
export function errorOf(
  { graph, weights, inputs, expected }: Solved,
  options: WasmOptions = {},
): number {
  const net = prepareWasm(graph, weights, options);
  new Float32Array(net.memory.buffer, net.module.arena, net.plan.arena.bytes / 4).fill(Number.NaN);
  for (const port of net.plan.inputs) net.input(port).set(inputs.get(port.name)?.data ?? []);
  net.run();
  expectApart(net.plan);
  // The next run may be without new inputs.
  for (const port of net.plan.inputs) {
    expect(net.input(port)).toEqual(Float32Array.from(inputs.get(port.name)?.data ?? []));
  }
  const errors = net.plan.outputs.map((port) => {
    const reference = expected.get(port.name);
    expect(port.shape).toEqual(reference?.shape);
    return relativeError(net.output(port), reference?.data ?? new Float64Array());
  });
  return Math.max(...errors);
}

/** Buffers of the arena that are in use at one step share no byte. */
export function expectApart(plan: Plan): void {
  const lives = plan.buffers.map(() => ({ first: Infinity, last: -Infinity }));
  plan.steps.forEach((step, at) => {
    for (const { buffer } of step.arguments) {
      lives[buffer].first = Math.min(lives[buffer].first, at);
      lives[buffer].last = at;
    }
  });
  const end = plan.steps.length - 1;
  for (const { buffer } of plan.inputs) lives[buffer] = { first: 0, last: end };
  for (const { buffer } of plan.outputs) lives[buffer].last = end;
  const inArena = plan.buffers.flatMap((buffer, id) =>
    buffer.role === "weights" ? [] : [{ ...buffer, ...lives[id] }],
  );
  inArena.forEach((a, i) => {
    for (const b of inArena.slice(0, i)) {
      if (a.first > b.last || b.first > a.last) continue;
      const apart = a.offset + a.elements * 4 <= b.offset || b.offset + b.elements * 4 <= a.offset;
      expect(apart).toBe(true);
    }
  });
}
