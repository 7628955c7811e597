/** Edits that may mend a mistake, by code; `fixes.ts` tries them and keeps what works. */
import type { Code } from "../../diagnostics/catalogue.ts";
import type { Diagnostic, Fix } from "../../diagnostics/diagnostic.ts";
import type { Source, Span } from "../../diagnostics/span.ts";
import type { Program } from "../../syntax/ast.ts";
import { walkProgram } from "../../syntax/walk.ts";
import { channelsFirst, withBatch, withChannel, withColours } from "./proposals/redeclare.ts";
import {
  addArgument,
  behind,
  changeArgument,
  changeNamedInt,
  insertBefore,
  parenthesize,
  removeArgument,
  removeLines,
  removeStep,
  replace,
  replaceAll,
  stepWithArrow,
  textAt,
} from "./proposals/edits.ts";
import { isTensorType } from "../foreign.ts";
import { asOwnCall, withoutParameter } from "./proposals/foreign-call.ts";
import { padAll, padHere } from "./proposals/padding.ts";
import { project } from "./proposals/projection.ts";
import { promise } from "./proposals/promise.ts";
import type { Place, Propose } from "./proposals/proposal.ts";
import { rename } from "./proposals/rebinding.ts";
import { bindingOf, declarationAt, expressionAt } from "./proposals/tree.ts";
import { upsampleAll, upsampleToOther } from "./proposals/upsampling.ts";

const byCode: { readonly [C in Code]?: Propose<C> } = {
  CNN2001: ({ rank, gets }, place) => {
    if (rank !== 3) return [];
    return lacksBatch(gets) ? withBatch(place) : withChannel(place);
  },
  CNN2002: ({ channelsLast, stated, gets }, place) => [
    ...(channelsLast ? channelsFirst(place) : []),
    ...(stated === "3" && gets === "1" ? withColours(place) : []),
    changeArgument(place.span, place.text, gets),
  ],
  CNN2003: ({ channelsLast, needs, gets }, place) => {
    if (channelsLast) return channelsFirst(place);
    const extents = needs.split("×").map(Number);
    const lacking = gets.split("×").map((size, axis) => extents[axis] - Number(size));
    return [...padHere(place, Math.max(...extents), Math.max(...lacking)), ...padAll(place)];
  },
  CNN2004: ({ groups, fitting }, { span, text }) =>
    nearestFirst(fitting, Number(groups)).map((n) => changeArgument(span, text, String(n))),
  CNN2005: ({ kernel }, { span, text }) => [
    changeArgument(span, text, String(Math.floor(kernel / 2))),
  ],
  CNN2006: ({ padding }, { span, text }) => [changeArgument(span, text, padding)],
  CNN2007: (_, { span }) => [insertBefore(span, "flatten -> ", "put `flatten` in front")],
  CNN2008: ({ gets }, { span, text }) => [changeArgument(span, text, gets)],
  CNN2009: ({ groups, fitting }, { span, text }) =>
    nearestFirst(fitting, groups).map((n) => changeArgument(span, text, String(n))),
  CNN2010: ({ stride, dilation }, { span, text }) => [
    changeArgument(span, text, String(Math.max(stride, dilation) - 1)),
  ],
  CNN2012: ({ axis, needs, gets }, { text, related }) =>
    axis === "images" ? [] : related.flatMap(({ span }) => changeOutput(span, text, gets, needs)),
  CNN2014: (_, { text, related }) =>
    related.filter(({ span }) => textAt(text, span) === "1").map(({ span }) => replace(span, "32")),
  CNN2032: ({ reason }, place) => {
    if (reason === "grey") return withColours(place);
    return reason === "channels last" ? channelsFirst(place) : [];
  },
  CNN2033: ({ actual }, { span }) => [
    { title: `declare the result as ${actual}`, edits: [{ span, text: actual }] },
  ],
  CNN2051: (facts, place) => project(facts, place),
  CNN2052: (_, place) => [...upsampleToOther(place), ...upsampleAll(place), ...padAll(place)],
  CNN2053: (_, place) => flattenNames(place),
  CNN2056: ({ size }, { span, text }) => changeNamedInt(span, text, "end", Number(size)),
  CNN2059: ({ size }, { span, text }) => [changeArgument(span, text, String(Number(size) - 1))],
  CNN2060: ({ channels, count }, place) =>
    channels === "1" && count === "3" ? withColours(place) : [],
  CNN3001: ({ name, what, nearest }, place) => {
    // The `@` stands in front of an attribute's name.
    if (nearest !== undefined) return asOwnCall(nearest.replace(/^@/, ""), place);
    return what === "type" && isTensorType(name) ? [withoutType(name, place)] : [];
  },
  CNN3002: ({ name }, place) => rename(name, place),
  CNN3003: ({ expects }, { span, text }) =>
    expects === "tensors one by one" ? [withoutBrackets(span, text)] : [],
  CNN3004: ({ name, nearest }, place) =>
    nearest === undefined ? withoutParameter(name, place) : [replaceAll(place.places, nearest)],
  CNN3005: ({ name }, { span, text }) =>
    name === "kernel" ? [addArgument(span, text, "kernel", "3")] : [],
  CNN3006: ({ list }, { span, text }) =>
    list === undefined ? [removeArgument(span, text)] : [inBrackets(list, span, text)],
  CNN3007: (_, { span, text }) => [removeArgument(span, text)],
  CNN3009: ({ pipeline, times }, { span, text }) => [
    ...(times === undefined ? [] : repeated(times, span, text)),
    ...(pipeline === undefined ? [] : [parenthesize(pipeline)]),
  ],
  CNN3015: ({ name, nearest }, place) =>
    nearest === undefined ? [] : [replace(place.span, nearest), renameImport(name, nearest, place)],
  CNN3016: ({ label }, { span, text }) => relabel(label, span, text),
  CNN3025: (_, place) => elseUnchanged(place),
  CNN3026: ({ type }, { span }) => (type === undefined ? [declareShape(span)] : []),
  CNN3027: ({ setting }, { span, text }) => (setting === "loss" ? addLoss(span, text) : []),
  CNN3030: (_, place) => [withoutInputs(place)],
  CNN3028: ({ known }, { span }) =>
    known.map((name) => insertBefore(span, `${name}: `, `say which: \`${name}:\``)),
  CNN4001: (_, { span, text }) => [addArgument(span, text, "bias", "false")],
  CNN4002: (_, { span }) => [insertBefore(span, "relu -> ", "put `relu` between them")],
  CNN4003: ({ canCeil }, place) =>
    canCeil ? [addArgument(place.span, place.text, "ceil_mode", "true")] : padHere(place, 3, 1),
  CNN4004: ({ stride }, { span, text }) => changeNamedInt(span, text, "kernel", stride),
  CNN4008: ({ layer, loss }, { span, text }) =>
    loss === "nll" ? [renameLayer(span, text, layer, "log_softmax")] : [removeStep(span, text)],
  CNN4009: (_, { span, text }) => [removeStep(span, text)],
  CNN4010: (_, place) => moveBehindNorm(place),
  CNN4011: (_, { span, text }) => (textAt(text, span) === "1" ? [replace(span, "32")] : []),
  CNN4012: ({ what }, place) => (what === "let" ? removeBinding(place) : []),
  CNN4015: ({ layer, affine }, { span, text }) =>
    layer === "instance_norm" ? toInstanceNorm(span, text, affine) : [],
  CNN4016: ({ extent }, { span, text }) => changeNamedInt(span, text, "kernel", extent + 1),
  CNN4017: (_, place) => channelsFirst(place),
};

export function proposals<C extends Code>(
  { code, facts, span, places, related, promises }: Diagnostic<C>,
  { name, text }: Source,
  program: Program,
): readonly Fix[] {
  const promised = promises === undefined ? [] : promise(promises, span, program);
  // A mistake in an imported file is not mended there, where other programs may rely on it.
  if (span.file !== name) return promised;
  return [
    ...promised,
    ...(byCode[code]?.(facts, { span, places: places ?? [span], text, program, related }) ?? []),
  ];
}

/** Of three axes the first are the channels of an image: `[3, 32, 32]`. */
function lacksBatch(shape: string): boolean {
  return /^\[[13], /.test(shape);
}

function nearestFirst(values: readonly number[], wanted: number): readonly number[] {
  return values.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
}

function renameLayer(span: Span, text: string, from: string, to: string): Fix {
  return replace(span, textAt(text, span).replace(from, to));
}

function moveBehindNorm({ span, text, related: [norm] }: Place): readonly Fix[] {
  const title = "put `dropout` behind `batch_norm`";
  const dropout = textAt(text, span);
  const edits = [
    { span: stepWithArrow(span, text), text: "" },
    { span: behind(norm.span), text: ` -> ${dropout}` },
  ];
  return [{ title, edits }];
}

/** `linear(64)` becomes `linear(128)`. */
function changeOutput(span: Span, text: string, from: string, to: string): readonly Fix[] {
  const call = textAt(text, span);
  const changed = call.replace(new RegExp(`\\(${from}\\b`), `(${to}`);
  return changed === call ? [] : [replace(span, changed)];
}

/** Each argument that is a plain name, flattened. */
function flattenNames({ span, program }: Place): readonly Fix[] {
  const call = expressionAt(program, span);
  if (call?.kind !== "call") return [];
  return call.arguments.flatMap(({ value }): readonly Fix[] => {
    if (value.kind !== "name") return [];
    const edits = [{ span: behind(value.span), text: " -> flatten" }];
    return [{ title: `flatten \`${value.text}\``, edits }];
  });
}

/** The next free number behind the label. */
function relabel(label: string, span: Span, text: string): readonly Fix[] {
  const quoted = textAt(text, span).startsWith('"');
  const stem = label.replace(/\d+$/, "");
  return [2, 3, 4, 5, 6, 7, 8, 9].map((n) =>
    replace(span, quoted ? `"${stem}${n}"` : `${stem}${n}`),
  );
}

/** In a block, what flows in usually passes by unchanged. */
function elseUnchanged({ span, program }: Place): readonly Fix[] {
  const [input] = declarationAt(program, span)?.parameters ?? [];
  if (input === undefined) return [];
  const text = ` else { ${input.name.text} }`;
  return [{ title: `add \`else { ${input.name.text} }\``, edits: [{ span: behind(span), text }] }];
}

function declareShape(span: Span): Fix {
  const shape = ": [N, 3, 224, 224]";
  return {
    title: "declare images of 224×224 in RGB",
    edits: [{ span: behind(span), text: shape }],
  };
}

function addLoss(model: Span, text: string): readonly Fix[] {
  const open = /^\s*\{[^\S\n]*\n?/.exec(text.slice(model.end))?.[0];
  if (open === undefined) return [];
  const at = model.end + open.length;
  const loss = "loss: cross_entropy";
  const edits = [{ span: { ...model, start: at, end: at }, text: `  ${loss}\n` }];
  return [{ title: `add \`${loss}\``, edits }];
}

/** The name in an import, and wherever the file mentions it. */
function renameImport(from: string, to: string, { span, program }: Place): Fix {
  const mentions: Span[] = [];
  walkProgram(program, {
    expression: (expression) => {
      if (expression.kind === "name" && expression.text === from) mentions.push(expression.span);
      if (expression.kind === "call" && expression.callee.text === from) {
        mentions.push(expression.callee.span);
      }
    },
  });
  if (!mentions.some(({ start }) => start === span.start)) mentions.unshift(span);
  return { title: `write \`${to}\``, edits: mentions.map((place) => ({ span: place, text: to })) };
}

function withoutType(name: string, { places, text }: Place): Fix {
  const edits = places.map((span) => {
    const colon = /\s*:\s*$/.exec(text.slice(0, span.start))?.index;
    return { span: { ...span, start: colon ?? span.start }, text: "" };
  });
  return { title: `leave out \`: ${name}\``, edits };
}

/** Shapes are written as `[N, 400]`, other lists as `(0, 2, 3, 1)`. */
function inBrackets(list: string, span: Span, text: string): Fix {
  const items = textAt(text, span);
  const written = list === "shape" ? `[${items}]` : `(${items})`;
  return { title: `write \`${written}\``, edits: [{ span, text: written }] };
}

function withoutBrackets(span: Span, text: string): Fix {
  const inside = textAt(text, span).slice(1, -1).trim().replace(/,$/, "");
  return { title: "leave out the brackets", edits: [{ span, text: inside }] };
}

/** `Residual(64) * 3` */
function repeated(times: string, span: Span, text: string): readonly Fix[] {
  const product = /^(.+?)\s*\*\s*\w+$/.exec(textAt(text, span));
  return product === null ? [] : [replace(span, `repeat ${times} { ${product[1]} }`)];
}

/** A first argument, with the comma behind it. */
function withoutInputs({ places, text }: Place): Fix {
  const edits = places.map((span) => {
    const comma = /^\s*,\s*/.exec(text.slice(span.end))?.[0].length ?? 0;
    return { span: { ...span, end: span.end + comma }, text: "" };
  });
  return { title: `leave ${edits.length === 1 ? "it" : "them"} out`, edits };
}

function removeBinding({ span, text, program }: Place): readonly Fix[] {
  const binding = bindingOf(program, span);
  if (binding === undefined || binding.destructured) return [];
  return [removeLines(binding.span, text, `remove \`let ${textAt(text, span)}\``)];
}

/** Where nothing but the number of groups is given. */
function toInstanceNorm(span: Span, text: string, affine: boolean): readonly Fix[] {
  const call = textAt(text, span);
  const renamed = call.replace(/group_norm\([^,]*\)$/, `instance_norm(affine: ${affine})`);
  return renamed === call ? [] : [replace(span, renamed)];
}
