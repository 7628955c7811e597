/**
 * Makes the files of a package from a plan: the module in all its forms with the weights, the
 * JavaScript that loads it, and its types. All forms are printed from one plan, so that they
 * share the packed weights.
 */
import type { WeightTensors } from "../../../graph/tensor.ts";
import { weightDeriver } from "../../../optimize/derive-weights.ts";
import type { Plan, Port } from "../../../plan/plan.ts";
import type { WasmPlan } from "../plan-graph.ts";
import { type PlanModule, printPlan } from "../print-plan.ts";
import { controlAt } from "../control.ts";
import {
  ID_LENGTH,
  type ModelDescription,
  type PortDescription,
  type Program,
  type WeightsPlace,
} from "./description.ts";
import { fingerprint } from "./fingerprint.ts";
import { bytesIn, weightRuns, writeWeights } from "./weight-runs.ts";
import { type ModuleFile, layOutModule } from "./module-file.ts";

export interface PackageOptions {
  /** As the plan was made for. */
  readonly threads: number;
  /** Whether there is a form with fused multiply-add, for engines that have it. */
  readonly relaxedSimd: boolean;
  readonly weights: WeightsPlace;
}

/** A model with its binary files, for those who write the JavaScript around them. */
export interface PackagedModule {
  readonly description: ModelDescription;
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Where the weights are beside the module. */
  readonly weights?: Uint8Array<ArrayBuffer>;
}

/** @param weights of the graph before it was optimised, by name */
export function packageModule(
  { plan, optimized, machine: { vectorWidth } }: WasmPlan,
  weights: WeightTensors,
  options: PackageOptions,
): PackagedModule {
  const modules = formsOf(options).map((form) => ({
    ...form,
    module: printPlan(plan, { ...form, vectorWidth }),
  }));
  const [{ module: first }] = modules;
  const runs = weightRuns(plan, first);
  const weightBytes = bytesIn(runs);
  const place = weightBytes === 0 ? "inside" : options.weights;
  const inside = place === "inside";
  const file = layOutModule(
    modules.map(({ module }) => module),
    inside ? weightBytes : 0,
  );
  const beside = inside ? undefined : new Uint8Array(ID_LENGTH + weightBytes);
  const room = beside?.subarray(ID_LENGTH) ?? file.weights;
  writeWeights({ plan, module: first, runs }, weightDeriver(optimized, weights), room);

  const id = fingerprint([file.bytes.subarray(0, file.codeBytes), room]);
  for (const target of [file.id, beside]) target?.set(new TextEncoder().encode(id));
  return {
    description: {
      name: plan.name,
      id,
      labels: optimized.metadata.labels ?? [],
      inputs: plan.inputs.map(portDescription),
      outputs: plan.outputs.map(portDescription),
      programs: modules.map(({ module, threads: own }, i) =>
        programOf(plan, module, own, file.programs[i]),
      ),
      wide: vectorWidth > 4,
      codeBytes: file.codeBytes,
      weights: { place, bytes: weightBytes, runs },
    },
    wasm: file.bytes,
    ...(beside && { weights: beside }),
  };
}

interface Form {
  readonly threads: number;
  readonly relaxedFma: boolean;
}

/** The first one runs where nothing can be chosen: on one thread, since workers may be missing. */
function formsOf({ threads, relaxedSimd }: PackageOptions): readonly Form[] {
  const teams = threads > 1 ? [1, threads] : [1];
  const instructions = relaxedSimd ? [true, false] : [false];
  return teams.flatMap((size) => instructions.map((relaxedFma) => ({ threads: size, relaxedFma })));
}

function programOf(
  { inputs, outputs }: Plan,
  { addresses, pages, control, weights, arena }: PlanModule,
  threads: number,
  { start, end }: ModuleFile["programs"][number],
): Program {
  const addressOf = ({ buffer }: Port): number => addresses[buffer];
  return {
    start,
    end,
    threads,
    pages,
    flags: controlAt(control).flags,
    weights: weights.address,
    arena,
    inputs: inputs.map(addressOf),
    outputs: outputs.map(addressOf),
  };
}

function portDescription({ name, shape }: Port): PortDescription {
  return { name, shape };
}
