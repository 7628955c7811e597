/** What can be called, seen alike for built-in layers, blocks and models. */
import type { Argument as LayerArgument } from "../../layers/parameters.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Block, Model, Parameter } from "../../syntax/ast.ts";
import { isTensorType } from "../foreign.ts";
import type { Value } from "./values.ts";

export interface Signature {
  readonly title: string;
  /** Names of the tensor arguments. */
  readonly tensors: readonly string[];
  /** True where the last tensor argument takes one or more. */
  readonly variadic: boolean;
  readonly parameters: readonly SignatureParameter[];
}

export interface SignatureParameter {
  readonly name: string;
  /** As messages name it: `int at least 1`. */
  readonly expects: string;
  readonly doc: string;
  readonly required: boolean;
  /** Bare words that it takes. */
  readonly words: readonly string[];
  /** False where the value is not of the parameter's type. */
  accepts(value: Value): boolean;
}

const layerSignatures = new WeakMap<Layer, Signature>();

export function signatureOfLayer(layer: Layer): Signature {
  const known = layerSignatures.get(layer);
  if (known !== undefined) return known;
  const signature: Signature = {
    title: layer.kind,
    tensors: layer.inputs.map((name) => name.replace("...", "")),
    variadic: layer.inputs.some((name) => name.endsWith("...")),
    parameters: Object.entries(layer.parameters).map(([name, parameter]) => ({
      name,
      expects: parameter.expects,
      doc: parameter.doc,
      required: parameter.default === undefined,
      words: parameter.words ?? [],
      accepts: (value) => {
        const argument = argumentOf(value);
        return argument !== undefined && parameter.accept(argument) !== undefined;
      },
    })),
  };
  layerSignatures.set(layer, signature);
  return signature;
}

export function signatureOfBlock(block: Block | Model): Signature {
  return {
    title: block.name.text,
    tensors: block.parameters.filter(isTensorParameter).map(({ name }) => name.text),
    variadic: false,
    parameters: block.parameters.filter((p) => !isTensorParameter(p)).map(blockParameter),
  };
}

/** `x`, `x: [N, C, H, W]`, and `x: Tensor`, which is reported. */
export function isTensorParameter({ type }: Parameter): boolean {
  return type === undefined || type.kind === "list" || isTensorType(type.text);
}

/** The types that a block's parameter may have beside a shape. */
const VALUE_TYPES: Readonly<Record<string, (value: Value) => boolean>> = {
  int: (value) => value.kind === "int",
  float: (value) => value.kind === "float" || value.kind === "int",
  bool: (value) => value.kind === "bool",
  string: (value) => value.kind === "string",
  layer: (value) => value.kind === "layer",
  /** `kernel: pair` takes what a layer's kernel takes. */
  pair: (value) =>
    value.kind === "int" ||
    (value.kind === "tuple" &&
      value.items.length === 2 &&
      value.items.every((i) => i.kind === "int")),
};

export const VALUE_TYPE_NAMES = Object.keys(VALUE_TYPES);

function blockParameter(parameter: Parameter): SignatureParameter {
  const type = parameter.type?.kind === "name" ? parameter.type.text : "";
  return {
    name: parameter.name.text,
    expects: type,
    doc: "",
    required: parameter.default === undefined,
    words: [],
    accepts: (value) => !Object.hasOwn(VALUE_TYPES, type) || VALUE_TYPES[type](value),
  };
}

/** A value as a layer's parameter takes it; undefined for tensors, layers and records. */
export function argumentOf(value: Value): LayerArgument | undefined {
  switch (value.kind) {
    case "int":
    case "float":
    case "bool":
    case "string":
    case "word":
      return value;
    case "tuple": {
      const items = value.items.map(argumentOf).filter((item) => item !== undefined);
      return items.length === value.items.length ? { kind: "tuple", items } : undefined;
    }
    case "tensor":
    case "layer":
    case "record":
    case "poison":
      return undefined;
    default:
      return value satisfies never;
  }
}
