/**
 * A plan in the making: buffers and steps are added in the order of execution; at the end
 * the lifetimes of the buffers are known and they get their offsets in one arena.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Expansion } from "../kernels/convolution/expansion.ts";
import type { Kernel } from "../kernels/ir/ir.ts";
import type { Machine } from "../kernels/machine.ts";
import { isWorthSharing } from "./estimate.ts";
import { type Lifetime, planArena } from "./memory/arena.ts";
import type {
  BufferId,
  Pack,
  Place,
  PlainWeights,
  Plan,
  PlanBuffer,
  Port,
  Step,
  TensorBuffer,
  TensorRole,
  WeightsBuffer,
} from "./plan.ts";

const BYTES = 4;

export interface DraftStep {
  readonly nodes: readonly string[];
  readonly operation: string;
  readonly algorithm: string;
  readonly kernel: Kernel;
  readonly arguments: readonly Place[];
  readonly macs?: number;
  readonly cycles?: number;
}

type DraftBuffer = Omit<TensorBuffer, "offset"> | WeightsBuffer;

/** Numbers of steps. */
interface Uses {
  readonly first: number;
  readonly last: number;
}

export class PlanDraft {
  readonly #machine: Machine;
  readonly #buffers: DraftBuffer[] = [];
  readonly #steps: Step[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Memory in the arena, as long as its role says and steps name it. */
  buffer(role: TensorRole, elements: number): BufferId {
    return this.#buffers.push({ role, elements }) - 1;
  }

  weights(elements: number, pack: Pack): BufferId {
    return this.#buffers.push({ role: "weights", elements, pack }) - 1;
  }

  /** @param expansion makes so many elements of the plain weights */
  expandedWeights(elements: number, plain: PlainWeights, expansion: Expansion): BufferId {
    return this.#buffers.push({ role: "weights", elements, plain, expansion }) - 1;
  }

  roleOf(buffer: BufferId): PlanBuffer["role"] {
    return this.#buffers[buffer].role;
  }

  step(step: DraftStep): void {
    const wanted = step.kernel.buffers.length;
    if (step.arguments.length !== wanted) {
      throw new InternalFault(
        `${step.kernel.name} of ${step.nodes.join(", ")} takes ${wanted} buffers, gets ${step.arguments.length}`,
      );
    }
    const shared = isWorthSharing(step, this.#buffers, this.#machine);
    this.#steps.push({ macs: 0, ...step, shared });
  }

  finish(name: string, inputs: readonly Port[], outputs: readonly Port[]): Plan {
    const uses = this.#uses();
    const lifetimes = new Map<BufferId, Lifetime>();
    this.#buffers.forEach((buffer, id) => {
      if (buffer.role !== "weights") lifetimes.set(id, this.#lifetimeOf(buffer, uses.get(id)));
    });
    const arena = planArena([...lifetimes.values()]);
    const offsets = new Map([...lifetimes.keys()].map((id, i) => [id, arena.offsets[i]]));
    const buffers = this.#buffers.map((buffer, id): PlanBuffer =>
      buffer.role === "weights" ? buffer : { ...buffer, offset: offsets.get(id) ?? 0 },
    );
    return { name, inputs, outputs, buffers, steps: this.#steps, arena };
  }

  /** Inputs are still there after a run, and results until the next one writes them. */
  #lifetimeOf(
    { role, elements }: Omit<TensorBuffer, "offset">,
    { first, last }: Uses = { first: 0, last: 0 },
  ): Lifetime {
    const end = Math.max(0, this.#steps.length - 1);
    const bytes = elements * BYTES;
    switch (role) {
      case "input":
        return { bytes, first: 0, last: end };
      case "output":
        return { bytes, first, last: end };
      case "intermediate":
        return { bytes, first, last };
      case "scratch":
        return { bytes: bytes * this.#machine.threads, first, last };
      default:
        return role satisfies never;
    }
  }

  /** The first and last step that name each buffer. */
  #uses(): ReadonlyMap<BufferId, Uses> {
    const uses = new Map<BufferId, Uses>();
    for (const [at, step] of this.#steps.entries()) {
      for (const { buffer } of step.arguments) {
        uses.set(buffer, { first: uses.get(buffer)?.first ?? at, last: at });
      }
    }
    return uses;
  }
}
