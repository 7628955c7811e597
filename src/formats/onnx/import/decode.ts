/**
 * Bytes to an `OnnxModel`. Everything that the file claims is checked here against its bytes;
 * damaged tensors are reported one by one, a file that is no model at all as a whole.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { requireBytes } from "../../../diagnostics/untyped.ts";
import { excerpt } from "../../excerpt.ts";
import { type ModelProto, ModelProtoSchema, type OperatorSetIdProto } from "../schema/onnx_pb.ts";
import { GraphDecoder, plainDomain } from "./graph-decoder.ts";
import { isOfUsualSize } from "./message-parts.ts";
import { MOST_NODES, type OnnxFunction, type OnnxModel, functionKey } from "./model.ts";
import type { ReadExternal } from "./tensor-data.ts";

export interface Decoded {
  readonly model: OnnxModel;
  /** Of single tensors. */
  readonly problems: readonly Problem[];
}

/** The oldest and newest versions of the operators whose meaning is known here. */
const OLDEST_OPSET = 1;
const NEWEST_OPSET = 23;

/** @param file its name in messages */
export function decodeOnnx(
  bytes: Uint8Array,
  file: string,
  external?: ReadExternal,
): Decoded | Problem {
  requireBytes(bytes, `the bytes of ${file}`);
  const invalid = (reason: string): Problem => problem("CNN5002", { file, format: "ONNX", reason });
  if (bytes.length === 0) return invalid("it is empty");
  let proto: ModelProto;
  try {
    if (!isOfUsualSize(bytes)) return invalid("it has more parts than any model");
    proto = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    return invalid(excerpt(error instanceof Error ? error.message : String(error)));
  }
  const { graph } = proto;
  if (graph === undefined) {
    return proto.opsetImport.length === 0
      ? invalid("it is no message of ONNX")
      : problem("CNN6016", { file, reason: "there is no graph in it" });
  }
  if (graph.node.length > MOST_NODES) {
    return problem("CNN6016", { file, reason: `${graph.node.length} nodes are no real network` });
  }
  if (graph.output.length === 0) {
    return problem("CNN6016", { file, reason: "its graph has no outputs" });
  }
  // Where the graph only calls functions, these alone name the version.
  const sets = [proto, ...proto.functions].map(({ opsetImport }) => ownVersion(opsetImport));
  const opset = sets.find((version) => version !== undefined) ?? 0;
  const wrong = [opset, ...sets].find((version) => version !== undefined && !isKnown(version));
  if (wrong !== undefined) {
    const known = `${OLDEST_OPSET} to ${NEWEST_OPSET}`;
    return problem("CNN6010", { domain: "ai.onnx", version: String(wrong), known });
  }
  const decoder = new GraphDecoder(external);
  const model: OnnxModel = {
    ...decoder.graph(graph, opset),
    name: graph.name,
    doc: proto.docString === "" ? graph.docString : proto.docString,
    producer: [proto.producerName, proto.producerVersion].filter((text) => text !== "").join(" "),
    functions: functionsOf(proto, decoder, opset),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
  };
  return { model, problems: decoder.problems };
}

/** The version of ONNX's own operators, where one is named. */
function ownVersion(sets: readonly OperatorSetIdProto[]): number | undefined {
  const own = sets.find(({ domain }) => plainDomain(domain) === "");
  return own && Number(own.version);
}

function isKnown(version: number): boolean {
  return version >= OLDEST_OPSET && version <= NEWEST_OPSET;
}

function functionsOf(
  { functions }: ModelProto,
  decoder: GraphDecoder,
  opset: number,
): ReadonlyMap<string, OnnxFunction> {
  return new Map(
    functions.map((own) => {
      const { name, domain, overload, input, output } = own;
      const version = ownVersion(own.opsetImport) ?? opset;
      const key = functionKey({ op: name, domain: plainDomain(domain), overload });
      const body = {
        inputs: input,
        outputs: output,
        defaults: decoder.attributes(own.attributeProto, name, version),
        nodes: decoder.nodes(own.node, version),
      };
      return [key, body];
    }),
  );
}
