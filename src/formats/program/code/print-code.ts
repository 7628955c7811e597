/**
 * Code as text. The formatter lays it out afterwards, and keeps the line breaks between the
 * steps of a pipeline: here they are put as a person puts them, a line for each layer that does
 * the work, with the norm and the activation that belong to it.
 */
import type { Body, CallArgument, Code, Pipeline, Step } from "./code.ts";
import { isIdentifier } from "./identifiers.ts";
import { quote } from "./quote.ts";

/** Longer pipelines are broken into lines. */
const WIDTH = 84;
/** As many layers that do the work stand in one line, if they fit. */
const MAINS_IN_A_LINE = 3;

function printCode(code: Code): string {
  switch (code.kind) {
    case "text":
      return code.text;
    case "operator":
      return `${printCode(code.left)} ${code.sign} ${printCode(code.right)}`;
    case "call":
      return code.arguments.length === 0
        ? code.callee
        : `${code.callee}(${code.arguments.map(printArgument).join(", ")})`;
    case "pipeline":
      return printPipeline(code);
    case "group":
      return printBody(code.body);
    case "repeat":
      return `repeat ${code.count} ${printBody(code.body)}`;
    case "if": {
      const then = `if ${code.condition} ${printBody(code.then)}`;
      return code.otherwise === undefined ? then : `${then} else ${printBody(code.otherwise)}`;
    }
    case "record":
      return `{ ${code.fields.map(({ name, value }) => `${name} = ${printCode(value)}`).join(", ")} }`;
    default:
      return code satisfies never;
  }
}

export function printBody({ lets, result }: Body): string {
  const lines = [
    ...lets.map(({ names, value }) => {
      const bound = names.length === 1 ? names[0] : `(${names.join(", ")})`;
      return `let ${bound} = ${printCode(value)}`;
    }),
    printCode(result),
  ];
  const breaks = lines.length > 1 || lines[0].includes("\n") || lines[0].length > WIDTH;
  return breaks ? `{\n${lines.join("\n")}\n}` : `{ ${lines[0]} }`;
}

export function printStep({ label, value }: Step): string {
  if (label === undefined) return printCode(value);
  return `${isIdentifier(label) ? label : quote(label)}: ${printCode(value)}`;
}

function printArgument({ name, value }: CallArgument): string {
  return name === undefined ? printCode(value) : `${name}: ${printCode(value)}`;
}

function printPipeline({ head, steps }: Pipeline): string {
  const texts = steps.map(printStep);
  const start = head === undefined ? [] : [printCode(head)];
  const line = [...start, ...texts].join(" -> ");
  const mains = steps.filter(isMain).length;
  if (line.length <= WIDTH && mains <= MAINS_IN_A_LINE && !line.includes("\n")) return line;
  const begins = lineStarts(steps);
  const parts = texts.map((step, at) => {
    if (at === 0 && head === undefined) return step;
    return (begins[at] ? "\n-> " : " -> ") + step;
  });
  return start.join("") + parts.join("");
}

function isMain({ role }: Step): boolean {
  return role === "main" || role === "part";
}

/** Where a norm comes first, lines begin with norms; otherwise with what does the work. */
function lineStarts(steps: readonly Step[]): readonly boolean[] {
  const normFirst = steps.find(({ role }) => role !== "follower")?.role === "norm";
  let line: Step["role"] | undefined;
  return steps.map((step, at) => {
    const { role } = step;
    const isLast = at === steps.length - 1;
    const begins =
      line === undefined ||
      line === "part" ||
      (isMain(step) && line !== "norm" && !(isLast && line === "follower")) ||
      (role === "norm" && normFirst && line === "main");
    if (begins || isMain(step)) line = role;
    return begins;
  });
}
