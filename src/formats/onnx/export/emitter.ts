/**
 * Turns the expressions of layers into nodes: every operator once, before those that read it,
 * with names that say which layer it belongs to.
 */
import { create } from "@bufbuild/protobuf";
import type { Dim } from "../../../graph/dim.ts";
import { isKnown } from "../../../graph/dim.ts";
import {
  type OnnxConstant,
  type OnnxOperation,
  type OnnxValue,
  int64s,
} from "../../../layers/onnx.ts";
import { type NodeProto, NodeProtoSchema, type TensorProto } from "../schema/onnx_pb.ts";
import { attributeProto, constantProto } from "./messages.ts";
import { Names } from "./names.ts";
import type { SizeReader } from "./size-reader.ts";

/** The layer that nodes are made for. */
export interface Owner {
  readonly name: string;
  /** The place in the source. */
  readonly doc: string;
}

/** The names of an operator and of its outputs. */
interface Prepared {
  readonly name: string;
  readonly outputs: readonly string[];
}

export class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  readonly names: Names;
  readonly #nodeNames = new Names();
  readonly #sizes: SizeReader;
  readonly #byContent = new Map<string, string>();
  readonly #prepared = new Map<OnnxOperation, Prepared>();
  readonly #written = new Set<OnnxOperation>();
  /**
   * Outputs of Pad. onnxruntime makes them the padding of a MaxPool that reads them, which is below
   * every number instead of 0; it leaves a MaxPool alone that gives places too, so that one does.
   */
  readonly #padded = new Set<string>();

  constructor(names: Names, sizes: SizeReader) {
    this.names = names;
    this.#sizes = sizes;
  }

  /** The value's name, after the nodes that make it. */
  emit(value: OnnxValue, owner: Owner): string {
    switch (value.kind) {
      case "tensor":
        return value.name;
      case "constant":
        return this.#constant(value);
      case "sizes":
        return this.#sizesOf(value.sizes, owner);
      case "result":
        return this.#operation(value.of, owner)[value.output];
      default:
        return value satisfies never;
    }
  }

  /**
   * As `emit` for the outputs of a layer, which get the given names as far as an operator makes
   * them; a tensor that is passed on keeps its own.
   */
  emitLayer(
    values: readonly OnnxValue[],
    wishes: readonly string[],
    owner: Owner,
  ): readonly string[] {
    const named = new Map<OnnxOperation, string[]>();
    for (const [at, value] of values.entries()) {
      if (value.kind !== "result") continue;
      const outputs = named.get(value.of) ?? [];
      outputs[value.output] ??= wishes[at];
      named.set(value.of, outputs);
    }
    for (const [of, outputs] of named) this.#prepare(of, { name: owner.name, outputs }, owner);
    return values.map((value) => this.emit(value, owner));
  }

  #operation(operation: OnnxOperation, owner: Owner): readonly string[] {
    const { name, outputs } =
      this.#prepared.get(operation) ?? this.#prepare(operation, undefined, owner);
    if (!this.#written.has(operation)) {
      this.#written.add(operation);
      this.#write(operation, name, outputs, owner);
    }
    return outputs;
  }

  /** Gives an operator and its outputs their names; those not wished for say what they are. */
  #prepare(operation: OnnxOperation, wish: Partial<Prepared> | undefined, owner: Owner): Prepared {
    const inner = `${owner.name}/${operation.type}`;
    const prepared = {
      name: this.#nodeNames.take(wish?.name ?? inner),
      outputs: Array.from(
        { length: operation.outputs },
        (_, at) => wish?.outputs?.[at] ?? this.names.take(at === 0 ? inner : `${inner}:${at}`),
      ),
    };
    this.#prepared.set(operation, prepared);
    return prepared;
  }

  #write(
    { type, inputs, attributes }: OnnxOperation,
    name: string,
    outputs: readonly string[],
    owner: Owner,
  ): void {
    const read = inputs.map((input) => (input === undefined ? "" : this.emit(input, owner)));
    while (read.at(-1) === "") read.pop();
    const joined = type === "MaxPool" && this.#padded.has(read[0]);
    if (type === "Pad") this.#padded.add(outputs[0]);
    this.nodes.push(
      create(NodeProtoSchema, {
        name,
        opType: type,
        input: read,
        output: joined ? [...outputs, this.names.take(`${name}/places`)] : [...outputs],
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
        docString: owner.doc,
      }),
    );
  }

  /** Equal constants are one. */
  #constant(constant: OnnxConstant): string {
    const key = [constant.type, constant.shape.join(), constant.values.join()].join(";");
    const known = this.#byContent.get(key);
    if (known !== undefined) return known;
    const name = this.names.take("constant");
    this.#byContent.set(key, name);
    this.constants.push(constantProto(name, constant));
    return name;
  }

  #sizesOf(sizes: readonly Dim[], owner: Owner): string {
    const known = sizes.filter(isKnown);
    if (known.length === sizes.length) return this.#constant(int64s(...known));
    return this.emit(this.#sizes.vector(sizes), owner);
  }
}
