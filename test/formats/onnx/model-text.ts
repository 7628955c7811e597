/** An exported model read again: as text for snapshots, and held against the rules of ONNX's IR. */
import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from "../../../src/formats/onnx/schema/onnx_pb.ts";

export function decode(bytes: Uint8Array): ModelProto {
  return fromBinary(ModelProtoSchema, bytes);
}

/** One line a node: `relu1 = Relu(conv1)`. */
export function modelText({ graph }: ModelProto): string {
  if (graph === undefined) return "no graph";
  return [
    ...graph.input.map((input) => `in  ${valueText(input)}`),
    ...graph.initializer.map(({ name, dims }) => `    ${name} [${dims.join(", ")}]`),
    ...graph.node.map((node) => `    ${nodeText(node)}`),
    ...graph.output.map((output) => `out ${valueText(output)}`),
  ].join("\n");
}

export function valueText({ name, type }: ValueInfoProto): string {
  if (type?.value.case !== "tensorType") return name;
  const sizes = type.value.value.shape?.dim.map(({ value }) => String(value.value)) ?? [];
  return `${name} [${sizes.join(", ")}]`;
}

export function nodeText({ output, opType, input, attribute }: NodeProto): string {
  const attributes = attribute.map((one) => `${one.name}=${attributeText(one)}`);
  return `${output.join(", ")} = ${opType}(${[...input, ...attributes].join(", ")})`;
}

export function attributeText({ type, f, i, s, ints }: AttributeProto): string {
  switch (type) {
    case AttributeType.FLOAT:
      return String(f);
    case AttributeType.INT:
      return String(i);
    case AttributeType.STRING:
      return new TextDecoder().decode(s);
    case AttributeType.INTS:
      return `[${ints.join(" ")}]`;
    default:
      return AttributeType[type];
  }
}

/**
 * What the IR's specification forbids and a runtime would refuse, or undefined.
 * @param weights names of weights that were left out
 */
export function malformed(
  { graph }: ModelProto,
  weights: readonly string[] = [],
): string | undefined {
  if (graph === undefined) return "no graph";
  const given = [...graph.input, ...graph.initializer].map(({ name }) => name);
  const values = [...given, ...weights];
  const nodes: string[] = [];
  for (const { name, input, output, opType } of graph.node) {
    const unmade = input.find((value) => value !== "" && !values.includes(value));
    if (unmade !== undefined) return `${name} reads ${unmade} before it is made`;
    if (name === "" || opType === "") return "a node has no name or operator";
    nodes.push(name);
    values.push(...output);
  }
  const twice = [...repeated(values), ...repeated(nodes)];
  if (twice.length > 0) return `${twice.join(", ")} twice`;
  return graph.output.find(({ name }) => !values.includes(name))?.name;
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}
