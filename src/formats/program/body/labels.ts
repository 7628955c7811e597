/**
 * Which labels have to be written so that weights get the names that they should have. A label
 * is left out where the automatic name is the same: by kind and order in a body, by number in a
 * labelled group (`src/check/evaluate/names.ts` says how the language counts).
 */
import type { Body, Code, Pipeline, Step } from "../code/code.ts";
import { mapPipelines } from "../code/map-code.ts";

/** The body of a model or a block. */
export function settleLabels(body: Body): Body {
  const steps = stepsOfBody(body);
  const taken = new Set(body.lets.flatMap(({ names }) => names));
  const counts = new Map<string, number>();
  const areAutomatic = steps.every(({ stem, wanted }) => {
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    const automatic = `${stem}${count}`;
    return wanted === undefined || (wanted === automatic && !taken.has(automatic));
  });
  // Where one layer needs a label, those beside it look better with theirs.
  return mapSteps(body, (step) =>
    areAutomatic || step.wanted === undefined ? step : { ...step, label: step.wanted },
  );
}

function mapSteps(body: Body, change: (step: Step) => Step): Body {
  const changed = (step: Step): Step => {
    const { value } = step;
    const inner =
      value.kind === "if" ? { ...value, then: mapSteps(value.then, change) } : settleInside(value);
    return change({ ...step, value: inner });
  };
  return mapPipelines(body, (pipeline) => ({ ...pipeline, steps: pipeline.steps.map(changed) }));
}

/** Labelled groups count their steps themselves. */
function settleInside(value: Code): Code {
  if (value.kind !== "group") return value;
  const { result } = value.body;
  if (result.kind !== "pipeline") return value;
  return { kind: "group", body: { lets: [], result: numbered(result) } };
}

function numbered(pipeline: Pipeline): Pipeline {
  const wanted = new Set(pipeline.steps.flatMap((step) => step.wanted ?? []));
  const taken = new Set<string>();
  let next = 0;
  const steps = pipeline.steps.map((step): Step => {
    // What may be absent shifts the numbers behind it: no label is asked for there.
    if (step.value.kind === "if") return step;
    const inner = { ...step, value: settleInside(step.value) };
    while (taken.has(String(next))) next++;
    const number = String(next);
    // A number that a later step asks for must stay free.
    const isFree = step.wanted === undefined && !wanted.has(number);
    const label = step.wanted ?? (isFree ? number : freeLabel(step.stem, wanted, taken));
    taken.add(label);
    // A group without a label would add its steps to those around it.
    return label === number && step.value.kind !== "group" ? inner : { ...inner, label };
  });
  return { ...pipeline, steps };
}

function freeLabel(stem: string, ...taken: readonly ReadonlySet<string>[]): string {
  for (let n = 1; ; n++) {
    const label = `${stem}${n}`;
    if (!taken.some((names) => names.has(label))) return label;
  }
}

/** In the order in which the checker meets them; not those inside of labelled groups. */
function stepsOfBody({ lets, result }: Body): readonly Step[] {
  return [...lets.map(({ value }) => value), result].flatMap(stepsOf);
}

function stepsOf(code: Code): readonly Step[] {
  switch (code.kind) {
    case "text":
      return [];
    case "operator":
      return [code.left, code.right].flatMap(stepsOf);
    case "call":
      return code.arguments.flatMap(({ value }) => stepsOf(value));
    case "pipeline":
      return [
        ...(code.head === undefined ? [] : stepsOf(code.head)),
        ...code.steps.flatMap((step) => [step, ...stepsInside(step)]),
      ];
    case "group":
    case "repeat":
      return stepsOfBody(code.body);
    case "if":
      return [code.then, code.otherwise].flatMap((body) => (body ? stepsOfBody(body) : []));
    case "record":
      return code.fields.flatMap(({ value }) => stepsOf(value));
    default:
      return code satisfies never;
  }
}

function stepsInside({ value, wanted }: Step): readonly Step[] {
  return value.kind === "group" && wanted !== undefined ? [] : stepsOf(value);
}
