/** An input that is declared with its channels in the wrong place, with those of a grey image, or without. */
import type { Fix } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Expression } from "../../../syntax/ast.ts";
import { textAt } from "./edits.ts";
import type { Place } from "./proposal.ts";
import { declarationAt } from "./tree.ts";

/** [N, H, W, C] as [N, C, H, W]. */
export function channelsFirst(place: Place): readonly Fix[] {
  return redeclare(place, ([batch, height, width, channels]) => [
    textAt(place.text, batch.span),
    textAt(place.text, channels.span),
    textAt(place.text, height.span),
    textAt(place.text, width.span),
  ]);
}

/** [N, 1, H, W] as [N, 3, H, W]. */
export function withColours(place: Place): readonly Fix[] {
  return redeclare(place, (sizes) =>
    sizes.map((size, axis) => (axis === 1 ? "3" : textAt(place.text, size.span))),
  );
}

/** [N, H, W] as [N, 1, H, W]. */
export function withChannel(place: Place): readonly Fix[] {
  return redeclare(
    place,
    (sizes) => sizes.map(({ span }) => textAt(place.text, span)).toSpliced(1, 0, "1"),
    3,
  );
}

/** [3, H, W] as [N, 3, H, W], and a result of one axis likewise. */
export function withBatch(place: Place): readonly Fix[] {
  const result = declarationAt(place.program, place.span)?.result;
  const inResult =
    result?.kind === "list" && result.items.length === 1
      ? [{ span: insideBracket(result.span), text: "N, " }]
      : [];
  return redeclare(
    place,
    (sizes) => ["N", ...sizes.map(({ span }) => textAt(place.text, span))],
    3,
  ).map((fix) => ({ ...fix, edits: [...fix.edits, ...inResult] }));
}

function insideBracket(shape: Span): Span {
  return { ...shape, start: shape.start + 1, end: shape.start + 1 };
}

function redeclare(
  { program, span }: Place,
  change: (sizes: readonly Expression[]) => readonly string[],
  rank = 4,
): readonly Fix[] {
  const parameters = declarationAt(program, span)?.parameters ?? [];
  return parameters.flatMap(({ type }): readonly Fix[] => {
    if (type?.kind !== "list" || type.items.length !== rank) return [];
    const shape = `[${change(type.items).join(", ")}]`;
    return [{ title: `declare the input as ${shape}`, edits: [{ span: type.span, text: shape }] }];
  });
}
