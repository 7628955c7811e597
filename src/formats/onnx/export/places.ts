/** Source places as a person reads them: `lenet5.cnn:4:8`. */
import { type Lines, linesOf } from "../../../diagnostics/render/lines.ts";
import type { Source, Span } from "../../../diagnostics/span.ts";

/** A function from spans to places; a span of a text that was not given is its file alone. */
export function placesOf(sources: readonly Source[]): (span: Span) => string {
  const lines = new Map<string, Lines>(sources.map((source) => [source.name, linesOf(source)]));
  return ({ file, start }) => {
    const text = lines.get(file);
    if (text === undefined) return file;
    const line = text.indexAt(start);
    return `${file}:${line + 1}:${start - text.startOf(line) + 1}`;
  };
}
