/**
 * Writes a graph as one readable PyTorch module whose `state_dict` has the program's own names,
 * so that the same weights file loads into both.
 */
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Source, Span } from "../../diagnostics/span.ts";
import type { Graph } from "../../graph/graph.ts";
import { parse } from "../../syntax/parse.ts";
import { ModuleWriter, type PytorchOptions } from "./module-writer.ts";

export type PytorchExport =
  | {
      readonly text: string;
      /** The class of the whole model. */
      readonly model: string;
    }
  | { readonly text?: undefined; readonly diagnostics: readonly Diagnostic[] };

/** The text of a module, or what PyTorch has no words for (CNN5081), each at its layer. */
export function exportPytorchModule(graph: Graph, options: PytorchOptions = {}): PytorchExport {
  const writer = new ModuleWriter(graph, options);
  const text = writer.write();
  return writer.diagnostics.length > 0
    ? { diagnostics: writer.diagnostics }
    : { text, model: writer.model };
}

/** Finds the block around a place, for the names of classes. */
export function blockNames(sources: readonly Source[]): (span: Span) => string | undefined {
  const blocks = sources.flatMap((source) =>
    parse(source).program.items.filter((item) => item.kind === "block"),
  );
  return (span) =>
    blocks.find(
      ({ span: whole }) =>
        whole.file === span.file && whole.start <= span.start && span.end <= whole.end,
    )?.name.text;
}
