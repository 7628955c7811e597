/**
 * Which labels have to be written so that weights get the names that they should have. A label
 * is left out where the automatic name is the same: by kind and order in a body, by number in a
 * labelled group (`src/check/names.ts` says how the language counts).
 */
import type { Body, Code, Pipeline, Step } from "./code.ts";

/** The body of a model or a block. */
export function settleLabels(body: Body): Body {
  const steps = stepsOfBody(body);
  const taken = new Set(body.lets.flatMap(({ names }) => names));
  const plain = new Set<Step>();
  for (const [stem, group] of groupBy(steps, (step) => step.stem)) {
    const isCounted = group.every(({ wanted }, at) => {
      const automatic = `${stem}${at + 1}`;
      return (wanted ?? automatic) === automatic && !taken.has(automatic);
    });
    if (isCounted) group.forEach((step) => plain.add(step));
  }
  return mapBody(body, (step) => {
    const inner = { ...step, value: settleInside(step.value) };
    return plain.has(step) || step.wanted === undefined ? inner : { ...inner, label: step.wanted };
  });
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
    const inner = { ...step, value: settleInside(step.value) };
    while (taken.has(String(next))) next++;
    const number = String(next);
    // A number that a later step asks for must stay free.
    const isFree = step.wanted === undefined && !wanted.has(number);
    const label = step.wanted ?? (isFree ? number : freeLabel(step.stem, wanted, taken));
    taken.add(label);
    return label === number ? inner : { ...inner, label };
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

/** Every step of a body changed; not those inside of labelled groups. */
export function mapBody({ lets, result }: Body, change: (step: Step) => Step): Body {
  return {
    lets: lets.map((binding) => ({ ...binding, value: mapCode(binding.value, change) })),
    result: mapCode(result, change),
  };
}

function mapCode(code: Code, change: (step: Step) => Step): Code {
  const inner = (part: Code): Code => mapCode(part, change);
  switch (code.kind) {
    case "text":
      return code;
    case "operator":
      return { ...code, left: inner(code.left), right: inner(code.right) };
    case "call":
      return {
        ...code,
        arguments: code.arguments.map((given) => ({ ...given, value: inner(given.value) })),
      };
    case "pipeline": {
      const { head, steps } = code;
      return {
        kind: "pipeline",
        ...(head === undefined ? {} : { head: inner(head) }),
        steps: steps.map(change),
      };
    }
    case "group":
    case "repeat":
      return { ...code, body: mapBody(code.body, change) };
    case "if":
      return {
        ...code,
        then: mapBody(code.then, change),
        ...(code.otherwise === undefined ? {} : { otherwise: mapBody(code.otherwise, change) }),
      };
    case "record":
      return { ...code, fields: code.fields.map((f) => ({ ...f, value: inner(f.value) })) };
    default:
      return code satisfies never;
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
