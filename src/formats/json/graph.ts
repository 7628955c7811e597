/**
 * The graph as JSON, for editors, viewers and other tools: structure, types, source places,
 * and what the compiler knows of each node. `graph.schema.json` is its published schema;
 * a change that a reader of this version would misread raises `VERSION`.
 */
import { multiplyAdds, nodeBytes, nodeMacs, nodeParameters } from "../../analysis/cost.ts";
import { activationBytes, parameterCount, peakBytes } from "../../analysis/cost.ts";
import { namedSizes } from "../../analysis/instantiate.ts";
import {
  type AxisField,
  type ReceptiveField,
  receptiveFields,
} from "../../analysis/receptive-field.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { valueOf } from "../../graph/access.ts";
import type { AttributeValue } from "../../graph/attributes.ts";
import { type Dim, type Variable, formatDim, isKnown } from "../../graph/dim.ts";
import type { Graph, Metadata, Node, ValueId } from "../../graph/graph.ts";
import { isList } from "../../graph/print.ts";

/** Tells this format from other JSON. */
export const FORMAT = "cnn-lang graph";
/** Raised by every change that readers of the format would notice. */
export const VERSION = 1;

/** A number, or an expression of named sizes such as `2·H` or `floor((W + 1) / 2)`. */
export type JsonSize = number | string;

/** A graph as data, by `graph.schema.json`. Nodes stand behind the makers of their inputs. */
export interface JsonGraph {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly name: string;
  readonly metadata: Metadata;
  /** The named sizes and what the model's `where` says of them. */
  readonly sizes: readonly JsonNamedSize[];
  readonly inputs: readonly JsonValue[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly nodes: readonly JsonNode[];
  readonly weights: readonly JsonWeight[];
  readonly cost: JsonTotals;
}

/** `name` leaves `offset` on division by `divisor` and lies in `[min, max]`. */
export interface JsonNamedSize {
  readonly name: string;
  readonly divisor?: number;
  readonly offset?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A tensor that flows: float32, `[N, C, H, W]` or `[N, F]`, row by row. */
export interface JsonValue {
  readonly name: string;
  readonly dtype: "f32";
  readonly shape: readonly JsonSize[];
}

/** One layer, with what it costs: numbers of parameters and multiply-adds. */
export interface JsonNode {
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, JsonAttribute>>;
  /** Names of values. */
  readonly inputs: readonly string[];
  readonly outputs: readonly JsonValue[];
  /** Names of weights by role. */
  readonly weights: Readonly<Record<string, string>>;
  readonly receptiveField: JsonField | null;
  /** `bytes` are those of the outputs. */
  readonly cost: {
    readonly parameters: JsonSize;
    readonly macs: JsonSize;
    readonly bytes: JsonSize;
  };
  /** UTF-16 offsets, the end not included. */
  readonly source: { readonly file: string; readonly start: number; readonly end: number };
}

/** An argument of a layer: pairs such as a kernel are lists, `[height, width]`. */
export type JsonAttribute =
  number | boolean | string | null | { readonly size: string } | readonly JsonAttribute[];

/**
 * A tensor of the weights file; parameters are trained, buffers are state such as a running mean.
 */
export interface JsonWeight extends JsonValue {
  readonly role: "parameter" | "buffer";
}

/** The receptive field of a layer's output, in pixels of the input (Araujo et al., 2019). */
export interface JsonField {
  readonly height: JsonAxisField;
  readonly width: JsonAxisField;
  readonly global: boolean;
}

/**
 * Along one axis output `o` sees the pixels from `start + o·jump` on, `size` of them; `size` is null
 * where all of an axis of unknown size is seen, and `start` is negative in the padding.
 */
export interface JsonAxisField {
  readonly size: number | null;
  readonly jump: number;
  readonly start: number;
}

/**
 * Costs of the whole model: numbers of parameters, buffers and multiply-adds, and bytes of
 * activations.
 */
export interface JsonTotals {
  readonly parameters: JsonSize;
  readonly buffers: JsonSize;
  readonly macs: JsonSize;
  readonly activationBytes: JsonSize;
  /** Null while sizes are named. */
  readonly peakBytes: number | null;
}

/**
 * A graph as data that follow `graph.schema.json`: kinds, attributes, shapes (numbers, or texts
 * over named sizes), weights, costs (multiply-adds, bytes), receptive fields (pixels) and places.
 * For graphs as they were checked: what passes make of them is no part of the format.
 */
export function graphToJson(graph: Graph): JsonGraph {
  const optimised =
    graph.nodes.some(({ epilogue }) => epilogue !== undefined) ||
    [...graph.weights.values()].some(({ recipe }) => recipe !== undefined);
  if (optimised) throw new InternalFault("an optimised graph is not written as JSON");
  const fields = receptiveFields(graph);
  return {
    format: FORMAT,
    version: VERSION,
    name: graph.name,
    metadata: graph.metadata,
    sizes: [...namedSizes(graph).values()].map(namedSizeOf),
    inputs: graph.inputs.map((id) => valueJson(graph, id)),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: valueOf(graph, value).name })),
    nodes: graph.nodes.map((node) => nodeJson(graph, node, fields[node.outputs[0]])),
    weights: [...graph.weights.values()].map(({ name, role, dtype, shape }) => ({
      name,
      role,
      dtype,
      shape: shape.map(sizeJson),
    })),
    cost: {
      parameters: sizeJson(parameterCount(graph)),
      buffers: sizeJson(parameterCount(graph, "buffer")),
      macs: sizeJson(multiplyAdds(graph)),
      activationBytes: sizeJson(activationBytes(graph)),
      peakBytes: peakBytes(graph) ?? null,
    },
  };
}

function nodeJson(graph: Graph, node: Node, field: ReceptiveField | null): JsonNode {
  const { name, kind, attributes, weights, span } = node;
  return {
    name,
    kind,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]),
    ),
    inputs: node.inputs.map((id) => valueOf(graph, id).name),
    outputs: node.outputs.map((id) => valueJson(graph, id)),
    weights,
    receptiveField: field && fieldJson(field),
    cost: {
      parameters: sizeJson(nodeParameters(graph, node)),
      macs: sizeJson(nodeMacs(graph, node)),
      bytes: sizeJson(nodeBytes(graph, node)),
    },
    source: { file: span.file, start: span.start, end: span.end },
  };
}

function valueJson(graph: Graph, id: ValueId): JsonValue {
  const { name, type } = valueOf(graph, id);
  return { name, dtype: type.dtype, shape: type.shape.map(sizeJson) };
}

export function sizeJson(size: Dim): JsonSize {
  return isKnown(size) ? size : formatDim(size);
}

function attributeJson(value: AttributeValue): JsonAttribute {
  if (value === null || typeof value !== "object") return value;
  return isList(value) ? value.map(attributeJson) : { size: formatDim(value) };
}

export function fieldJson({ height, width, global }: ReceptiveField): JsonField {
  return { height: axisJson(height), width: axisJson(width), global };
}

function axisJson({ size, jump, start }: AxisField): JsonAxisField {
  return { size: size === Infinity ? null : size, jump, start };
}

/** Only what says more than "at least 1". */
function namedSizeOf({ name, divisor, offset, min, max }: Variable): JsonNamedSize {
  return {
    name,
    ...(divisor === 1 ? {} : { divisor, offset }),
    ...(min === 1 ? {} : { min }),
    ...(max === Infinity ? {} : { max }),
  };
}
