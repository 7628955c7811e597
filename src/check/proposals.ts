/** Edits that may mend a mistake, by code, the likeliest first; `fixes.ts` tries them. */
import type { Code, FactsOf } from "../diagnostics/catalogue.ts";
import type { Diagnostic, Fix } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";

type Propose<C extends Code> = (facts: FactsOf<C>, span: Span, text: string) => readonly Fix[];

const byCode: { readonly [C in Code]?: Propose<C> } = {
  CNN2003: (_, span, text) =>
    [1, 2, 3].map((padding) => addArgument(span, text, "padding", String(padding))),
  CNN2007: (_, span) => [insertBefore(span, "flatten -> ", "put `flatten` in front")],
  CNN3001: ({ nearest }, span) => replaceByNearest(nearest, span),
  CNN3004: ({ nearest }, span) => replaceByNearest(nearest, span),
  CNN3009: ({ pipeline }) => (pipeline === undefined ? [] : [parenthesize(pipeline)]),
  CNN3015: ({ nearest }, span) => replaceByNearest(nearest, span),
  CNN4001: (_, span, text) => [addArgument(span, text, "bias", "false")],
};

export function proposals<C extends Code>(
  { code, facts, span }: Diagnostic<C>,
  text: string,
): readonly Fix[] {
  return byCode[code]?.(facts, span, text) ?? [];
}

/** Adds `name: value` to the call that stands at `span`. */
function addArgument(span: Span, text: string, name: string, value: string): Fix {
  const call = text.slice(span.start, span.end);
  const title = `add \`${name}: ${value}\``;
  const argument = `${name}: ${value}`;
  if (!call.endsWith(")")) {
    return { title, edits: [{ span: { ...span, start: span.end }, text: `(${argument})` }] };
  }
  const separator = /\(\s*\)$/.test(call) ? "" : ", ";
  const end = { ...span, start: span.end - 1, end: span.end - 1 };
  return { title, edits: [{ span: end, text: separator + argument }] };
}

function parenthesize(span: Span): Fix {
  const edits = [
    { span: { ...span, end: span.start }, text: "(" },
    { span: { ...span, start: span.end }, text: ")" },
  ];
  return { title: "put the pipeline into parentheses", edits };
}

function replaceByNearest(nearest: string | undefined, span: Span): readonly Fix[] {
  if (nearest === undefined) return [];
  return [{ title: `write \`${nearest}\``, edits: [{ span, text: nearest }] }];
}

function insertBefore(span: Span, text: string, title: string): Fix {
  return { title, edits: [{ span: { ...span, end: span.start }, text }] };
}
