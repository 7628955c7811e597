/**
 * A node and its attributes with the types that a handler asks for, and where it stands for those
 * who speak of it.
 */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import { excerpt } from "../../excerpt.ts";
import { type NodePlace, attributeText } from "./listing.ts";
import { type OnnxAttribute, type OnnxNode, nodeLabel } from "./model.ts";
import { shortest } from "./shortest.ts";

/** Ends a handler: with a mistake to report, or silently after one that was. */
export class Refusal extends Error {
  readonly found: Problem | undefined;
  readonly span: Span | undefined;
  constructor(found?: Problem, span?: Span) {
    super("the node cannot be turned into layers");
    this.found = found;
    this.span = span;
  }
}

export class NodeReader {
  readonly node: OnnxNode;
  protected readonly place: NodePlace;

  constructor(node: OnnxNode, place: NodePlace) {
    this.node = node;
    this.place = place;
  }

  get op(): string {
    return this.node.op;
  }

  /** The version of ONNX's own operators that it is written in. */
  get opset(): number {
    return this.node.opset;
  }

  get facts(): { readonly node: string; readonly op: string } {
    return { node: excerpt(nodeLabel(this.node)), op: excerpt(this.node.op) };
  }

  get span(): Span {
    return this.place.op;
  }

  protected attributeSpan(name: string): Span {
    return this.place.attributes.get(name) ?? this.span;
  }

  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return otherwise;
    if (attribute.kind !== "int") throw this.wrongAttribute(name, attribute, "an integer");
    return attribute.value;
  }

  /** An integer that stands for a truth. */
  flag(name: string, otherwise: boolean): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0;
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return otherwise;
    if (attribute.kind !== "float") throw this.wrongAttribute(name, attribute, "a number");
    return shortest(attribute.value);
  }

  text<const W extends string>(name: string, words: readonly W[], otherwise: W): W {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return otherwise;
    const word = words.find((known) => attribute.kind === "string" && known === attribute.value);
    if (word === undefined) throw this.wrongAttribute(name, attribute, words.join(" or "));
    return word;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind !== "ints") throw this.wrongAttribute(name, attribute, "integers");
    return attribute.value;
  }

  floats(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return undefined;
    if (attribute.kind !== "floats") throw this.wrongAttribute(name, attribute, "numbers");
    return attribute.value.map(shortest);
  }

  wrongAttribute(name: string, attribute: OnnxAttribute, expects: string): Refusal {
    const facts = { ...this.facts, attribute: excerpt(name), gets: attributeText(attribute) };
    return new Refusal(problem("CNN6011", { ...facts, expects }), this.attributeSpan(name));
  }
}
