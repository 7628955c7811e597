/**
 * An ONNX model as the importer sees it: plain data with the file's own names, its tensors views
 * into the file. What `decode.ts` makes of the bytes, and the stages after it read.
 */
import type { StoredArray } from "../../tensors/stored-array.ts";

export interface OnnxModel {
  readonly name: string;
  readonly doc: string;
  readonly producer: string;
  /** Version of the operators of ONNX itself. */
  readonly opset: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** In the file's order. */
  readonly nodes: readonly OnnxNode[];
  /** By name; undefined for one that could not be read, which was reported. */
  readonly initializers: ReadonlyMap<string, StoredArray | undefined>;
  /** Operators that the model defines itself, as `operatorName` has them. */
  readonly functions: ReadonlySet<string>;
  /** Free texts by their keys. */
  readonly metadata: ReadonlyMap<string, string>;
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
  /** Its place in the file. */
  readonly index: number;
  /** May be empty. */
  readonly name: string;
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
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
  /** A graph, a type and the like: `value` says which. */
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
