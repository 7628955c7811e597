/** Short ways to check a program and to read what came out. */
import { type CheckOptions, type Checked, check } from "../../src/check/check.ts";
import { formatContract } from "../../src/check/sizes/contract.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { positionOf } from "../../src/diagnostics/span.ts";
import { wordsOf } from "../../src/diagnostics/words.ts";
import { formatType } from "../../src/graph/tensor-type.ts";
import type { Graph } from "../../src/graph/graph.ts";

export function checked(text: string, options: CheckOptions = {}): Checked {
  return check({ name: "net.cnn", text }, options);
}

/** Without fixes and searches for sizes: what tests of the checker alone need. */
export function diagnosticsOf(text: string): readonly Diagnostic[] {
  return checked(text, { remedies: false }).diagnostics;
}

/** `CNN2003 at 4`, by line. */
export function findings(text: string, options: CheckOptions = { remedies: false }): string[] {
  return checked(text, options).diagnostics.map(
    ({ code, span }) => `${code} at ${positionOf(text, span.start).line}`,
  );
}

/** The errors alone. */
export function errors(text: string): string[] {
  return diagnosticsOf(text)
    .filter(({ severity }) => severity === "error")
    .map(({ code, span }) => `${code} at ${positionOf(text, span.start).line}`);
}

/** The graph of the only model of a program without errors. */
export function graphOf(text: string, options: CheckOptions = {}): Graph {
  const { models, diagnostics } = checked(text, { remedies: false, ...options });
  const wrong = diagnostics.filter(({ severity }) => severity === "error");
  if (wrong.length > 0 || models.length !== 1) {
    throw new Error(wrong.map((d) => `${d.code}: ${wordsOf(d).title}`).join("\n"));
  }
  return models[0].graph;
}

export function weightNames(text: string): string[] {
  return [...graphOf(text).weights.keys()];
}

/** `conv1: [N, 8, H, W]`. */
export function nodeTypes(text: string): string[] {
  const graph = graphOf(text);
  return graph.nodes.map(
    ({ name, outputs }) => `${name}: ${formatType(graph.values[outputs[0]].type)}`,
  );
}

/** The type of the only result. */
export function resultType(text: string): string {
  const graph = graphOf(text);
  return formatType(graph.values[graph.outputs[0].value].type);
}

export function contractOf(text: string): string {
  const { models } = checked(text, { remedies: false });
  return models.length === 1 ? formatContract(models[0].contract) : "no model";
}

/** A model with one map as input and this body. */
export function model(body: string, input = "x: [N, 4, 32, 32]"): string {
  return `model Net(${input}) {\n  ${body}\n}\n`;
}
