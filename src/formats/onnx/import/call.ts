/**
 * One node that is being turned into layers, as its handler sees it: operands in the form that is
 * asked for, and the ways to give results or to refuse. What cannot go on is thrown and caught where
 * nodes are walked, so that handlers read as what they make.
 */
import type { TensorValue } from "../../../check/evaluate/values.ts";
import { problem } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Attributes } from "../../../graph/attributes.ts";
import { type Dim, formatDim, formatShape, isKnown } from "../../../graph/dim.ts";
import { looksChannelsLast } from "../../../layers/shared/map.ts";
import { excerpt } from "../../excerpt.ts";
import { type StoredArray, isFloat } from "../../tensors/stored-array.ts";
import type { AttributePlace, Emission } from "./emission.ts";
import type { NodePlace } from "./listing.ts";
import type { OnnxNode } from "./model.ts";
import { NodeReader, Refusal } from "./node-reader.ts";
import { type Constant, type Operand, flowOf, flowOfMap, numberOf, shapeOf } from "./operand.ts";
import { dimOf } from "./sizes/scalar.ts";
import { type Sizes, sizesOfArray } from "./sizes/sizes.ts";

/** How a constant becomes a tensor that flows. */
export type Materialise = (constant: Constant, call: OpCall) => TensorValue;

export interface CallParts {
  readonly node: OnnxNode;
  readonly place: NodePlace;
  /** By place; undefined for an optional input that is left out. */
  readonly operands: readonly (Operand | undefined)[];
  readonly emission: Emission;
  readonly materialise: Materialise;
}

/** What a layer is emitted with, beside its inputs. */
export interface LayerOptions {
  readonly weights?: Readonly<Record<string, Constant>>;
  /** Which attribute of the node each parameter of the layer comes from. */
  readonly from?: Readonly<Record<string, string>>;
}

export class OpCall extends NodeReader {
  /** By place; what the handler leaves out, no layer gives. */
  readonly results: (Operand | undefined)[] = [];
  private readonly parts: CallParts;

  constructor(parts: CallParts) {
    super(parts.node, parts.place);
    this.parts = parts;
  }

  get inputCount(): number {
    return this.parts.operands.length;
  }

  // Operands

  has(at: number): boolean {
    return this.parts.operands[at] !== undefined;
  }

  /** @throws Refusal where the input is left out */
  operand(at: number): Operand {
    const operand = this.parts.operands[at];
    if (operand !== undefined) return operand;
    const given = this.parts.operands.length;
    const facts = { ...this.facts, gets: given, takes: `at least ${at + 1}`, what: "inputs" };
    throw new Refusal(problem("CNN6013", facts));
  }

  /** The value as the model has it; a constant becomes one that flows. */
  tensor(at: number): TensorValue {
    const operand = this.operand(at);
    switch (operand.kind) {
      case "flow":
        return this.certain(this.parts.emission.own(operand, this.node, this.span));
      case "constant":
        return this.parts.materialise(operand, this);
      case "sizes":
        throw this.refuse(
          "it computes with a size that depends on the input",
          "fix the sizes of the input with `--set NAME=SIZE`",
        );
      case "lacking":
      case "poison":
        throw new Refusal();
      default:
        return operand satisfies never;
    }
  }

  /** A map `[N, C, H, W]`; a sequence `[N, C, L]` as one of height 1. */
  map(at: number): TensorValue {
    const operand = this.operand(at);
    if (operand.kind !== "flow" || (operand.map === undefined && this.rank(at) !== 3)) {
      return this.tensor(at);
    }
    return this.certain(this.parts.emission.map(operand, this.node, this.span));
  }

  /** In whichever form is there: for layers that work element by element. */
  elements(at: number): { readonly value: TensorValue; readonly isMap: boolean } {
    const operand = this.operand(at);
    if (operand.kind === "flow" && operand.own === undefined && operand.map !== undefined) {
      return { value: operand.map, isMap: true };
    }
    return { value: this.tensor(at), isMap: false };
  }

  /** A stored tensor as a value that flows. */
  flowing(constant: Constant): TensorValue {
    return this.parts.materialise(constant, this);
  }

  /**
   * The input has as many channels (axis 1) or features (the last axis) as a weight was made for.
   * @param formula how the number follows from the weight, where it is not simply a size of it
   * @throws Refusal after it has told where the input's number comes from
   */
  expectSize(
    x: TensorValue,
    what: "channels" | "features",
    takes: number,
    { name }: Constant,
    formula?: string,
  ): void {
    const { shape } = x.type;
    const axis = what === "channels" ? 1 : shape.length - 1;
    const size: Dim | undefined = shape[axis];
    // Without such an axis the layer itself says what it needs.
    if (size === undefined || size === takes) return;
    const facts = {
      node: this.facts.node,
      weight: excerpt(name),
      takes: String(takes),
      gets: formatDim(size),
      what,
      shape: formatShape(shape),
      ...(formula !== undefined && { formula }),
      ...(what === "channels" && shape[3] === takes && isChannelsLast(shape) && { last: true }),
    };
    const found = { ...problem("CNN6017", facts), blame: [{ input: 0, axis }] };
    this.parts.emission.elaboration.reportSizes(found, this.span, [x]);
    throw new Refusal();
  }

  isFlow(at: number): boolean {
    return this.parts.operands[at]?.kind === "flow";
  }

  isMask(at: number): boolean {
    const operand = this.parts.operands[at];
    return operand?.kind === "flow" && operand.mask;
  }

  shape(at: number): readonly Dim[] {
    return this.certain(shapeOf(this.operand(at)));
  }

  rank(at: number): number {
    return this.shape(at).length;
  }

  /** A tensor that must be stored in the file. @param what its name in messages: `W` */
  constant(at: number, what: string): Constant {
    const operand = this.operand(at);
    if (operand.kind === "constant") return operand;
    if (operand.kind === "poison" || operand.kind === "lacking") throw new Refusal();
    throw this.notConstant(at, what);
  }

  /** As `constant`, of floats. */
  weight(at: number, what: string): Constant {
    const constant = this.constant(at, what);
    if (isFloat(constant.array.dtype)) return constant;
    const found = `${what} is of the type ${constant.array.dtype}`;
    throw new Refusal(problem("CNN6015", { ...this.facts, found }), this.inputSpan(at));
  }

  /** Numbers that must be known when the model is read, named sizes among them. */
  sizes(at: number, what: string): Sizes {
    const operand = this.operand(at);
    if (operand.kind === "sizes") return operand.sizes;
    const sizes = operand.kind === "constant" ? sizesOfArray(operand.array) : undefined;
    if (sizes !== undefined) return sizes;
    if (operand.kind === "poison" || operand.kind === "lacking") throw new Refusal();
    throw this.notConstant(at, what);
  }

  dims(at: number, what: string): readonly Dim[] {
    return this.sizes(at, what).values.map((value) => {
      const dim = dimOf(value);
      if (dim !== undefined) return dim;
      if (typeof value !== "number") throw this.notConstant(at, what);
      throw this.refuse(`its ${what} has ${value} in it`, "give whole numbers");
    });
  }

  knownInts(at: number, what: string): readonly number[] {
    return this.dims(at, what).map((dim) => {
      if (!isKnown(dim)) throw this.notConstant(at, what);
      return dim;
    });
  }

  /** The number that a stored tensor of one element holds; undefined for anything else. */
  number(at: number): number | undefined {
    const operand = this.parts.operands[at];
    return operand && numberOf(operand);
  }

  /** As `number`, which must be there. @param what its name in messages: `min` */
  oneNumber(at: number, what: string): number {
    const value = this.number(at);
    if (value !== undefined) return value;
    const { array } = this.constant(at, what);
    throw this.refuse(`its ${what} is of the shape ${formatShape(array.shape)}`, "give one number");
  }

  // Results

  /** The layer's only result. */
  layer(
    kind: string,
    attributes: Attributes,
    inputs: readonly TensorValue[],
    options: LayerOptions = {},
  ): TensorValue {
    return this.layers(kind, attributes, inputs, options)[0];
  }

  layers(
    kind: string,
    attributes: Attributes,
    inputs: readonly TensorValue[],
    { weights = {}, from = {} }: LayerOptions = {},
  ): readonly TensorValue[] {
    const places = new Map<string, AttributePlace>();
    for (const [parameter, name] of Object.entries(from)) {
      const found = this.place.attributes.get(name);
      if (found !== undefined) places.set(parameter, { name, span: found });
    }
    const { node, span } = this;
    const emitted = this.parts.emission.emit({
      kind,
      attributes,
      inputs,
      weights,
      node,
      span,
      from: places,
    });
    return this.certain(emitted);
  }

  give(value: TensorValue, at = 0): void {
    this.results[at] = flowOf(value);
  }

  giveMask(value: TensorValue, at = 0): void {
    this.results[at] = flowOf(value, true);
  }

  /** A map that stands for a sequence where the input was one. */
  giveMap(value: TensorValue, sequence: boolean): void {
    this.results[0] = sequence ? flowOfMap(value) : flowOf(value);
  }

  giveSame(at: number): void {
    this.results[0] = this.operand(at);
  }

  giveConstant(array: StoredArray): void {
    this.results[0] = { kind: "constant", array, name: this.node.outputs[0] };
  }

  // Refusals

  refuse(reason: string, remedy: string): Refusal {
    return new Refusal(problem("CNN6002", { ...this.facts, reason, remedy }));
  }

  unsuitable(at: number, found: string): Refusal {
    return new Refusal(problem("CNN6015", { ...this.facts, found }), this.inputSpan(at));
  }

  private notConstant(at: number, what: string): Refusal {
    const facts = { ...this.facts, input: what, value: excerpt(this.node.inputs[at]) };
    return new Refusal(problem("CNN6003", facts), this.inputSpan(at));
  }

  private inputSpan(at: number): Span {
    return this.place.inputs[at] ?? this.span;
  }

  /** @throws Refusal after a mistake that was reported */
  private certain<T>(value: T | undefined): T {
    if (value === undefined) throw new Refusal();
    return value;
  }
}

function isChannelsLast([batch, channels, ...[height, width]]: readonly Dim[]): boolean {
  return looksChannelsLast({ batch, channels, size: [height, width] });
}
