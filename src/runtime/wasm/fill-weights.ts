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
    if ("pack" in buffer) {
      const values = buffer.pack(weights);
      new Float32Array(memory.buffer, addresses[id], values.length).set(values);
      return;
    }
    const plain = buffer.plain(weights);
    let from = 0;
    for (const { kernel, elements, to } of buffer.expansion) {
      plain.read(from, new Float32Array(memory.buffer, arena, elements));
      functionOf(exports, expansions.get(kernel))(arena, addresses[id] + to * BYTES);
      from += elements;
    }
  });
}
