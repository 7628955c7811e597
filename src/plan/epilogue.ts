/** The epilogue of a node as its kernel takes it. */
import { layerOfKind } from "../analysis/table.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Element } from "../graph/element.ts";
import type { EpilogueStep, Node, ValueId } from "../graph/graph.ts";
import type { ElementwiseStep } from "../kernels/elementwise.ts";
import type { Epilogue } from "../kernels/epilogue.ts";
import { type PlacedMap, firstElement } from "./placed.ts";
import type { Place } from "./plan.ts";

export interface PlannedEpilogue {
  readonly epilogue: Epilogue;
  /** The added map's place, if there is one. */
  readonly residual: readonly Place[];
}

/**
 * An added map, then an activation; the bias is the node's own.
 * @param placeOf the map in the form in which the kernel writes its result
 */
export function epilogueOf(node: Node, placeOf: (id: ValueId) => PlacedMap): PlannedEpilogue {
  let epilogue: Epilogue = { bias: node.weights.bias !== undefined };
  const residual: Place[] = [];
  for (const step of node.epilogue ?? []) {
    const [operand] = step.inputs.filter((input) => input !== "result");
    if (step.kind === "add" && operand !== undefined) {
      const placed = placeOf(operand);
      epilogue = { ...epilogue, residual: placed.layout };
      residual.push(firstElement(placed));
    } else epilogue = { ...epilogue, activation: functionOf(step) };
  }
  return { epilogue, residual };
}

/** The function of an activation, or of a layer that became one. */
export function functionOf({
  kind,
  attributes,
}: Pick<EpilogueStep, "kind" | "attributes">): Element {
  const operation = layerOfKind(kind).lowering.operation(attributes, []);
  if (operation.family !== "elementwise") {
    throw new InternalFault(`\`${kind}\` stands in an epilogue, but is no function of one element`);
  }
  return operation.activation;
}

/** The epilogue of a node whose kernel works element by element. */
export function epilogueSteps({ epilogue = [] }: Node): readonly ElementwiseStep[] {
  return epilogue.map((step) => ({ kind: "activation", activation: functionOf(step) }));
}

/** The epilogue of a node whose kernel can finish with one function. */
export function activationOf({ epilogue = [] }: Node): { readonly activation?: Element } {
  const [step] = epilogue;
  return step === undefined ? {} : { activation: functionOf(step) };
}

/** `conv + add + relu`. */
export function describe({ kind, epilogue = [] }: Node): string {
  return [kind, ...epilogue.map((step) => step.kind)].join(" + ");
}
