/** Applying a built-in layer: its shape rule, the conditions it names, its weights, its node. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import type { Details } from "../../diagnostics/place.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Attributes } from "../../graph/attributes.ts";
import { type Condition, type Verdict, decide } from "../../graph/condition.ts";
import { bounds, isTangled } from "../../graph/dim.ts";
import { type TensorType, formatType } from "../../graph/tensor-type.ts";
import type { Layer, Requirement, ShapeResult } from "../../layers/layer.ts";
import { explainCounterexample } from "../sizes/counterexample.ts";
import { type Elaboration, tooMuch } from "./elaboration.ts";
import { type TensorValue, type Value, poison } from "./values.ts";

/** More nodes than any real network has; a runaway `repeat` stops here. */
const MAX_NODES = 100_000;
/** Larger tensors cannot be addressed by any target. */
const MAX_ELEMENTS = 2 ** 48;
export interface Application {
  readonly layer: Layer;
  readonly attributes: Attributes;
  readonly inputs: readonly TensorValue[];
  /** The node's full name. */
  readonly name: string;
  readonly span: Span;
  /** Places of the arguments by parameter, to point at the one to blame. */
  readonly argumentSpans: ReadonlyMap<string, Span>;
}

/**
 * The layer's result, a tuple where it has several; poison after a reported mistake.
 * @throws WorkLimit past more nodes than any real network has
 */
export function applyLayer(elaboration: Elaboration, application: Application): Value {
  const { layer, attributes, inputs, span } = application;
  if (elaboration.builder.size >= MAX_NODES) throw tooMuch(span);
  const types = inputs.map((input) => input.type);
  const result = layer.shape(attributes, types);
  if ("code" in result) return fail(elaboration, application, result);
  const refused = firstRefused(elaboration, result);
  if (refused !== undefined) {
    const { requirement, verdict, others } = refused;
    const details =
      verdict.holds === "sometimes"
        ? explainCounterexample(
            {
              condition: requirement.condition,
              counterexample: verdict.counterexample,
              others,
            },
            elaboration.assumed,
          )
        : {};
    return fail(elaboration, application, requirement.problem, details);
  }
  const huge = result.outputs.find(isHuge);
  if (huge !== undefined) {
    elaboration.report(problem("CNN2040", { shape: formatType(huge) }), span);
    return poison;
  }
  if (result.outputs.some(({ shape }) => shape.some(isTangled))) {
    elaboration.report(problem("CNN2042", {}), span);
    return poison;
  }
  const built = elaboration.builder.node({
    name: application.name,
    kind: layer.kind,
    attributes,
    inputs,
    outputs: result.outputs,
    weights: layer.weights(attributes, types),
    span,
  });
  if ("wanted" in built) {
    const { weight, wanted } = built;
    elaboration.reportSizes(
      {
        ...problem("CNN2041", {
          weight: weight.name,
          first: formatType({ dtype: "f32", shape: weight.shape }),
          now: formatType({ dtype: "f32", shape: wanted.shape }),
        }),
        blame: [{ input: 0, axis: 1 }],
      },
      span,
      inputs,
    );
    return poison;
  }
  return built.length === 1 ? built[0] : { kind: "tuple", items: built };
}

interface Refusal {
  readonly requirement: Requirement;
  readonly verdict: Verdict;
  /** Conditions behind it that hold for some sizes only. */
  readonly others: readonly Condition[];
}

/** Decides the conditions in order; those that hold for some sizes only are assumed. */
function firstRefused(elaboration: Elaboration, result: ShapeResult): Refusal | undefined {
  for (const [at, requirement] of result.requires.entries()) {
    const verdict = decide(requirement.condition);
    if (verdict.holds === "always") continue;
    if (verdict.holds === "never" || !isContractual(requirement.condition, verdict)) {
      const others = result.requires
        .slice(at + 1)
        .map(({ condition }) => condition)
        .filter((condition) => {
          const other = decide(condition);
          return other.holds === "sometimes" && !isContractual(condition, other);
        });
      return { requirement, verdict, others };
    }
    elaboration.assumed.push(requirement.condition);
  }
  return undefined;
}

/** A lower bound on a size is the model's contract; an equation is a mistake unless proved. */
function isContractual({ relation }: Condition, { holds }: Verdict): boolean {
  return relation === ">=" || holds === "unknown";
}

function fail(
  elaboration: Elaboration,
  application: Application,
  mistake: Problem,
  details: Details = {},
): Value {
  const span = application.argumentSpans.get(mistake.argument ?? "") ?? application.span;
  // Where an argument is at fault, sizes are only if the layer says so.
  const inputs = application.inputs.map((_, input) => ({ input }));
  const blame = mistake.blame ?? (mistake.argument === undefined ? inputs : []);
  elaboration.reportSizes({ ...mistake, blame }, span, application.inputs, details);
  return poison;
}

function isHuge({ shape }: TensorType): boolean {
  const least = shape.reduce((n: number, dim) => n * Math.max(1, bounds(dim)[0]), 1);
  return !(least <= MAX_ELEMENTS);
}
