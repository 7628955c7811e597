/**
 * An ONNX model as the importer sees it: plain data with the file's own names, its tensors views
 * into the file. What `decode.ts` makes of the bytes, and the stages after it read.
 */
import type { StoredArray } from "../../tensors/stored-array.ts";

/** More than any real model has; a hostile one must not fill the memory. */
export const MOST_NODES = 100_000;

/** A graph, of the model or of a branch of it. */
export interface OnnxGraph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** In the file's order. */
  readonly nodes: readonly OnnxNode[];
  /** By name; undefined for one that could not be read, which was reported. */
  readonly initializers: ReadonlyMap<string, StoredArray | undefined>;
}

export interface OnnxModel extends OnnxGraph {
  readonly name: string;
  readonly doc: string;
  readonly producer: string;
  /** Operators that the model defines itself, by `functionKey`. */
  readonly functions: ReadonlyMap<string, OnnxFunction>;
  /** Free texts by their keys. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** What a model's own operator is made of. Its nodes' attributes may refer to those of the call. */
export interface OnnxFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of attributes that the call may leave out. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>;
  readonly nodes: readonly OnnxNode[];
}

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  /** `FLOAT`, `INT64`, or what else it is: `a sequence`. */
  readonly type: string;
  /** A number, a name, or undefined for any size; undefined where not even the rank is known. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

export interface OnnxNode {
  /** No other node of the model has it, those of branches and functions included. */
  readonly index: number;
  /** May be empty. */
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Which of several functions of one name is meant; nearly always empty. */
  readonly overload: string;
  /** The version of ONNX's own operators that the node is written in. */
  readonly opset: number;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  /** Undefined where it could not be read, which was reported. */
  | { readonly kind: "tensor"; readonly value: StoredArray | undefined }
  /** A branch, which may read the values around the node. */
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  /** The attribute of this name of the function that the node stands in. */
  | { readonly kind: "reference"; readonly value: string }
  /** A type and the like: `value` says which. */
  | { readonly kind: "other"; readonly value: string };

/** What messages call a node: its name, or the value that it makes. */
export function nodeLabel({ name, outputs, index }: OnnxNode): string {
  if (name !== "") return name;
  return outputs.find((output) => output !== "") ?? `node ${index}`;
}

/** `Relu`, `com.microsoft.FusedConv`. */
export function operatorName({ op, domain }: Pick<OnnxNode, "op" | "domain">): string {
  return domain === "" ? op : `${domain}.${op}`;
}

/** By which a node names the function that it calls. */
export function functionKey({
  domain,
  op,
  overload,
}: Pick<OnnxNode, "op" | "domain" | "overload">): string {
  return JSON.stringify([domain, op, overload]);
}
