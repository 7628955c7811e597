/** The names that a file declares: which are used, and which hide another name. */
import type { Body, Expression, Item, Name, Parameter, Program } from "../../syntax/ast.ts";
import { partsOf } from "../../syntax/parts.ts";
import { layers } from "../../layers/index.ts";
import type { Span } from "../../diagnostics/span.ts";

export interface Declaration {
  readonly sort: "import" | "constant" | "block" | "model" | "parameter" | "let" | "round";
  readonly name: Name;
  /** What would have to go if the name went. */
  readonly span: Span;
  readonly used: boolean;
  /** What the name means outside: another declaration, or a built-in layer. */
  readonly hides?: Span | "layer";
}

type Growing = { -readonly [K in keyof Declaration]: Declaration[K] };

interface Scope {
  readonly names: Map<string, Growing>;
  readonly outer?: Scope;
}

/** In source order. */
export function declarationsOf(program: Program): readonly Declaration[] {
  const walk = new Walk();
  walk.program(program);
  return walk.found.toSorted((a, b) => a.name.span.start - b.name.span.start);
}

class Walk {
  readonly found: Growing[] = [];

  program({ items }: Program): void {
    const file: Scope = { names: new Map() };
    for (const item of items) this.declareItem(item, file);
    for (const item of items) this.insideItem(item, file);
  }

  private declareItem(item: Item, file: Scope): void {
    switch (item.kind) {
      case "import":
        for (const { imported, local } of item.names) {
          const { start } = imported.span;
          this.enter("import", local, { ...local.span, start }, file);
        }
        break;
      case "const":
        this.enter("constant", item.name, item.span, file);
        break;
      case "block":
      case "model":
        this.enter(item.kind, item.name, item.span, file);
        break;
      case "train":
        break;
      default:
        item satisfies never;
    }
  }

  private insideItem(item: Item, file: Scope): void {
    if (item.kind === "const") this.expression(item.value, file);
    else if (item.kind === "train") this.mention(item.model, file);
    if (item.kind !== "block" && item.kind !== "model") return;
    const head: Scope = { names: new Map(), outer: file };
    for (const parameter of item.parameters) this.parameter(parameter, head);
    for (const condition of item.where) this.expression(condition, head);
    this.body(item.body, head);
    const { result } = item;
    if (result?.kind === "list") this.expression(result, head);
    else for (const { shape } of result?.fields ?? []) this.expression(shape, head);
  }

  private parameter({ name, type, default: value, span }: Parameter, head: Scope): void {
    if (value !== undefined) this.expression(value, head);
    if (type?.kind === "list") this.expression(type, head);
    const declaration = this.enter("parameter", name, span, head);
    // An int called `pad` cannot be taken for the layer.
    const isLayerOrTensor = type?.kind !== "name" || type.text === "layer";
    if (declaration.hides === "layer" && !isLayerOrTensor) delete declaration.hides;
  }

  private body(body: Body, outer: Scope): void {
    const scope: Scope = { names: new Map(), outer };
    for (const { names, value, span } of body.lets) {
      this.expression(value, scope);
      for (const name of names) this.enter("let", name, span, scope);
    }
    if (body.result !== undefined) this.expression(body.result, scope);
  }

  private expression(expression: Expression, scope: Scope): void {
    if (expression.kind === "name") this.mention(expression, scope);
    if (expression.kind === "call") this.mention(expression.callee, scope);
    const { expressions, bodies } = partsOf(expression);
    for (const part of expressions) this.expression(part, scope);
    let inner = scope;
    if (expression.kind === "repeat" && expression.variable !== undefined) {
      inner = { names: new Map(), outer: scope };
      this.enter("round", expression.variable, expression.variable.span, inner);
    }
    for (const body of bodies) this.body(body, inner);
  }

  private enter(sort: Declaration["sort"], name: Name, span: Span, scope: Scope): Growing {
    const outer = lookup(name.text, scope.outer);
    const hides = outer?.name.span ?? (layers.has(name.text) ? "layer" : undefined);
    const declaration: Growing = { sort, name, span, used: false, ...(hides && { hides }) };
    scope.names.set(name.text, declaration);
    this.found.push(declaration);
    return declaration;
  }

  private mention({ text }: Name, scope: Scope): void {
    const declaration = lookup(text, scope);
    if (declaration !== undefined) declaration.used = true;
  }
}

function lookup(name: string, scope: Scope | undefined): Growing | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
