/** The epilogue of a node as its kernel takes it. */
import { layerOfKind } from "../../analysis/table.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Element, chained, compose } from "../../graph/element.ts";
import type { EpilogueStep, Node, ValueId } from "../../graph/graph.ts";
import type { Epilogue } from "../../kernels/vectors/epilogue.ts";
import { type PlacedMap, firstElement } from "../memory/placed.ts";
import type { Place } from "../plan.ts";

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
    }
  }
  return { epilogue: { ...epilogue, ...activationOf(node) }, residual };
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
  return operation.element;
}

/** The function of a node whose kernel works element by element, with its epilogue. */
export function finished(node: Node, element: Element): Element {
  const { activation } = activationOf(node);
  return activation === undefined ? element : compose(activation, element);
}

/** The functions of a node's epilogue as one. */
export function activationOf({ epilogue = [] }: Node): { readonly activation?: Element } {
  const activation = chained(
    ...epilogue.filter(({ inputs }) => inputs.length === 1).map(functionOf),
  );
  return activation === undefined ? {} : { activation };
}

/** `conv + add + relu`. */
export function describe({ kind, epilogue = [] }: Node): string {
  return [kind, ...epilogue.map((step) => step.kind)].join(" + ");
}
