/** Parts of a region as steps of a pipeline: calls of layers and blocks, groups, options. */
import { layerOf } from "../../../analysis/table.ts";
import { snakeCase } from "../../../check/evaluate/names.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { Category } from "../../../layers/layer.ts";
import type { BlockParameter, Expression } from "../blocks/block-parameters.ts";
import { type CallArgument, type Step, text } from "../code/code.ts";
import { mapPipelines } from "../code/map-code.ts";
import type { LayerPart, OptionPart, Part, Region, RunPart } from "../outline/region.ts";
import type { Settings } from "../blocks/settings.ts";

export interface StepContext {
  readonly settings: Settings;
  readonly parameterName: (parameter: BlockParameter) => string;
  /** The block that a region is a use of; undefined for a group. */
  readonly blockName: (region: Region) => string | undefined;
}

/** Without the tensors that the step reads beside what flows. */
export function stepOf(part: Part, context: StepContext): Step {
  switch (part.kind) {
    case "layer":
      return layerStep(part, context);
    case "region":
      return regionStep(part, context);
    case "option":
      return optionStep(part, context);
    case "run":
      return runStep(part, context);
    default:
      return part satisfies never;
  }
}

function layerStep(part: LayerPart, context: StepContext): Step {
  const { kind } = part.node;
  return {
    value: { kind: "call", callee: kind, arguments: givenTo(part, context) },
    ...wantedBy(part),
    stem: kind,
    role: ROLES[layerOf(part.node).category],
  };
}

function regionStep(part: Region, context: StepContext): Step {
  const name = context.blockName(part);
  if (name !== undefined) {
    const value = { kind: "call", callee: name, arguments: givenTo(part, context) } as const;
    return { value, ...wantedBy(part), stem: snakeCase(name), role: "part" };
  }
  const inner = part.parts.map((own) => stepOf(own, context));
  const steps = part.isCounted === true ? inner.map(withoutLabels) : inner;
  const body = { lets: [], result: { kind: "pipeline", steps } } as const;
  return { value: { kind: "group", body }, ...wantedBy(part), stem: "group", role: "part" };
}

/** The rounds get their names by their number. */
function runStep(part: RunPart, context: StepContext): Step {
  const [count] = context.settings.get(part) ?? [];
  if (count === undefined) throw new InternalFault("a run has no count");
  const { value: round, stem, role } = stepOf(part.rounds[0], context);
  const body = {
    lets: [],
    result: { kind: "pipeline", steps: [{ value: round, stem, role }] },
  } as const;
  return {
    value: { kind: "repeat", count: expressionText(count.value, context), body },
    stem: "",
    role: "part",
  };
}

function optionStep(part: OptionPart, context: StepContext): Step {
  const [condition] = context.settings.get(part) ?? [];
  if (condition === undefined) throw new InternalFault("an option has no condition");
  const steps = part.choice.body.parts.map((own) => stepOf(own, context));
  const value = {
    kind: "if",
    condition: expressionText(condition.value, context),
    then: { lets: [], result: { kind: "pipeline", steps } },
  } as const;
  return { value, stem: "", role: "part" };
}

function wantedBy({ label }: Part): { readonly wanted?: string } {
  return label === undefined ? {} : { wanted: label };
}

function givenTo(part: Part, context: StepContext): readonly CallArgument[] {
  const settings = context.settings.get(part) ?? [];
  return settings.map(({ parameter, value, isPositional }): CallArgument => {
    const written = text(expressionText(value, context));
    const isAlone = part.inputs.length < 2;
    return isPositional && isAlone ? { value: written } : { name: parameter, value: written };
  });
}

function expressionText(expression: Expression, { parameterName }: StepContext): string {
  const pieces = expression.map((piece) =>
    typeof piece === "string" ? piece : parameterName(piece),
  );
  return pieces.join("");
}

function withoutLabels({ value, stem, role }: Step): Step {
  if (value.kind !== "if") return { value, stem, role };
  const then = mapPipelines(value.then, (pipeline) => ({
    ...pipeline,
    steps: pipeline.steps.map(withoutLabels),
  }));
  return { value: { ...value, then }, stem, role };
}

const ROLES: Readonly<Record<Category, Step["role"]>> = {
  source: "follower",
  convolution: "main",
  linear: "main",
  normalization: "norm",
  pooling: "follower",
  activation: "follower",
  arithmetic: "follower",
  function: "follower",
  shape: "follower",
  resampling: "follower",
  regularization: "follower",
};
