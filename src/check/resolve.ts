/**
 * Names without values: every mention must mean something, also in blocks that nothing calls
 * and branches that are not taken. The one place that reports unknown names.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { placeAll } from "../diagnostics/place.ts";
import type { Span } from "../diagnostics/span.ts";
import { layers } from "../layers/index.ts";
import type {
  Argument,
  Block,
  Body,
  Call,
  Expression,
  Model,
  Name,
  Parameter,
} from "../syntax/ast.ts";
import { layerCalled } from "../syntax/foreign/layer-names.ts";
import { partsOf } from "../syntax/parts.ts";
import { adviceOnName, parameterCalled, typeCalled, wordCalled } from "./foreign.ts";
import type { Declaration, Module } from "./modules.ts";
import type { Reporter } from "./reporter.ts";
import { namesIn } from "./sizes/names.ts";
import {
  type Signature,
  VALUE_TYPE_NAMES,
  signatureOfBlock,
  signatureOfLayer,
} from "./evaluate/signature.ts";

/** More values than a message can show. */
const MOST_VALUES = 6;

/** Names of a body and of those around it. */
interface Known {
  readonly names: ReadonlySet<string>;
  /** All `let`s of the body, also those further below. */
  readonly lets?: ReadonlyMap<string, Name>;
  /** Those of the names that are parameters, not sizes. */
  readonly parameters?: readonly string[];
  readonly outer?: Known;
}

/** What could stand in the place of an unknown name. */
interface Instead {
  /** Those that the parameter takes. */
  readonly words?: ReadonlySet<string>;
  /** Tensors that pipelines begin with. */
  readonly values?: readonly string[];
}

export function resolveNames(module: Module, reporter: Reporter): void {
  const resolver = new Resolver(module, reporter);
  for (const item of module.program.items) {
    if (item.kind === "const") resolver.expression(item.value, { names: new Set() });
    else if (item.kind === "block" || item.kind === "model") resolver.declaration(item);
  }
  resolver.reportUnknown();
}

class Resolver {
  private readonly module: Module;
  private readonly reporter: Reporter;
  /** Names whose import or declaration failed: reported there. */
  private readonly failed: ReadonlySet<string>;
  private readonly unknownNames = new Map<string, { problem: Problem; places: Span[] }>();

  constructor(module: Module, reporter: Reporter) {
    this.module = module;
    this.reporter = reporter;
    const imported = module.program.items.flatMap((item) =>
      item.kind === "import" ? item.names.map(({ local }) => local.text) : [],
    );
    this.failed = new Set([...imported, ...module.unread]);
  }

  declaration(declaration: Block | Model): void {
    const names = new Set(this.unique(declaration.parameters.map(({ name }) => name)).keys());
    for (const parameter of declaration.parameters) {
      this.sizeNames(parameter, names);
    }
    const parameters = declaration.parameters.map(({ name }) => name.text);
    const known: Known = { names, parameters };
    for (const parameter of declaration.parameters) {
      if (parameter.default) this.expression(parameter.default, known);
      this.type(parameter, known);
    }
    this.body(declaration.body, known);
    // An input without a shape is reported where the model is checked; its sizes have no names.
    const { kind, result } = declaration;
    if (kind === "model" && declaration.parameters.some(({ type }) => type?.kind !== "list"))
      return;
    for (const condition of declaration.where) this.expression(condition, known);
    if (result?.kind === "list") this.expression(result, known);
    else for (const field of result?.fields ?? []) this.expression(field.shape, known);
  }

  private type({ type }: Parameter, known: Known): void {
    if (type?.kind === "list") this.expression(type, known);
    if (type?.kind === "name" && !VALUE_TYPE_NAMES.includes(type.text)) {
      this.unknown(type, "type", VALUE_TYPE_NAMES);
    }
  }

  /** Names in a parameter's shape declare sizes. */
  private sizeNames({ type }: Parameter, into: Set<string>): void {
    if (type?.kind !== "list") return;
    for (const name of namesIn(type)) {
      if (this.module.declarations.get(name)?.kind !== "const") into.add(name);
    }
  }

  private body(body: Body, outer: Known): void {
    const lets = this.unique(body.lets.flatMap(({ names }) => names));
    const growing = new Set<string>();
    const known: Known = { names: growing, lets, outer };
    for (const binding of body.lets) {
      this.expression(binding.value, known);
      for (const name of binding.names) growing.add(name.text);
    }
    if (body.result) this.expression(body.result, known);
  }

  /** Names that are declared side by side, each once. */
  private unique(names: readonly Name[]): ReadonlyMap<string, Name> {
    const found = new Map<string, Name>();
    for (const name of names) {
      const first = found.get(name.text);
      if (first === undefined) found.set(name.text, name);
      else {
        this.reporter.report(problem("CNN3002", { name: name.text }), name.span, {
          related: [{ span: first.span, text: "first declared here" }],
        });
      }
    }
    return found;
  }

  expression(expression: Expression, known: Known): void {
    if (expression.kind === "name") this.mention(expression, known, "layer, block or value");
    else if (expression.kind === "call") this.call(expression, known);
    else {
      const { expressions, bodies } = partsOf(expression);
      const variable = expression.kind === "repeat" ? expression.variable : undefined;
      const inside: Known = variable ? { names: new Set([variable.text]), outer: known } : known;
      for (const part of expressions) this.expression(part, known);
      for (const body of bodies) this.body(body, inside);
    }
  }

  private call(call: Call, known: Known): void {
    this.mention(call.callee, known, "layer or block");
    const signature = this.signatureOf(call.callee, known);
    for (const argument of call.arguments) this.argument(argument, signature, known);
  }

  private argument(
    { name, value }: Argument,
    signature: Signature | undefined,
    known: Known,
  ): void {
    const words = wordsFor(name?.text, signature);
    // The parameter is reported, and what it would take is not known.
    if (words === undefined && value.kind === "name") return;
    this.argumentOf(value, words ?? new Set(), known);
  }

  private argumentOf(value: Expression, words: ReadonlySet<string>, known: Known): void {
    if (value.kind === "name" && words.has(value.text)) return;
    if (value.kind === "tuple" || value.kind === "list") {
      for (const item of value.items) {
        if (item.kind !== "name" || !words.has(item.text)) this.expression(item, known);
      }
    } else if (value.kind === "name" && words.size > 0 && !this.isKnown(value.text, known)) {
      this.unknown(value, "value or word", this.candidates(known, words), { words });
    } else this.expression(value, known);
  }

  private signatureOf(callee: Name, known: Known): Signature | undefined {
    if (isLocal(callee.text, known)) return undefined;
    const declaration: Declaration | undefined = this.module.declarations.get(callee.text);
    const layer = layers.get(callee.text);
    return declaration?.kind === "block"
      ? signatureOfBlock(declaration.block)
      : layer && signatureOfLayer(layer);
  }

  private mention(name: Name, known: Known, what: string): void {
    if (this.isKnown(name.text, known)) return;
    const later = laterLet(name.text, known);
    if (later === undefined) {
      this.unknown(name, what, this.candidates(known), { values: valuesIn(known) });
    } else {
      const facts = { name: name.text, what, advice: "a `let` stands above what uses it" };
      this.reporter.report(problem("CNN3001", facts), name.span, {
        related: [{ span: later.span, text: "declared only here, below its use" }],
      });
    }
  }

  private isKnown(name: string, known: Known): boolean {
    return (
      isLocal(name, known) ||
      this.module.declarations.has(name) ||
      this.failed.has(name) ||
      layers.has(name)
    );
  }

  /** The names in sight, from the inside out. Made as they are asked for: there may be many. */
  private *candidates(known: Known, first: Iterable<string> = []): Iterable<string> {
    yield* first;
    for (let at: Known | undefined = known; at !== undefined; at = at.outer) yield* at.names;
    yield* this.module.declarations.keys();
    yield* layers.keys();
  }

  private unknown(
    name: Name,
    what: string,
    candidates: Iterable<string>,
    { words, values = [] }: Instead = {},
  ): void {
    const word = words && wordCalled(name.text, words);
    const advice = word === undefined ? adviceOnName(name.text) : undefined;
    const close =
      word ?? (advice === undefined ? this.meant(name.text, what, candidates) : undefined);
    const key = `${name.text} ${what} ${close ?? ""}`;
    const places = this.unknownNames.get(key)?.places;
    if (places !== undefined) {
      places.push(name.span);
      return;
    }
    const facts = {
      name: name.text,
      what,
      ...(close !== undefined && { nearest: close }),
      ...(advice !== undefined && { advice }),
      ...(words !== undefined && { words: [...words] }),
      ...(what === "layer, block or value" && { values }),
    };
    this.unknownNames.set(key, { problem: problem("CNN3001", facts), places: [name.span] });
  }

  private meant(name: string, what: string, candidates: Iterable<string>): string | undefined {
    const foreign = what === "type" ? typeCalled(name) : layerCalled(name);
    return foreign ?? nearest(name, candidates);
  }

  /** A name that is unknown at many places is one mistake. */
  reportUnknown(): void {
    for (const unknown of this.unknownNames.values()) {
      this.reporter.add(placeAll(unknown.problem, unknown.places));
    }
  }
}

function laterLet(name: string, known: Known): Name | undefined {
  for (let at: Known | undefined = known; at !== undefined; at = at.outer) {
    const found = at.lets?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The bindings and parameters in sight, from the inside out. */
function valuesIn(known: Known): readonly string[] {
  const values: string[] = [];
  for (let at: Known | undefined = known; at !== undefined; at = at.outer) {
    values.push(...(at.parameters ?? (at.lets === undefined ? [] : at.names)));
    if (values.length > MOST_VALUES) return values.slice(0, MOST_VALUES);
  }
  return values;
}

/**
 * Bare words that the argument may be: those of its parameter, of any parameter where it has no
 * name; undefined where no parameter is called so.
 */
function wordsFor(
  name: string | undefined,
  signature: Signature | undefined,
): ReadonlySet<string> | undefined {
  const parameters = signature?.parameters ?? [];
  if (name === undefined || signature === undefined) {
    return new Set(parameters.flatMap(({ words }) => words));
  }
  if (signature.tensors.includes(name)) return new Set();
  const own = parameterCalled(name);
  const found = parameters.find((parameter) => parameter.name === name || parameter.name === own);
  return found && new Set(found.words);
}

function isLocal(name: string, known: Known): boolean {
  for (let at: Known | undefined = known; at !== undefined; at = at.outer) {
    if (at.names.has(name)) return true;
  }
  return false;
}
