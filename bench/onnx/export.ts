/**
 * Writes a checked graph as an ONNX model for the runtimes that we are compared with, layer by
 * layer as the program says: folding and fusing is left to them.
 */
import { knownShape } from "../../src/graph/access.ts";
import type { AttributeValue } from "../../src/graph/attributes.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { ONNX_SCHEMA } from "./schema.ts";

const FLOAT = 1;
const OPSET = 13;
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 };

type OnnxAttribute =
  { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };

interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** @param graph of known sizes, not optimised */
export function exportOnnx(graph: Graph, weights: ReadonlyMap<string, Tensor>): Uint8Array {
  const constants: { readonly name: string; readonly tensor: Tensor }[] = [];
  const nodes = graph.nodes.map((node) => {
    const constant = (role: string, tensor: Tensor): string => {
      const name = `${node.name}.${role}`;
      constants.push({ name, tensor });
      return name;
    };
    return { node, onnx: translate(graph, node, constant) };
  });
  const model = ONNX_SCHEMA.lookupType("onnx.ModelProto");
  const used = new Set(graph.nodes.flatMap((node) => Object.values(node.weights)));
  const initializers = [
    ...[...weights].filter(([name]) => used.has(name)).map(([name, tensor]) => ({ name, tensor })),
    ...constants,
  ];
  return model
    .encode(
      model.fromObject({
        irVersion: 8,
        producerName: "cnn-lang bench",
        opsetImport: [{ domain: "", version: OPSET }],
        graph: {
          name: graph.name,
          node: nodes.map(({ node, onnx }) => ({
            name: node.name,
            opType: onnx.type,
            input: onnx.inputs,
            output: node.outputs.map(valueName),
            attribute: Object.entries(onnx.attributes ?? {}).map(attributeProto),
          })),
          initializer: initializers.map(({ name, tensor }) => ({
            name,
            dims: tensor.shape,
            dataType: FLOAT,
            rawData: new Uint8Array(Float32Array.from(tensor.data).buffer),
          })),
          input: graph.inputs.map((id) => valueInfo(graph, id)),
          output: graph.outputs.map(({ value }) => valueInfo(graph, value)),
        },
      }),
    )
    .finish();
}

export function valueName(id: number): string {
  return `v${id}`;
}

function valueInfo(graph: Graph, id: number): object {
  const dim = knownShape(graph.values[id].type.shape).map((dimValue) => ({ dimValue }));
  return { name: valueName(id), type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function attributeProto([name, value]: [string, OnnxAttribute]): object {
  if ("int" in value) return { name, type: ATTRIBUTE_TYPES.int, i: value.int };
  if ("float" in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPES.ints, ints: value.ints };
}

function translate(
  graph: Graph,
  { kind, name, attributes, inputs, weights }: Node,
  constant: (role: string, tensor: Tensor) => string,
): OnnxNode {
  const from = inputs.map(valueName);
  const shape = knownShape(graph.values[inputs[0]].type.shape);
  const weight = (role: string): readonly string[] =>
    weights[role] === undefined ? [] : [weights[role]];
  const window = (): Record<string, OnnxAttribute> => ({
    kernel_shape: { ints: numbers(attributes.kernel) },
    strides: { ints: numbers(attributes.stride ?? attributes.kernel) },
    pads: { ints: numbers(attributes.padding) },
  });
  switch (kind) {
    case "conv":
    case "depthwise":
      return {
        type: "Conv",
        inputs: [...from, ...weight("weight"), ...weight("bias")],
        attributes: {
          ...window(),
          dilations: { ints: numbers(attributes.dilation) },
          group: { int: kind === "depthwise" ? shape[1] : Number(attributes.groups) },
        },
      };
    case "linear":
      return {
        type: "Gemm",
        inputs: [...from, ...weight("weight"), ...weight("bias")],
        attributes: { transB: { int: 1 } },
      };
    case "batch_norm": {
      const roles = ["weight", "bias", "running_mean", "running_var"];
      return {
        type: "BatchNormalization",
        inputs: [...from, ...roles.flatMap(weight)],
        attributes: { epsilon: { float: Number(attributes.eps) } },
      };
    }
    case "max_pool":
    case "avg_pool": {
      const ceil = { ceil_mode: { int: attributes.ceil_mode === true ? 1 : 0 } };
      if (kind === "max_pool") {
        return { type: "MaxPool", inputs: from, attributes: { ...window(), ...ceil } };
      }
      const counted = { int: attributes.count_include_pad === true ? 1 : 0 };
      const all = { ...window(), ...ceil, count_include_pad: counted };
      return { type: "AveragePool", inputs: from, attributes: all };
    }
    case "normalize": {
      const [mean, std] = [numbers(attributes.mean), numbers(attributes.std)];
      const channels = shape[1];
      const spread = (values: readonly number[]): number[] =>
        Array.from({ length: channels }, (_, c) => values[c % values.length]);
      // As a batch norm, which the runtimes fold: (x - mean) / sqrt(std²).
      const per = (role: string, values: readonly number[]): string =>
        constant(role, { shape: [channels], data: Float64Array.from(spread(values)) });
      return {
        type: "BatchNormalization",
        inputs: [
          ...from,
          per("scale", [1]),
          per("shift", [0]),
          per("mean", mean),
          per(
            "variance",
            std.map((s) => s * s),
          ),
        ],
        attributes: { epsilon: { float: 0 } },
      };
    }
    case "relu":
      return { type: "Relu", inputs: from };
    case "relu6": {
      const limit = (role: string, value: number): string =>
        constant(role, { shape: [], data: Float64Array.of(value) });
      return { type: "Clip", inputs: [...from, limit("min", 0), limit("max", 6)] };
    }
    case "global_avg_pool":
    case "adaptive_avg_pool":
      return { type: "GlobalAveragePool", inputs: from };
    case "add":
      return { type: "Add", inputs: from };
    case "concat":
      return { type: "Concat", inputs: from, attributes: { axis: { int: 1 } } };
    case "flatten":
      return { type: "Flatten", inputs: from, attributes: { axis: { int: 1 } } };
    case "dropout":
    case "identity":
      return { type: "Identity", inputs: from };
    default:
      throw new Error(`${name}: the bench does not know ${kind} in ONNX`);
  }
}

function numbers(value: AttributeValue | undefined): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== "number") throw new Error(`${JSON.stringify(value)} is no list of numbers`);
    return item;
  });
}
