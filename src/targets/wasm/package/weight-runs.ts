/**
 * The weights of a package in their file: what goes into memory as it is, and what stays plain
 * there because a function of the module makes more of it. The loader walks over the same runs.
 */
import type { WeightOf } from "../../../graph/tensor.ts";
import { type ExpansionPart, plainLength } from "../../../kernels/convolution/expansion.ts";
import type { Plan, WeightsBuffer } from "../../../plan/plan.ts";
import type { PlanModule } from "../print-plan.ts";
import type { WeightRun } from "./description.ts";

const BYTES = 4;

/** In the order of the file, which is that of the memory. */
export function weightRuns(
  { buffers }: Plan,
  { addresses, expansions, weights }: PlanModule,
): readonly WeightRun[] {
  const runs: WeightRun[] = [];
  buffers.forEach((buffer, id) => {
    if (buffer.role !== "weights") return;
    const start = addresses[id] - weights.address;
    const last = runs.at(-1);
    if ("expansion" in buffer) {
      runs.push(...buffer.expansion.reduce(joinPart(start, expansions), []));
    } else if (last !== undefined && last.expand === undefined) {
      // What lies between two buffers is stored too.
      runs[runs.length - 1] = { ...last, bytes: start + buffer.elements * BYTES - last.to };
    } else runs.push({ to: start, bytes: buffer.elements * BYTES, count: 1, step: 0 });
  });
  return runs;
}

/** Adds a part to the last run, where it is as the parts before. */
function joinPart(start: number, expansions: PlanModule["expansions"]) {
  return (runs: WeightRun[], { kernel, elements, to }: ExpansionPart): WeightRun[] => {
    const expand = expansions.get(kernel);
    const [bytes, place] = [elements * BYTES, start + to * BYTES];
    const last = runs.at(-1);
    const isLike = last !== undefined && last.expand === expand && last.bytes === bytes;
    const step = isLike ? place - (last.to + last.step * (last.count - 1)) : 0;
    if (last !== undefined && isLike && (last.count === 1 || step === last.step)) {
      runs[runs.length - 1] = { ...last, count: last.count + 1, step };
    } else runs.push({ to: place, bytes, count: 1, step: 0, ...(expand && { expand }) });
    return runs;
  };
}

export function bytesIn(runs: readonly WeightRun[]): number {
  return runs.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
}

/** What is stored, and where. */
interface Stored {
  readonly plan: Plan;
  readonly module: PlanModule;
  readonly runs: readonly WeightRun[];
}

/** Writes all weights in the order of the runs. */
export function writeWeights(
  { plan: { buffers }, module, runs }: Stored,
  weightOf: WeightOf,
  into: Uint8Array,
): void {
  const { addresses, weights } = module;
  const starts = startsOf(runs);
  buffers.forEach((buffer, id) => {
    if (buffer.role !== "weights") return;
    const values = storedOf(buffer, weightOf);
    const place = addresses[id] - weights.address;
    const at = runs.findLastIndex(({ to }) => to <= place);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    into.set(bytes, starts[at] + place - runs[at].to);
  });
}

function storedOf(buffer: WeightsBuffer, weightOf: WeightOf): Float32Array {
  if ("pack" in buffer) return buffer.pack(weightOf);
  const plain = new Float32Array(plainLength(buffer.expansion));
  buffer.plain(weightOf).read(0, plain);
  return plain;
}

/** Where each run starts in the file. */
function startsOf(runs: readonly WeightRun[]): readonly number[] {
  let next = 0;
  return runs.map(({ bytes, count }) => {
    const start = next;
    next += bytes * count;
    return start;
  });
}
