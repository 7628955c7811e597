/** Writes the weights of a network into the memory of its module, where they are packed. */
import type { WeightOf } from "../../graph/tensor.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PlanModule } from "../../targets/wasm/print-plan.ts";
import { type ModuleInstance, functionOf } from "./instance.ts";

const BYTES = 4;

export function fillWeights(
  { buffers }: Plan,
  { addresses, arena, expansions }: PlanModule,
  { memory, exports }: ModuleInstance,
  weights: WeightOf,
): void {
  buffers.forEach((buffer, id) => {
    if (buffer.role !== "weights") return;
    const values = buffer.pack(weights);
    const { expansion } = buffer;
    if (expansion.length === 0) {
      new Float32Array(memory.buffer, addresses[id], values.length).set(values);
      return;
    }
    let from = 0;
    for (const { kernel, elements, to } of expansion) {
      const part = values.subarray(from, from + elements);
      new Float32Array(memory.buffer, arena, elements).set(part);
      functionOf(exports, expansions.get(kernel))(arena, addresses[id] + to * BYTES);
      from += elements;
    }
  });
}
