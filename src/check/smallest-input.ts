/** "Needs image ≥ 32×32": the smallest input for which a model's size mistakes disappear. */
import type { Code } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Model } from "../syntax/ast.ts";
import { type InputSize, checkModel } from "./check-model.ts";
import type { Module } from "./modules.ts";
import { Reporter } from "./reporter.ts";

/** Codes that say that a map became too small. */
const TOO_SMALL: ReadonlySet<Code> = new Set<Code>(["CNN2003", "CNN2011"]);

/** No larger images are proposed. */
const LARGEST = 4096;

/** Adds the note to those diagnostics that a larger input would mend. */
export function withSmallestInput(
  diagnostics: readonly Diagnostic[],
  model: Model,
  module: Module,
): readonly Diagnostic[] {
  if (!diagnostics.some(({ code }) => TOO_SMALL.has(code))) return diagnostics;
  const image = mapInput(model);
  if (image === undefined) return diagnostics;
  const smallest = smallestSize(image, model, module);
  if (smallest === undefined) return diagnostics;
  const size = image.axes.length === 2 ? `${smallest}×${smallest}` : String(smallest);
  const note = `the model needs ${image.name} ≥ ${size}`;
  return diagnostics.map((diagnostic) =>
    TOO_SMALL.has(diagnostic.code)
      ? { ...diagnostic, notes: [...diagnostic.notes, note] }
      : diagnostic,
  );
}

interface MapInput {
  readonly name: string;
  /** Axes of known size among height and width. */
  readonly axes: readonly number[];
  readonly size: number;
}

/** The first input that is a map with a known height or width. */
function mapInput(model: Model): MapInput | undefined {
  for (const { name, type } of model.parameters) {
    if (type?.kind !== "list" || type.items.length !== 4) continue;
    const axes = [2, 3].filter((axis) => type.items[axis].kind === "int");
    const sizes = axes.map((axis) => {
      const item = type.items[axis];
      return item.kind === "int" ? item.value : 1;
    });
    if (axes.length > 0) return { name: name.text, axes, size: Math.max(...sizes) };
  }
  return undefined;
}

function smallestSize(image: MapInput, model: Model, module: Module): number | undefined {
  const works = (size: number): boolean => {
    const reporter = new Reporter();
    const sizeOf: InputSize = (input, axis) =>
      input === image.name && image.axes.includes(axis) ? size : undefined;
    checkModel(model, module, reporter, sizeOf);
    return !reporter.diagnostics.some(({ code }) => TOO_SMALL.has(code));
  };
  let [low, high] = [image.size, 2 * image.size];
  while (!works(high)) {
    if (high > LARGEST) return undefined;
    [low, high] = [high, 2 * high];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (works(middle)) high = middle;
    else low = middle;
  }
  return high;
}
