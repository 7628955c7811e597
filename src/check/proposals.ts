/** Edits that may mend a mistake, by code; `fixes.ts` tries them and keeps what works. */
import type { Code } from "../diagnostics/catalogue.ts";
import type { Diagnostic, Fix } from "../diagnostics/diagnostic.ts";
import type { Source, Span } from "../diagnostics/span.ts";
import type { Program } from "../syntax/ast.ts";
import { channelsFirst, withColours } from "./proposals/redeclare.ts";
import {
  addArgument,
  behind,
  changeArgument,
  changeNamedInt,
  insertBefore,
  parenthesize,
  removeLines,
  removeStep,
  replace,
  stepWithArrow,
  textAt,
} from "./proposals/edits.ts";
import { padAll, padHere } from "./proposals/padding.ts";
import { project } from "./proposals/projection.ts";
import { promise } from "./proposals/promise.ts";
import type { Place, Propose } from "./proposals/proposal.ts";
import { bindingOf } from "./proposals/tree.ts";
import { upsampleAll, upsampleToOther } from "./proposals/upsampling.ts";

const byCode: { readonly [C in Code]?: Propose<C> } = {
  CNN2002: ({ channelsLast, gets }, place) => [
    ...(channelsLast ? channelsFirst(place) : []),
    changeArgument(place.span, place.text, gets),
  ],
  CNN2003: ({ channelsLast, needs }, place) =>
    channelsLast
      ? channelsFirst(place)
      : [...padHere(place, Math.max(...needs.split("×").map(Number))), ...padAll(place)],
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
  CNN2014: (_, { text, related }) =>
    related.filter(({ span }) => textAt(text, span) === "1").map(({ span }) => replace(span, "32")),
  CNN2032: ({ reason }, place) => {
    if (reason === "grey") return withColours(place);
    return reason === "channels last" ? channelsFirst(place) : [];
  },
  CNN2051: (facts, place) => project(facts, place),
  CNN2052: (_, place) => [...upsampleToOther(place), ...upsampleAll(place)],
  CNN3001: ({ nearest }, { span }) => (nearest === undefined ? [] : [replace(span, nearest)]),
  CNN3004: ({ nearest }, { span }) => (nearest === undefined ? [] : [replace(span, nearest)]),
  CNN3009: ({ pipeline }) => (pipeline === undefined ? [] : [parenthesize(pipeline)]),
  CNN3015: ({ nearest }, { span }) => (nearest === undefined ? [] : [replace(span, nearest)]),
  CNN4001: (_, { span, text }) => [addArgument(span, text, "bias", "false")],
  CNN4002: (_, { span }) => [insertBefore(span, "relu -> ", "put `relu` between them")],
  CNN4003: ({ canCeil }, place) =>
    canCeil ? [addArgument(place.span, place.text, "ceil_mode", "true")] : padHere(place, 3),
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
  { code, facts, span, related, promises }: Diagnostic<C>,
  { name, text }: Source,
  program: Program,
): readonly Fix[] {
  const promised = promises === undefined ? [] : promise(promises, span, program);
  // A mistake in an imported file is not mended there, where other programs may rely on it.
  if (span.file !== name) return promised;
  return [...promised, ...(byCode[code]?.(facts, { span, text, program, related }) ?? [])];
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
