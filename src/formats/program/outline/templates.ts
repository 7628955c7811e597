/**
 * Which regions are alike: the same layers, joined in the same way, with the same labels inside.
 * What differs in numbers only has one template, and so can be one block.
 */
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { type Choice, type Part, type Region, isPipeline, resultsOf } from "./region.ts";
import { formOf } from "./slots.ts";

export interface Template {
  readonly id: number;
  /** In the order of the graph. */
  readonly regions: readonly Region[];
  /** A block of its own; otherwise a group where it stands. */
  readonly isBlock: boolean;
}

export class Templates {
  private readonly byForm = new Map<string, Region[]>();
  private readonly ids = new Map<Region, number>();
  private readonly all: Region[][] = [];
  private readonly choices = new Map<Choice, number>();
  private readonly model: Region;
  private blocks: readonly boolean[] | undefined;
  private counted: readonly number[] | undefined;

  /** Of the regions in a model, not of the model itself. */
  constructor(model: Region) {
    this.model = model;
    this.addInside(model.parts);
  }

  /** All regions, alike ones together. */
  get forms(): readonly (readonly Region[])[] {
    return this.all;
  }

  /** Those of inner regions before those of the regions around them. */
  get inOrder(): readonly Template[] {
    return this.all.map((regions, id) => ({ id, regions, isBlock: this.isBlock(id) }));
  }

  of(region: Region): Template {
    const id = this.idOf(region);
    return { id, regions: this.all[id], isBlock: this.isBlock(id) };
  }

  /** In how many places of the text a region's template stands. */
  sitesOf(region: Region): number {
    return this.sites[this.idOf(region)];
  }

  private isBlock(id: number): boolean {
    if (this.blocks === undefined) {
      const { sites } = this;
      const counted = this.countedInside();
      this.blocks = this.all.map(
        (regions, at) => counted.has(at) || deservesBlock(regions[0], sites[at]),
      );
    }
    return this.blocks[id];
  }

  private idOf(region: Region): number {
    const id = this.ids.get(region);
    if (id === undefined) throw new InternalFault("a region has no template");
    return id;
  }

  private addInside(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.kind === "region") this.add(part);
      if (part.kind === "run") this.addInside(part.rounds);
      if (part.kind !== "option") continue;
      if (!this.choices.has(part.choice)) this.choices.set(part.choice, this.choices.size);
      if (part.body !== undefined) this.addInside(part.body.parts);
    }
  }

  private add(region: Region): void {
    this.addInside(region.parts);
    const form = this.formOf(region);
    let regions = this.byForm.get(form);
    if (regions === undefined) {
      regions = [];
      this.byForm.set(form, regions);
      this.all.push(regions);
    }
    regions.push(region);
    this.ids.set(region, this.all.indexOf(regions));
  }

  private formOf(region: Region): string {
    const { inputs, parts, isCounted } = region;
    const numbers = new Map<ValueId, number>();
    const number = (id: ValueId): void => void numbers.set(id, numbers.size);
    inputs.forEach(number);
    const forms = parts.map((part) => {
      const read = part.inputs.map((id) => numbers.get(id)).join(" ");
      part.outputs.forEach(number);
      const label = isCounted === true ? null : (part.label ?? null);
      const makes = part.outputs.length;
      return `${JSON.stringify(label)} ${this.formOfPart(part)} of ${read} makes ${makes}`;
    });
    const results = resultsOf(region)
      .map((id) => numbers.get(id))
      .join(" ");
    return `${inputs.length}\n${forms.join("\n")}\n${results}`;
  }

  private formOfPart(part: Part): string {
    switch (part.kind) {
      case "layer":
        return formOf(part.node);
      case "region":
        return `#${this.idOf(part)}`;
      case "run":
        return `*${this.idOf(part.rounds[0])}`;
      case "option":
        return `?${this.choices.get(part.choice)}`;
      default:
        return part satisfies never;
    }
  }

  /** Steps whose numbers shift with what may be absent: only a block's use leaves its label out. */
  private countedInside(): ReadonlySet<number> {
    const found = new Set<number>();
    const visit = (parts: readonly Part[], isCounted: boolean): void => {
      for (const part of parts) {
        if (part.kind === "option") visit(part.choice.body.parts, isCounted);
        if (part.kind === "region" && isCounted) found.add(this.idOf(part));
      }
    };
    for (const [{ parts, isCounted }] of this.all) visit(parts, isCounted === true);
    return found;
  }

  /** How often each template stands in the text, which has each template once. */
  private get sites(): readonly number[] {
    this.counted ??= this.countSites();
    return this.counted;
  }

  private countSites(): readonly number[] {
    const sites = this.all.map(() => 0);
    const count = (parts: readonly Part[]): void => {
      for (const part of parts) {
        if (part.kind === "region") sites[this.idOf(part)]++;
        if (part.kind === "run") count(part.rounds.slice(0, 1));
        if (part.kind === "option") count(part.choice.body.parts);
      }
    };
    for (const { parts } of [this.model, ...this.all.map(([first]) => first)]) count(parts);
    return sites;
  }
}

/** What a block costs beside its contents, in characters. */
const HEADER = 100;
/** What a use of it costs. */
const CALL = 25;

/** Branches need names for what flows in, and so a block; pipelines become one where it saves text. */
function deservesBlock(region: Region, sites: number): boolean {
  // Its steps have numbers, which only a group gives.
  if (region.isCounted === true) return false;
  const isSpecial = region.parts.some(({ kind }) => kind === "option" || kind === "run");
  if (!isPipeline(region) || isSpecial) return true;
  return (sites - 1) * (lengthOf(region) - CALL) > HEADER;
}

/** About how long a region's text is. */
function lengthOf({ parts }: Region): number {
  const lengths = parts.map((part) => {
    if (part.kind !== "layer") return CALL;
    return Object.keys(part.node.weights).length > 0 && part.node.kind !== "batch_norm" ? 45 : 12;
  });
  return lengths.reduce((sum, length) => sum + length, 0);
}
