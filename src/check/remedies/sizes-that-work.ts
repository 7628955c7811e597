/**
 * Sizes of the image for which a mistake of sizes disappears: the smallest where a map became too
 * small ("needs image ≥ 32×32"), the nearest where two sizes do not meet ("with image 352×544 it would fit").
 */
import type { Code } from "../../diagnostics/catalogue.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Model } from "../../syntax/ast.ts";
import { checkModel } from "../check-model.ts";
import type { Module } from "../modules.ts";
import { Reporter } from "../reporter.ts";
import type { Effort } from "./effort.ts";

/** Codes that say that a map became too small. */
const TOO_SMALL: ReadonlySet<Code> = new Set<Code>(["CNN2003", "CNN2011"]);
/** Codes that say that a size is not the one that something else asks for. */
const UNFITTING: ReadonlySet<Code> = new Set<Code>(["CNN2008", "CNN2051", "CNN2052"]);

/** No larger images are proposed. */
const LARGEST = 4096;

/** Adds a note to those diagnostics that an image of another size would mend. */
export function withSizesThatWork(
  diagnostics: readonly Diagnostic[],
  model: Model,
  module: Module,
  effort: Effort,
): readonly Diagnostic[] {
  const image = mapInput(model);
  if (image === undefined) return diagnostics;
  const search = { image, model, module, effort };
  const notes = new Map<Code, string | undefined>();
  return diagnostics.map((diagnostic) => {
    const { code } = diagnostic;
    if (!TOO_SMALL.has(code) && !UNFITTING.has(code)) return diagnostic;
    if (!notes.has(code)) notes.set(code, noteFor(code, search));
    const note = isChannelsLast(diagnostic) ? undefined : notes.get(code);
    return note === undefined ? diagnostic : { ...diagnostic, notes: [...diagnostic.notes, note] };
  });
}

/** What is wrong then is the order of the axes, whatever their sizes. */
function isChannelsLast({ facts }: Diagnostic): boolean {
  return "channelsLast" in facts && facts.channelsLast;
}

interface MapInput {
  readonly name: string;
  /** Height and width, where they are written as numbers. */
  readonly sizes: readonly [number | undefined, number | undefined];
}

/** The first input that is a map with a known height or width. */
function mapInput(model: Model): MapInput | undefined {
  for (const { name, type } of model.parameters) {
    if (type?.kind !== "list" || type.items.length !== 4) continue;
    const [height, width] = [2, 3].map((axis) => {
      const item = type.items[axis];
      return item.kind === "int" ? item.value : undefined;
    });
    if (height !== undefined || width !== undefined) {
      return { name: name.text, sizes: [height, width] };
    }
  }
  return undefined;
}

interface Search {
  readonly image: MapInput;
  readonly model: Model;
  readonly module: Module;
  readonly effort: Effort;
}

type Sizes = MapInput["sizes"];

function noteFor(code: Code, search: Search): string | undefined {
  const { name } = search.image;
  if (TOO_SMALL.has(code)) {
    const smallest = smallestSizes(code, search);
    return smallest && `the model needs ${name} ≥ ${formatSizes(smallest)}`;
  }
  const nearest = nearestSizes(code, search);
  return nearest && `with ${name} ${formatSizes(nearest)} it would fit`;
}

function formatSizes(sizes: Sizes): string {
  return sizes.filter((size) => size !== undefined).join("×");
}

/** Undefined once the effort is spent. */
function works(sizes: Sizes, code: Code, search: Search): boolean | undefined {
  const { image, model, module, effort } = search;
  if (!effort.allowsAnother()) return undefined;
  const reporter = new Reporter();
  checkModel(model, module, reporter, (input, axis) =>
    input === image.name && axis >= 2 ? sizes[axis - 2] : undefined,
  );
  return !reporter.diagnostics.some((diagnostic) => diagnostic.code === code);
}

/** Larger images never become too small, so that halving the interval finds the first that works. */
function smallestSizes(code: Code, search: Search): Sizes | undefined {
  const [height, width] = search.image.sizes;
  const squareOf = (size: number): Sizes => [height && size, width && size];
  const worksFor = (size: number): boolean | undefined => works(squareOf(size), code, search);
  let low = Math.max(height ?? 1, width ?? 1);
  let high = 2 * low;
  while (worksFor(high) === false) {
    if (high > LARGEST) return undefined;
    [low, high] = [high, 2 * high];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const found = worksFor(middle);
    if (found === undefined) return undefined;
    if (found) high = middle;
    else low = middle;
  }
  return squareOf(high);
}

/** Sizes that all powers of two up to this divide are what deep networks are made for. */
const DIVISORS = [2, 4, 8, 16, 32, 64, 128];
/** A layer that was sized for one image has some other size not far away. */
const STEPS = 16;

/** The next divisible size, or the nearest of all. */
function nearestSizes(code: Code, search: Search): Sizes | undefined {
  const { sizes } = search.image;
  const rounded = DIVISORS.map((divisor) =>
    changed(sizes, (n) => Math.ceil(n / divisor) * divisor),
  );
  const shifted = Array.from({ length: STEPS }, (_, k) => k + 1).flatMap((step) => [
    changed(sizes, (n) => n + step),
    changed(sizes, (n) => Math.max(1, n - step)),
  ]);
  const candidates = code === "CNN2008" ? shifted : rounded;
  return candidates.find((candidate) => works(candidate, code, search) === true);
}

function changed([height, width]: Sizes, change: (size: number) => number): Sizes {
  return [height && change(height), width && change(width)];
}
