/**
 * The parts that a program is written in: layers, and regions of the graph that become groups or
 * blocks of their own.
 */
import type { Node, ValueId } from "../../../graph/graph.ts";

export type Part = LayerPart | Region | OptionPart | RunPart;

interface Flowing {
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

export interface LayerPart extends Flowing {
  readonly kind: "layer";
  readonly node: Node;
  /** What the names of its weights ask for, inside of the region around it. */
  readonly label?: string;
}

/**
 * Inputs: first the value that the region works on. Outputs: one, except for the whole model.
 */
export interface Region extends Flowing {
  readonly kind: "region";
  readonly label?: string;
  /** In an order in which every part stands behind the makers of its inputs. */
  readonly parts: readonly Part[];
  /** What the last part makes, where that has another number inside than outside. */
  readonly result?: ValueId;
  /** Its steps are called by their numbers, whichever of them are there. */
  readonly isCounted?: true;
}

/**
 * What some of several alike regions have and others lack: a projection, an expansion. The first
 * input passes by where it is absent.
 */
export interface OptionPart extends Flowing {
  readonly kind: "option";
  readonly label?: undefined;
  /** Shared by all regions that have or lack it. */
  readonly choice: Choice;
  /** Absent where the region lacks it; its values have numbers of their own. */
  readonly body?: Region;
}

/** Rounds that are alike in all but their inputs' channels. */
export interface RunPart extends Flowing {
  readonly kind: "run";
  readonly label?: undefined;
  readonly rounds: readonly Region[];
}

export interface Choice {
  /** Of one of the regions that have it. */
  readonly body: Region;
}

/** The values that a region makes, by their numbers inside. */
export function resultsOf({ outputs, result }: Region): readonly ValueId[] {
  return result === undefined ? outputs : [result];
}

/** Whether every part works on what the one before it makes: such a region needs no names. */
export function isPipeline(region: Region): boolean {
  const { inputs, parts } = region;
  const results = resultsOf(region);
  let [flowing] = inputs;
  for (const part of parts) {
    if (part.inputs.length !== 1 || part.outputs.length !== 1) return false;
    if (part.inputs[0] !== flowing) return false;
    [flowing] = part.outputs;
  }
  return inputs.length === 1 && results.length === 1 && flowing === results[0];
}

/** Whether the labels are those that a group gives its steps by itself. */
export function isNumbered(region: Region): boolean {
  return (
    isPipeline(region) &&
    region.parts.every(({ label }, at) => label === undefined || label === String(at)) &&
    region.parts.some(({ label }) => label !== undefined)
  );
}

export function layersOf(part: Part): readonly LayerPart[] {
  switch (part.kind) {
    case "layer":
      return [part];
    case "region":
      return part.parts.flatMap(layersOf);
    case "option":
      return part.body === undefined ? [] : layersOf(part.body);
    case "run":
      return part.rounds.flatMap(layersOf);
    default:
      return part satisfies never;
  }
}

/** The same part on other values. */
export function reading(part: Part, inputs: readonly ValueId[]): Part {
  if (part.kind !== "region") return { ...part, inputs };
  const instead = new Map(part.inputs.map((id, at) => [id, inputs[at]]));
  const parts = part.parts.map((inner) =>
    reading(
      inner,
      inner.inputs.map((id) => instead.get(id) ?? id),
    ),
  );
  const [result] = resultsOf(part);
  return { ...part, inputs, parts, result: instead.get(result) ?? result };
}

/** For the outputs of absent options, the values that pass by. */
export function passedBy(
  region: Region,
  into = new Map<ValueId, ValueId>(),
): Map<ValueId, ValueId> {
  for (const part of region.parts) {
    if (part.kind === "region") passedBy(part, into);
    if (part.kind === "run") part.rounds.forEach((round) => passedBy(round, into));
    if (part.kind !== "option") continue;
    if (part.body === undefined) into.set(part.outputs[0], part.inputs[0]);
    else passedBy(part.body, into);
  }
  return into;
}
