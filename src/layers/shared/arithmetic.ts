/** Builds the layers that join tensors element by element, with broadcasting. */
import { type Element, argument } from "../../graph/element.ts";
import { type Tensor, sizeOf, zeros } from "../../graph/tensor.ts";
import { type Layer, defineLayer, noWeights } from "../layer.ts";
import type { OnnxCall, OnnxResult, OnnxTensor } from "../onnx.ts";
import { broadcast } from "./broadcast.ts";
import { broadcastPosition, broadcastShape } from "./indexing.ts";

interface Arithmetic {
  readonly kind: string;
  readonly summary: string;
  readonly source: string;
  /** Names of the tensors; `a` and `b` unless given. */
  readonly inputs?: readonly string[];
  value(...elements: readonly number[]): number;
  /** d value / d element for each of them; `"none"` where there is no useful one. */
  readonly derivatives: ((...elements: readonly number[]) => readonly number[]) | "none";
  element(...elements: readonly Element[]): Element;
  readonly tolerance?: number;
  onnx(inputs: readonly OnnxTensor[], call: OnnxCall<object>): OnnxResult;
}

export function arithmetic(definition: Arithmetic): Layer {
  const { kind, summary, source, value, derivatives } = definition;
  const names = definition.inputs ?? ["a", "b"];
  return defineLayer({
    kind,
    category: "arithmetic",
    summary,
    source,
    inputs: names,
    parameters: {},
    weights: noWeights,
    shape: (_, inputs) => broadcast(kind, inputs),
    /** A tensor that stretches is seen at its only pixel. */
    receptiveField: () => "point",
    cost: () => ({ macs: 0 }),
    reference: ({ inputs }) => {
      const y = zeros(broadcastShape(inputs.map(({ shape }) => shape)));
      for (const { at, places } of elements(inputs, y.shape)) {
        y.data[at] = value(...inputs.map(({ data }, i) => data[places[i]]));
      }
      return { outputs: [y] };
    },
    gradient:
      derivatives === "none"
        ? "none"
        : {
            backward: ({ inputs, outputGradients: [dy] }) => {
              const gradients = inputs.map(({ shape }) => zeros(shape));
              for (const { at, places } of elements(inputs, dy.shape)) {
                const by = derivatives(...inputs.map(({ data }, i) => data[places[i]]));
                gradients.forEach(({ data }, i) => {
                  data[places[i]] += by[i] * dy.data[at];
                });
              }
              return { inputs: gradients, weights: {} };
            },
          },
    tolerance: definition.tolerance ?? 1e-6,
    onnx: (call) => definition.onnx(call.inputs, call),
    lowering: {
      families: ["elementwise"],
      operation: () => ({
        family: "elementwise",
        element: definition.element(...names.map((_, i) => argument(i))),
      }),
    },
  });
}

interface ElementPlaces {
  /** In the output's data. */
  readonly at: number;
  /** In the data of each input. */
  readonly places: readonly number[];
}

function* elements(inputs: readonly Tensor[], shape: readonly number[]): Generator<ElementPlaces> {
  const size = sizeOf(shape);
  for (let at = 0; at < size; at++) {
    yield { at, places: inputs.map((input) => broadcastPosition(at, input.shape, shape)) };
  }
}
