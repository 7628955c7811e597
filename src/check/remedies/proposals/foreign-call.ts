/** Calls as other frameworks write them, with the names and the order of arguments of this language. */
import type { Edit, Fix } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Argument, Call, Expression } from "../../../syntax/ast.ts";
import { walkProgram } from "../../../syntax/walk.ts";
import { isSuperfluous, parameterCalled } from "../../foreign.ts";
import { behind, removeArgument, replaceAll, textAt } from "./edits.ts";
import type { Place } from "./proposal.ts";

/** PyTorch's modules that begin with the number of inputs, and how many arguments they have at least. */
const INPUTS_FIRST: Readonly<Record<string, number>> = { Conv2d: 2, ConvTranspose2d: 2, Linear: 2 };

/** `Conv2d(3, 16, kernel_size: 3)` as `conv(16, kernel: 3)`. */
export function asOwnCall(layer: string, place: Place): readonly Fix[] {
  const name = replaceAll(place.places, layer);
  const others = place.places.flatMap((callee) => {
    const call = callOf(place, (found) => found.callee.span.start === callee.start);
    return call === undefined ? [] : argumentEdits(call, place.text);
  });
  if (others.length === 0) return [name];
  return [name, { ...name, edits: [...name.edits, ...others] }];
}

/** A parameter that has no place here is left out; an activation becomes the next step. */
export function withoutParameter(name: string, place: Place): readonly Fix[] {
  if (name !== "activation" && !isSuperfluous(name)) return [];
  const edits = place.places.flatMap((span): readonly Edit[] => {
    const call = callOf(place, (found) => argumentAt(found, span) !== undefined);
    const argument = call && argumentAt(call, span);
    return call === undefined || argument === undefined ? [] : edit(call, argument, place.text);
  });
  const title = name === "activation" ? "make it a step of its own" : `leave \`${name}\` out`;
  return edits.length === 0 ? [] : [{ title, edits }];
}

function argumentEdits(call: Call, text: string): readonly Edit[] {
  const ordered = call.arguments.filter(({ name }) => name === undefined);
  const least = Object.hasOwn(INPUTS_FIRST, call.callee.text)
    ? INPUTS_FIRST[call.callee.text]
    : Infinity;
  const first = ordered.length >= least ? [withComma(ordered[0].span, text)] : [];
  return [...first, ...call.arguments.flatMap((argument) => edit(call, argument, text))];
}

function edit(call: Call, { name, value, span }: Argument, text: string): readonly Edit[] {
  if (name === undefined) return [];
  if (name.text === "activation" && (value.kind === "string" || value.kind === "name")) {
    const activation = value.kind === "string" ? value.value : value.text;
    const step = { span: behind(call.span), text: ` -> ${activation}` };
    return [...removeArgument(span, text).edits, step];
  }
  if (isSuperfluous(name.text)) return removeArgument(span, text).edits;
  const own = parameterCalled(name.text);
  return own === undefined ? [] : [{ span: name.span, text: own }];
}

function withComma(span: Span, text: string): Edit {
  const comma = /^\s*,\s*/.exec(textAt(text, { ...span, start: span.end, end: span.end + 80 }));
  return { span: { ...span, end: span.end + (comma?.[0].length ?? 0) }, text: "" };
}

function argumentAt(call: Call, span: Span): Argument | undefined {
  return call.arguments.find(({ name }) => name?.span.start === span.start);
}

function callOf({ program }: Place, isMeant: (call: Call) => boolean): Call | undefined {
  let found: Call | undefined;
  const look = (expression: Expression): void => {
    if (expression.kind === "call" && isMeant(expression)) found ??= expression;
  };
  walkProgram(program, { expression: look });
  for (const item of program.items) {
    if (item.kind === "train") for (const { value } of item.settings) look(value);
  }
  return found;
}
