/**
 * A plan in the making: buffers and steps are added in the order of execution; at the end
 * the lifetimes of the buffers are known and they get their offsets in one arena.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Expansion } from "../kernels/convolution/expansion.ts";
import type { Kernel } from "../kernels/ir/ir.ts";
import type { Machine } from "../kernels/machine.ts";
import { type Work, workOf } from "../kernels/ir/work.ts";
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

type DraftBuffer = { readonly role: MemoryRole; readonly elements: number } | WeightsBuffer;

type MemoryRole = Exclude<PlanBuffer["role"], "weights">;

export class PlanDraft {
  readonly #machine: Machine;
  readonly #buffers: DraftBuffer[] = [];
  readonly #steps: Step[] = [];
  readonly #works = new Map<Kernel, Work>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Memory that lives from the first step that names it to the last. */
  buffer(role: MemoryRole, elements: number): BufferId {
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
    const { touched, operations } = this.#workOf(step.kernel);
    const counted = { macs: 0, ...step, operations, bytes: this.#bytesOf(step, touched) };
    this.#steps.push({ ...counted, shared: isWorthSharing(counted, this.#machine) });
  }

  #workOf(kernel: Kernel): Work {
    const known = this.#works.get(kernel);
    if (known !== undefined) return known;
    const work = workOf(kernel, this.#machine.vectorWidth);
    this.#works.set(kernel, work);
    return work;
  }

  finish(name: string, inputs: readonly Port[], outputs: readonly Port[]): Plan {
    const placed = this.#buffers.flatMap((buffer, id) =>
      buffer.role === "arena" || buffer.role === "scratch" ? [id] : [],
    );
    const uses = this.#uses();
    const lifetimes = placed.map((id): Lifetime => {
      const { first, last } = uses.get(id) ?? { first: 0, last: 0 };
      return { bytes: this.#sizeOf(id), first, last };
    });
    const arena = planArena(lifetimes);
    const offsets = new Map(placed.map((id, i) => [id, arena.offsets[i]]));
    const buffers = this.#buffers.map((buffer, id): PlanBuffer => {
      if (buffer.role === "weights") return buffer;
      const { role, elements } = buffer;
      switch (role) {
        case "input":
        case "output":
          return { role, elements };
        case "arena":
        case "scratch":
          return { role, elements, offset: offsets.get(id) ?? 0 };
        default:
          return role satisfies never;
      }
    });
    return { name, inputs, outputs, buffers, steps: this.#steps, arena };
  }

  /** The first and last step that name each buffer. */
  #uses(): ReadonlyMap<BufferId, { first: number; last: number }> {
    const uses = new Map<BufferId, { first: number; last: number }>();
    for (const [at, step] of this.#steps.entries()) {
      for (const { buffer } of step.arguments) {
        uses.set(buffer, { first: uses.get(buffer)?.first ?? at, last: at });
      }
    }
    return uses;
  }

  #sizeOf(id: BufferId): number {
    const { role, elements } = this.#buffers[id];
    return elements * BYTES * (role === "scratch" ? this.#machine.threads : 1);
  }

  /** Of every buffer no more than it has. */
  #bytesOf({ kernel, arguments: places }: DraftStep, touched: Work["touched"]): number {
    const elements = new Map<BufferId, number>();
    places.forEach(({ buffer }, i) => {
      const more = touched.get(kernel.buffers[i]) ?? 0;
      elements.set(buffer, (elements.get(buffer) ?? 0) + more);
    });
    let sum = 0;
    for (const [id, count] of elements) sum += Math.min(count, this.#buffers[id].elements);
    return sum * BYTES;
  }
}
