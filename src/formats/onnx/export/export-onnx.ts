/**
 * Writes a graph as an ONNX model: each layer as the operators that its `onnx` facet names.
 * The checker's graph keeps the form that is trained, with batch_norm and dropout; an optimised
 * one is written with what was folded and fused.
 */
import { create } from "@bufbuild/protobuf";
import type { Diagnostic } from "../../../diagnostics/diagnostic.ts";
import type { Source } from "../../../diagnostics/span.ts";
import { typeOf } from "../../../graph/access.ts";
import type { Graph, Metadata, ValueId } from "../../../graph/graph.ts";
import type { WeightTensors } from "../../../graph/tensor.ts";
import type { Opset } from "../../../layers/onnx.ts";
import { joinBytes } from "../../join-bytes.ts";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type ValueInfoProto,
} from "../schema/onnx_pb.ts";
import { encodeModel } from "./encode.ts";
import { LayerWriter } from "./layer-writer.ts";
import { entries, valueInfo } from "./messages.ts";
import { Names } from "./names.ts";
import { placesOf } from "./places.ts";
import { embedded, external } from "./weights.ts";

export interface OnnxOptions {
  readonly opset: Opset;
  /** The program's texts, for the places of nodes in them. */
  readonly sources?: readonly Source[];
  /** This package's version. */
  readonly version?: string;
  /** Name of the file beside the model that is to hold the weights; inside the model unless given. */
  readonly external?: string;
}

export type OnnxParts =
  | {
      /** The file, in parts; weights of float32 are those that were given, not copied. */
      readonly model: readonly Uint8Array[];
      /** The content of the file beside it, in parts. */
      readonly external: readonly Uint8Array[];
    }
  | { readonly model?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** The version of the file format that came with an opset: onnx's `helper.py`. */
const IR_VERSIONS: Readonly<Record<Opset, bigint>> = { 13: 7n, 17: 8n, 21: 10n };

export type OnnxExport =
  | Extract<OnnxParts, { readonly model?: undefined }>
  | { readonly model: Uint8Array; readonly external: readonly Uint8Array[] };

/** As `exportOnnxParts`, in one piece. */
export function exportOnnx(graph: Graph, weights: WeightTensors, options: OnnxOptions): OnnxExport {
  const parts = exportOnnxParts(graph, weights, options);
  return parts.model === undefined ? parts : { ...parts, model: joinBytes(parts.model) };
}

/** @param weights by name, exactly those of the graph */
export function exportOnnxParts(
  graph: Graph,
  weights: WeightTensors,
  options: OnnxOptions,
): OnnxParts {
  const names = new Names();
  const inputs = graph.inputs.map((id) => [id, names.take(graph.values[id].name)] as const);
  const outputs = graph.outputs.map(({ name, value }) => ({ value, name: names.take(name) }));
  for (const name of weights.keys()) names.take(name);
  const writer = new LayerWriter(graph, {
    opset: options.opset,
    names,
    named: new Map([
      ...outputs.map(({ value, name }) => [value, name] as const).toReversed(),
      ...inputs,
    ]),
    placeOf: placesOf(options.sources ?? []),
  });
  if (writer.diagnostics.length > 0) return { diagnostics: writer.diagnostics };

  const { nodes, constants } = writer.emitter;
  const copies = outputs.flatMap(({ value, name }) => copyTo(name, writer.nameOf(value)));
  const stored =
    options.external === undefined ? embedded(weights) : external(weights, options.external);
  const info = (id: ValueId, name: string): ValueInfoProto =>
    valueInfo(name, typeOf(graph, id).shape);
  const shown = new Set(
    [...inputs, ...outputs.map(({ value }) => [value] as const)].map(([id]) => id),
  );
  const between = graph.values.filter(({ id }) => !shown.has(id));
  const { doc = "" } = graph.metadata;
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSIONS[options.opset],
    opsetImport: [{ version: BigInt(options.opset) }],
    producerName: "cnn-lang",
    ...(options.version !== undefined && { producerVersion: options.version }),
    docString: doc,
    metadataProps: entries(properties(graph.metadata)),
  });
  const structure = create(GraphProtoSchema, {
    name: graph.name,
    docString: doc,
    node: [...nodes, ...copies],
    input: inputs.map(([id, name]) => info(id, name)),
    output: outputs.map(({ value, name }) => info(value, name)),
    valueInfo: between.map(({ id }) => info(id, writer.nameOf(id))),
  });
  const initializers = [...stored.initializers, ...constants];
  return { model: encodeModel(model, structure, initializers), external: stored.parts };
}

/** An output that is an input, a weight, or another output too. */
function copyTo(name: string, from: string): readonly NodeProto[] {
  if (name === from) return [];
  return [
    create(NodeProtoSchema, {
      name: `${name}/copy`,
      opType: "Identity",
      input: [from],
      output: [name],
    }),
  ];
}

/** `labels` is a JSON list. */
function properties({ labels }: Metadata): Readonly<Record<string, string>> {
  return labels === undefined ? {} : { labels: JSON.stringify(labels) };
}
