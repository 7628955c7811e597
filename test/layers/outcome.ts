/** What a layer's shape rule says of given arguments and input shapes. */
import type { Problem } from "../../src/diagnostics/diagnostic.ts";
import { decide } from "../../src/graph/condition.ts";
import type { Dim } from "../../src/graph/dim.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { type PlainArguments, accepted, layerOf } from "./arguments.ts";

export type Outcome =
  | { readonly shapes: readonly (readonly Dim[])[] }
  | { readonly refused: string }
  | { readonly problem: Problem };

export function outcome(
  kind: string,
  given: PlainArguments,
  ...inputs: readonly (readonly Dim[])[]
): Outcome {
  const layer = layerOf(kind);
  const result = accepted(layer, given);
  if ("refused" in result) return result;
  const shape = layer.shape(result.attributes, inputs.map(tensorType));
  if ("code" in shape) return { problem: shape };
  for (const { condition, problem } of shape.requires) {
    if (decide(condition).holds !== "always") return { problem };
  }
  return { shapes: shape.outputs.map((output) => output.shape) };
}
