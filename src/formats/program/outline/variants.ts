/**
 * Regions that are alike but for optional parts, brought into one form each, so that they become
 * one block. Small ones come first: once blocks are alike, so may be what they stand in.
 */
import { type Region, isPipeline, layersOf } from "./region.ts";
import { Templates } from "./templates.ts";
import { type Unified, conform, unify } from "./unify.ts";

/** Comparing each form with each takes time; real networks have a few dozen. */
const MOST_FORMS = 60;
/** What two regions share of all layers in them. */
const LEAST_SHARE = 0.5;
/** How deep options of one kind stand in others. */
const ROUNDS = 4;

interface Family {
  readonly form: Region;
  readonly members: readonly Region[];
}

export function withOptions(model: Region): Region {
  let at = model;
  for (let round = 0; round < ROUNDS; round++) {
    const instead = replacements(at);
    if (instead.size === 0) return at;
    at = replaced(at, instead);
  }
  return at;
}

function replacements(model: Region): ReadonlyMap<Region, Region> {
  const forms = new Templates(model).forms
    .filter(([first]) => isWorthwhile(first))
    .toSorted(([a], [b]) => layersOf(a).length - layersOf(b).length);
  const instead = new Map<Region, Region>();
  if (forms.length > MOST_FORMS) return instead;
  for (const { form, members } of familiesOf(forms)) {
    // What is around a changed region is looked at anew in the next round.
    if (members.some((member) => holdsAny(member, instead))) continue;
    const formed = members.map((member) => conform(form, member));
    if (formed.includes(undefined)) continue;
    members.forEach((member, at) => {
      const region = formed[at];
      if (region !== undefined) instead.set(member, region);
    });
  }
  return instead;
}

function isWorthwhile(region: Region): boolean {
  return region.inputs.length > 0 && layersOf(region).length > 2;
}

/** The forms that can be one, those that share most first. */
function familiesOf(forms: readonly (readonly Region[])[]): readonly Family[] {
  let families = forms.map((members): Family => ({ form: members[0], members }));
  for (;;) {
    const [best] = pairsOf(families).toSorted(
      (a, b) => b.share - a.share || b.unified.agreeing - a.unified.agreeing,
    );
    if (best === undefined) return families.filter(({ members }) => !forms.includes(members));
    const { first, second, unified } = best;
    const joined = { form: unified.first, members: [...first.members, ...second.members] };
    families = [...families.filter((family) => family !== first && family !== second), joined];
  }
}

interface Pair {
  readonly first: Family;
  readonly second: Family;
  readonly unified: Unified;
  readonly share: number;
}

function pairsOf(families: readonly Family[]): readonly Pair[] {
  return families.flatMap((first, at) =>
    families.slice(at + 1).flatMap((second): Pair[] => {
      // Pipelines of different lengths, such as the stages of a network, are different pipelines.
      if (isPipeline(first.form) && isPipeline(second.form)) return [];
      const sizes = [first, second].map(({ form }) => layersOf(form).length);
      if (Math.min(...sizes) < LEAST_SHARE * Math.max(...sizes)) return [];
      const unified = unify(first.form, second.form);
      // A layer of another window may be one of a kind; several make another block.
      if (unified === undefined || unified.otherWindows > 1) return [];
      const share = unified.common / Math.max(...sizes);
      return share < LEAST_SHARE ? [] : [{ first, second, unified, share }];
    }),
  );
}

function holdsAny(region: Region, among: ReadonlyMap<Region, Region>): boolean {
  return region.parts.some(
    (part) => part.kind === "region" && (among.has(part) || holdsAny(part, among)),
  );
}

function replaced(region: Region, instead: ReadonlyMap<Region, Region>): Region {
  const parts = region.parts.map((part) => {
    if (part.kind !== "region") return part;
    return instead.get(part) ?? replaced(part, instead);
  });
  return { ...region, parts };
}
