/** A graph of one layer, with what the checker would have written around it. */
import type { Attributes } from "../../src/graph/attributes.ts";
import type { Graph, Weight } from "../../src/graph/graph.ts";
import type { TensorType } from "../../src/graph/tensor-type.ts";
import { layerOf } from "./arguments.ts";

/** Undefined where the layer has no type for these inputs. */
export function layerGraph(
  kind: string,
  attributes: Attributes,
  types: readonly TensorType[],
): Graph | undefined {
  const layer = layerOf(kind);
  const result = layer.shape(attributes, types);
  if ("code" in result) return undefined;
  const inputs = types.map((type, id) => ({ id, name: `x${id}`, type }));
  const outputs = result.outputs.map((type, at) => ({
    id: inputs.length + at,
    name: at === 0 ? kind : `${kind}:${at}`,
    type,
  }));
  const weights = Object.entries(layer.weights(attributes, types)).map(([role, weight]) => {
    const made: Weight = {
      name: `${kind}.${role}`,
      shape: weight.shape,
      dtype: "f32",
      role: weight.role,
    };
    return [role, made] as const;
  });
  return {
    name: kind,
    inputs: inputs.map(({ id }) => id),
    outputs: outputs.map(({ id }, at) => ({ name: `y${at}`, value: id })),
    values: [...inputs, ...outputs],
    nodes: [
      {
        name: kind,
        kind,
        attributes,
        inputs: inputs.map(({ id }) => id),
        outputs: outputs.map(({ id }) => id),
        weights: Object.fromEntries(weights.map(([role, { name }]) => [role, name])),
        span: { file: "layer.cnn", start: 0, end: 0 },
      },
    ],
    weights: new Map(weights.map(([, weight]) => [weight.name, weight])),
    metadata: {},
  };
}
