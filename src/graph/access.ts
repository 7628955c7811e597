/** Looks things up in a graph, where a missing one is a broken invariant. */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { type Dim, formatDim, isKnown } from "./dim.ts";
import type { Graph, Node, Value, ValueId, Weight } from "./graph.ts";
import type { TensorType } from "./tensor-type.ts";

export function valueOf(graph: Graph, id: ValueId): Value {
  // An index beyond the array gives undefined, which its type does not say.
  const value: Value | undefined = graph.values[id];
  if (value === undefined) throw new InternalFault(`value ${id} is not in the graph`);
  return value;
}

export function typeOf(graph: Graph, id: ValueId): TensorType {
  return valueOf(graph, id).type;
}

export function typesOf(graph: Graph, ids: readonly ValueId[]): readonly TensorType[] {
  return ids.map((id) => typeOf(graph, id));
}

export function weightOf(graph: Graph, name: string): Weight {
  const weight = graph.weights.get(name);
  if (weight === undefined) throw new InternalFault(`weight ${name} is not in the graph`);
  return weight;
}

/** The numbers of a shape in an instantiated graph. */
export function knownShape(shape: readonly Dim[]): readonly number[] {
  return shape.map((size) => {
    if (!isKnown(size)) throw new InternalFault(`the size ${formatDim(size)} has no value`);
    return size;
  });
}

/** The inputs of the node's own layer, without what its epilogue reads. */
export function ownInputs({ inputs, epilogue = [] }: Node): readonly ValueId[] {
  const read = epilogue.flatMap((step) => step.inputs).filter((id) => id !== "result");
  return inputs.slice(0, inputs.length - read.length);
}
