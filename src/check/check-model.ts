/** One model: its inputs become sizes and tensors, its body the graph. */
import { problem } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { type Dim, bounds, isKnown } from "../graph/dim.ts";
import type { Graph } from "../graph/graph.ts";
import { tensorType } from "../graph/tensor-type.ts";
import type { Expression, Model, Parameter } from "../syntax/ast.ts";
import { evaluateToResult } from "./evaluate/blocks.ts";
import type { Context } from "./evaluate/context.ts";
import { type InputContract, inputContract } from "./sizes/contract.ts";
import { Elaboration, WorkLimit } from "./evaluate/elaboration.ts";
import { evaluator } from "./evaluate/evaluate.ts";
import { reservedNames } from "./evaluate/labels.ts";
import { metadataOf } from "./metadata.ts";
import type { Module } from "./modules.ts";
import { Names } from "./evaluate/names.ts";
import type { Reporter } from "./reporter.ts";
import { Scope } from "./evaluate/scope.ts";
import { VALUE_TYPE_NAMES } from "./evaluate/signature.ts";
import { type TensorValue, type Value, describe } from "./evaluate/values.ts";
import { namesIn } from "./sizes/names.ts";
import { readWhere } from "./sizes/where.ts";

/** A model without errors, from a program or from a file of another format: what can be compiled. */
export interface SoundModel {
  readonly name: string;
  readonly graph: Graph;
  readonly contract: InputContract;
  /** Where messages about the model as a whole point. */
  readonly span: Span;
}

/** A model of a program without errors: its syntax tree and its graph. */
export interface CheckedModel extends SoundModel {
  readonly model: Model;
}

/** Replaces a written size of an input: for "the smallest input that would work". */
export type InputSize = (input: string, axis: number) => Dim | undefined;

export interface ModelResult {
  /** Absent after errors, which the reporter has. */
  readonly checked?: CheckedModel;
  /** Expressions that were evaluated. */
  readonly work: number;
}

export function checkModel(
  model: Model,
  module: Module,
  reporter: Reporter,
  inputSize: InputSize = () => undefined,
): ModelResult {
  const elaboration = new Elaboration(reporter);
  const checked = elaborate(model, module, elaboration, inputSize);
  return { ...(checked && { checked }), work: elaboration.spent };
}

function elaborate(
  model: Model,
  module: Module,
  elaboration: Elaboration,
  inputSize: InputSize,
): CheckedModel | undefined {
  const { reporter } = elaboration;
  const scope = Scope.of(module).inner();
  const inputNames = model.parameters.map(({ name }) => name.text);
  const names = Names.forModel(new Set([...reservedNames(model.body), ...inputNames]));
  const context: Context = { elaboration, scope, names, evaluator };
  try {
    // `resolve` has reported inputs of one name.
    if (new Set(inputNames).size < inputNames.length) return undefined;
    bindSizeNames(model, context);
    const inputs = model.parameters.map((p) => bindInput(p, context, inputSize));
    if (inputs.some((input) => input === undefined)) return undefined;
    const result = evaluateToResult(model, context);
    const outputs = outputsOf(result);
    if (outputs === undefined || reporter.hasErrors) return undefined;
    const graph = elaboration.builder.finish(model.name.text, outputs, metadataOf(model, reporter));
    return {
      name: model.name.text,
      model,
      graph,
      contract: inputContract(graph, elaboration.assumed),
      span: model.name.span,
    };
  } catch (error) {
    if (!(error instanceof WorkLimit)) throw error;
    reporter.report(error.found, error.span);
    return undefined;
  }
}

/** Names in the inputs' shapes are sizes, with what `where` says of them. */
function bindSizeNames(model: Model, context: Context): void {
  const names = new Set<string>();
  for (const { type } of model.parameters) {
    if (type?.kind !== "list") continue;
    for (const name of namesIn(type)) {
      if (context.scope.lookup(name)?.kind !== "const") names.add(name);
    }
  }
  const constant = (expression: Expression): number | undefined => {
    const value = evaluator.evaluate(expression, context);
    return value.kind === "int" && isKnown(value.value) ? value.value : undefined;
  };
  const sizes = readWhere([...names], model.where, constant, context.elaboration.reporter);
  for (const [name, size] of sizes) context.scope.bind(name, { kind: "int", value: size });
}

function bindInput(
  parameter: Parameter,
  context: Context,
  inputSize: InputSize,
): TensorValue | undefined {
  const { name, type } = parameter;
  if (type?.kind !== "list") {
    const isValue = type !== undefined && VALUE_TYPE_NAMES.includes(type.text);
    const facts = { name: name.text, ...(isValue && { type: type.text }) };
    context.elaboration.report(problem("CNN3026", facts), parameter.span);
    return undefined;
  }
  const sizes: Dim[] = [];
  for (const [axis, item] of type.items.entries()) {
    const value = inputSize(name.text, axis) ?? writtenSize(item, context);
    if (value === undefined) return undefined;
    sizes.push(value);
  }
  const tensor = context.elaboration.builder.input(name.text, tensorType(sizes));
  context.elaboration.inputPlaces.set(tensor.id, parameter.span);
  context.scope.bind(name.text, tensor);
  return tensor;
}

function writtenSize(item: Expression, context: Context): Dim | undefined {
  const value = evaluator.evaluate(item, context);
  if (value.kind === "int" && bounds(value.value)[0] >= 1) {
    return value.value;
  }
  if (value.kind !== "poison") {
    context.elaboration.report(
      problem("CNN3008", { expected: "a size of at least 1", got: describe(value) }),
      item.span,
    );
  }
  return undefined;
}

function outputsOf(result: Value): Graph["outputs"] | undefined {
  switch (result.kind) {
    case "tensor":
      return [{ name: "output", value: result.id }];
    case "tuple":
      return named(result.items.map((item, i) => [`output${i}`, item]));
    case "record":
      return named([...result.fields]);
    default:
      return undefined;
  }
}

function named(results: readonly (readonly [string, Value])[]): Graph["outputs"] | undefined {
  const outputs: { name: string; value: number }[] = [];
  for (const [name, value] of results) {
    const inner = outputsOf(value);
    if (inner === undefined) return undefined;
    for (const output of inner) {
      outputs.push({
        name: inner.length === 1 ? name : `${name}.${output.name}`,
        value: output.value,
      });
    }
  }
  return outputs;
}
