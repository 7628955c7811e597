/** `@weights`, `@labels`, `@allow`: what is said about a model or block beside its structure. */
import { catalogue, isCode } from "../diagnostics/catalogue.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import type { Metadata } from "../graph/graph.ts";
import type { Attribute, Block, Model } from "../syntax/ast.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Reporter } from "./reporter.ts";

const KNOWN = ["weights", "labels", "allow"];

export function metadataOf(model: Model, reporter: Reporter): Metadata {
  const weights = find(model, "weights");
  const labels = find(model, "labels");
  const [path] = weights === undefined ? [] : strings(weights, reporter);
  const names = labels === undefined ? [] : strings(labels, reporter);
  return {
    ...(model.doc && { doc: model.doc.text }),
    ...(path !== undefined && { weights: path }),
    ...(names.length > 0 && { labels: names }),
  };
}

/** Reports attributes that mean nothing, and codes that do not exist. */
export function checkAttributes(declaration: Block | Model, reporter: Reporter): void {
  for (const attribute of declaration.attributes) {
    const name = attribute.name.text;
    if (!KNOWN.includes(name)) {
      const close = nearest(name, KNOWN);
      const facts = { name: `@${name}`, what: "attribute", ...(close && { nearest: `@${close}` }) };
      reporter.report(problem("CNN3001", facts), attribute.name.span);
    } else if (name === "allow") checkAllow(attribute, reporter);
    else if (attribute.arguments.length === 0) {
      reporter.report(problem("CNN3021", { name, expects: "a string" }), attribute.span);
    }
  }
}

/** Codes of warnings that are not to be shown inside the declaration. */
export function allowedCodes(declaration: Block | Model): readonly string[] {
  return declaration.attributes
    .filter(({ name }) => name.text === "allow")
    .flatMap((attribute) => attribute.arguments.map(codeOf))
    .filter((code) => code !== undefined);
}

function checkAllow(attribute: Attribute, reporter: Reporter): void {
  for (const argument of attribute.arguments) {
    const code = codeOf(argument);
    if (code === undefined || !isCode(code) || catalogue[code].severity === "error") {
      const facts = { name: "allow", expects: "codes of warnings, such as CNN4001" };
      reporter.report(problem("CNN3021", facts), argument.span);
    }
  }
}

function codeOf({ value }: Attribute["arguments"][number]): string | undefined {
  if (value.kind === "name") return value.text;
  return value.kind === "string" ? value.value : undefined;
}

function find(model: Model, name: string): Attribute | undefined {
  return model.attributes.find((attribute) => attribute.name.text === name);
}

function strings(attribute: Attribute, reporter: Reporter): readonly string[] {
  const wrong = attribute.arguments.find(({ value }) => value.kind !== "string");
  if (wrong !== undefined) {
    const facts = { name: attribute.name.text, expects: "strings" };
    reporter.report(problem("CNN3021", facts), wrong.span);
  }
  return attribute.arguments.flatMap(({ value }) => (value.kind === "string" ? [value.value] : []));
}
