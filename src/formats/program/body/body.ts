/**
 * Writes the parts of a region as a body: pipelines where values flow on, `let` where one is
 * used twice, operators where layers are operators.
 */
import { layerOf } from "../../../analysis/table.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { operators } from "../../../layers/operators.ts";
import {
  type Body,
  type CallArgument,
  type Code,
  type Let,
  type Sign,
  type Step,
  type Text,
  stepsIn,
  text,
} from "../code/code.ts";
import type { LocalNames } from "../code/identifiers.ts";
import {
  type LayerPart,
  type OptionPart,
  type Part,
  type Region,
  resultsOf,
} from "../outline/region.ts";
import { type Words, branchWords, wordOfLabel, wordsFor } from "./let-names.ts";

export interface BodyContext {
  readonly names: LocalNames;
  /** What the region's inputs are called. */
  readonly inputs: readonly string[];
  /** Of several results; one needs no name. */
  readonly outputs?: readonly string[];
  /** The part as a step, whose call lacks the tensors. */
  step(part: Part): Step;
}

export function writeBody(region: Region, context: BodyContext): Body {
  return new BodyWriter(region, context).body();
}

/** A pipeline that still grows. */
interface Growing {
  readonly kind: "pipeline";
  readonly head: Code;
  readonly steps: Step[];
}

type Written = Exclude<Code, { readonly kind: "pipeline" }> | Growing;

interface Operator {
  readonly sign: Sign;
  readonly form: "tensors" | "tensor first" | "number first";
}

class BodyWriter {
  private readonly region: Region;
  private readonly context: BodyContext;
  private readonly uses = new Map<ValueId, number>();
  private readonly codes = new Map<ValueId, Written>();
  private readonly makers = new Map<ValueId, Part>();
  private readonly lets: Let[] = [];
  /** Uses of layers that a `let` holds. */
  private readonly shared = new Map<Part, Step>();

  constructor(region: Region, context: BodyContext) {
    this.region = region;
    this.context = context;
    for (const part of region.parts) {
      for (const id of part.inputs) this.count(id);
      for (const id of part.outputs) this.makers.set(id, part);
    }
    resultsOf(region).forEach((id) => this.count(id));
    region.inputs.forEach((id, at) => this.codes.set(id, text(context.inputs[at])));
  }

  body(): Body {
    for (const [part, uses] of sharedLayers(this.region)) this.share(part, uses);
    for (const part of this.region.parts) this.add(part);
    const { outputs } = this.context;
    const results = resultsOf(this.region).map((id) => this.take(id));
    if (outputs === undefined) return { lets: this.lets, result: results[0] };
    const fields = results.map((value, at) => ({ name: outputs[at], value }));
    return { lets: this.lets, result: { kind: "record", fields } };
  }

  private count(id: ValueId): void {
    this.uses.set(id, (this.uses.get(id) ?? 0) + 1);
  }

  private add(part: Part): void {
    const code = this.codeOf(part);
    const [id] = part.outputs;
    if (part.outputs.length > 1) this.destructure(part, code);
    // A source is called what it is bound to.
    else if (part.inputs.length === 0) this.bind(id, code, [wordOfLabel(part.label) ?? "learned"]);
    else if ((this.uses.get(id) ?? 0) > 1) this.bind(id, code, this.wordsFor(id));
    else this.codes.set(id, code);
  }

  /** `let embed = conv(16, kernel: 3)`: a layer whose uses share their weights. */
  private share(part: LayerPart, uses: readonly LayerPart[]): void {
    const step = this.context.step(part);
    const name = this.newLet(step.value, [wordOfLabel(part.label) ?? "shared"]);
    const { stem, role } = step;
    for (const use of uses) this.shared.set(use, { value: text(name), stem, role });
  }

  private codeOf(part: Part): Written {
    if (part.kind === "option" && part.inputs.length > 1) return this.choose(part);
    const step = this.shared.get(part) ?? this.context.step(part);
    const operator = operatorOf(part);
    if (operator !== undefined) return this.operation(part, operator, step);
    const { value } = step;
    if (part.kind === "layer" && value.kind === "call" && isVariadic(part)) {
      const tensors = part.inputs.map((id) => ({ value: this.argument(id, part.inputs) }));
      return { ...value, arguments: [...tensors, ...value.arguments] };
    }
    if (part.inputs.length === 0 && value.kind === "call") return value;
    const [first, ...others] = part.inputs;
    if (others.length === 0) return this.append(first, step);
    if (value.kind !== "call") throw new InternalFault("a group takes one tensor");
    const tensors = others.map((id): CallArgument => ({ value: this.named(id) }));
    return this.append(first, {
      ...step,
      value: { ...value, arguments: [...tensors, ...value.arguments] },
    });
  }

  /** `if stride == 1 and C == out { x + body } else { body }`. */
  private choose(part: OptionPart): Written {
    const { value } = this.context.step(part);
    if (value.kind !== "if") throw new InternalFault("an option has no condition");
    const inputs = part.inputs.map((id) => this.named(id));
    const names = inputs.map((name) => name.text);
    const then = writeBody(part.choice.body, { ...this.context, inputs: names });
    return {
      kind: "if",
      condition: value.condition,
      then,
      otherwise: { lets: [], result: inputs[0] },
    };
  }

  private operation(part: Part, { sign, form }: Operator, { value }: Step): Written {
    if (form === "tensors") {
      const [left, right] = this.operands(part, sign);
      return { kind: "operator", sign, left, right };
    }
    const side = form === "tensor first" ? "left" : "right";
    const tensor = this.operand(part.inputs[0], this.wordsFor(part.inputs[0]), { sign, side });
    if (value.kind !== "call") throw new InternalFault("an operator has no number");
    const number = value.arguments[0].value;
    return form === "tensor first"
      ? { kind: "operator", sign, left: tensor, right: number }
      : { kind: "operator", sign, left: number, right: tensor };
  }

  /** A sum of a long and a short way is that of a body and a shortcut. */
  private operands({ inputs }: Part, sign: Sign): readonly Code[] {
    const lengths = inputs.map((id) => this.lengthOf(id));
    const words = inputs.map((id, at): Words => {
      const own = this.wordsFor(id);
      if (sign !== "+" && sign !== "-") return own;
      const other = lengths[1 - at];
      if (lengths[at] > other) return ["body"];
      return lengths[at] > 0 && lengths[at] < other ? ["shortcut"] : own;
    });
    const sides = ["left", "right"] as const;
    return inputs.map((id, at) => this.operand(id, words[at], { sign, side: sides[at] }));
  }

  private lengthOf(id: ValueId): number {
    const code = this.codes.get(id);
    return code === undefined ? 0 : stepsIn(code);
  }

  /** Operators stand between names, numbers and operators that need no parentheses. */
  private operand(id: ValueId, words: Words, place: Place): Code {
    const code = this.take(id);
    if (code.kind === "text" || (code.kind === "operator" && fits(code, place))) return code;
    return text(this.newLet(code, words));
  }

  /** Arguments are names and short pipelines that begin with one. */
  private argument(id: ValueId, others: readonly ValueId[]): Code {
    const code = this.take(id);
    if (code.kind === "text") return code;
    if (code.kind === "pipeline" && code.head.kind === "text" && code.steps.length <= 4)
      return code;
    const isAdded = others.some((other) => this.region.inputs.includes(other));
    return text(this.newLet(code, isAdded ? ["new"] : branchWords(this.chainTo(id))));
  }

  private named(id: ValueId): Text {
    const code = this.take(id);
    return code.kind === "text" ? code : text(this.newLet(code, this.wordsFor(id)));
  }

  private append(id: ValueId, step: Step): Growing {
    const code = this.take(id);
    if (code.kind === "if") return this.append(this.rebound(id, code), step);
    if (code.kind !== "pipeline") return { kind: "pipeline", head: code, steps: [step] };
    // Its only use is here, so it may grow.
    code.steps.push(step);
    return code;
  }

  private rebound(id: ValueId, code: Code): ValueId {
    this.bind(id, code, this.wordsFor(id));
    return id;
  }

  private take(id: ValueId): Written {
    const code = this.codes.get(id);
    if (code === undefined) throw new InternalFault(`value ${id} has not been written yet`);
    return code;
  }

  private destructure({ outputs }: Part, value: Code): void {
    const names = outputs.map((id) => {
      const used = this.uses.has(id);
      const name = this.context.names.take(...(used ? this.wordsFor(id) : (["_unused"] as const)));
      this.codes.set(id, text(name));
      return name;
    });
    this.lets.push({ names, value });
  }

  private bind(id: ValueId, code: Code, words: Words): void {
    this.codes.set(id, text(this.newLet(code, words)));
  }

  private newLet(value: Code, words: Words): string {
    const name = this.context.names.take(...words);
    this.lets.push({ names: [name], value });
    return name;
  }

  private wordsFor(id: ValueId): Words {
    return wordsFor(this.chainTo(id));
  }

  /** The parts that make a value, from the last one back to where ways meet. */
  private *chainTo(id: ValueId): Generator<Part> {
    let part = this.makers.get(id);
    while (part !== undefined) {
      yield part;
      const [input] = part.inputs;
      if (part.inputs.length !== 1 || (this.uses.get(input) ?? 0) > 1) return;
      part = this.makers.get(input);
    }
  }
}

/** Where an operand stands. */
interface Place {
  readonly sign: Sign;
  readonly side: "left" | "right";
}

const STRENGTH: Readonly<Record<Sign, number>> = { "+": 1, "-": 1, "*": 2, "/": 2 };

/** Whether an operation can be an operand without parentheses and without becoming long. */
function fits({ sign, left, right }: Extract<Code, { kind: "operator" }>, place: Place): boolean {
  const isShort = left.kind === "text" && right.kind === "text";
  const least = STRENGTH[place.sign] + (place.side === "left" ? 0 : 1);
  return isShort && STRENGTH[sign] >= least;
}

const SIGNS = ["+", "-", "*", "/"] as const;

function operatorOf(part: Part): Operator | undefined {
  if (part.kind !== "layer") return undefined;
  const { kind } = part.node;
  for (const sign of SIGNS) {
    const { tensors, tensorFirst, numberFirst } = operators[sign];
    if (kind === tensors) return { sign, form: "tensors" };
    if (kind === tensorFirst) return { sign, form: "tensor first" };
    if (kind === numberFirst) return { sign, form: "number first" };
  }
  return undefined;
}

function isVariadic({ node }: LayerPart): boolean {
  return layerOf(node).inputs.some((name) => name.endsWith("..."));
}

/** Layers that read the same weights in the same way, by the first of them. */
function sharedLayers({ parts }: Region): ReadonlyMap<LayerPart, readonly LayerPart[]> {
  const byWeights = new Map<string, LayerPart[]>();
  for (const part of parts) {
    if (part.kind !== "layer" || part.inputs.length === 0) continue;
    if (Object.keys(part.node.weights).length === 0) continue;
    const { kind, weights, attributes } = part.node;
    const key = JSON.stringify([kind, weights, attributes]);
    const known = byWeights.get(key);
    if (known === undefined) byWeights.set(key, [part]);
    else known.push(part);
  }
  const shared = [...byWeights.values()].filter((uses) => uses.length > 1);
  return new Map(shared.map((uses) => [uses[0], uses]));
}
