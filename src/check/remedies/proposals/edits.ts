/** Small changes of a program's text, made at the places that diagnostics point at. */
import type { Edit, Fix } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";

export function textAt(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

/** Adds `name: value` to the call that stands at `span`. */
export function addArgument(span: Span, text: string, name: string, value: string): Fix {
  const argument = `${name}: ${value}`;
  return { title: `add \`${argument}\``, edits: [argumentEdit(span, text, argument)] };
}

export function argumentEdit(span: Span, text: string, argument: string): Edit {
  const call = textAt(text, span);
  if (!call.endsWith(")")) return { span: behind(span), text: `(${argument})` };
  const last = { ...span, start: span.end - 1, end: span.end - 1 };
  return { span: last, text: /[(,]\s*\)$/.test(call) ? argument : `, ${argument}` };
}

/** Gives the argument `name: value` or `value` at `span` another value. */
export function changeArgument(span: Span, text: string, value: string): Fix {
  const name = /^\w+\s*:\s*/.exec(textAt(text, span))?.[0] ?? "";
  const start = span.start + name.length;
  const before = textAt(text, span);
  return {
    title: `write \`${name}${value}\`${name === "" ? ` instead of \`${before}\`` : ""}`,
    edits: [{ span: { ...span, start }, text: value }],
  };
}

/** Gives an int argument of the call at `span` another value; nothing where it is not written so. */
export function changeNamedInt(
  span: Span,
  text: string,
  name: string,
  value: number,
): readonly Fix[] {
  const written = new RegExp(`\\b${name}\\s*:\\s*\\d+\\b`).exec(textAt(text, span));
  if (written === null) return [];
  const start = span.start + written.index;
  return [changeArgument({ ...span, start, end: start + written[0].length }, text, String(value))];
}

/** With the comma before it, or the parentheses around it where it is the only one. */
export function removeArgument(span: Span, text: string): Fix {
  const title = `remove \`${textAt(text, span)}\``;
  const before = /(\(|,)\s*$/.exec(text.slice(0, span.start));
  const alone = before?.[1] === "(" ? /^\s*\)/.exec(text.slice(span.end)) : null;
  const start =
    before === null || (before[1] === "(" && alone === null) ? span.start : before.index;
  const end = span.end + (alone?.[0].length ?? 0);
  return { title, edits: [{ span: { ...span, start, end }, text: "" }] };
}

export function replace(span: Span, text: string): Fix {
  return replaceAll([span], text);
}

export function replaceAll(places: readonly Span[], text: string): Fix {
  return { title: `write \`${text}\``, edits: places.map((span) => ({ span, text })) };
}

export function insertBefore(span: Span, text: string, title: string): Fix {
  return { title, edits: [{ span: { ...span, end: span.start }, text }] };
}

export function parenthesize(span: Span): Fix {
  const edits = [
    { span: { ...span, end: span.start }, text: "(" },
    { span: behind(span), text: ")" },
  ];
  return { title: "put the pipeline into parentheses", edits };
}

/** The step at `span` and the arrow before it, or, of a first step, the one behind it. */
export function stepWithArrow(span: Span, text: string): Span {
  const before = /\s*->\s*$/.exec(text.slice(0, span.start));
  if (before !== null) return { ...span, start: before.index };
  const after = /^\s*->\s*/.exec(text.slice(span.end));
  return { ...span, end: span.end + (after?.[0].length ?? 0) };
}

export function removeStep(span: Span, text: string): Fix {
  const title = `remove \`${textAt(text, span)}\``;
  return { title, edits: [{ span: stepWithArrow(span, text), text: "" }] };
}

/** A binding, with its lines where it stands alone on them. */
export function removeLines(span: Span, text: string, title: string): Fix {
  const indentation = /[ \t]*$/.exec(text.slice(0, span.start))?.[0].length ?? 0;
  const rest = /^[ \t]*\n/.exec(text.slice(span.end))?.[0].length ?? 0;
  const start = rest === 0 ? span.start : span.start - indentation;
  return { title, edits: [{ span: { ...span, start, end: span.end + rest }, text: "" }] };
}

export function behind(span: Span): Span {
  return { ...span, start: span.end };
}
