/**
 * Which regions are alike: the same layers, joined in the same way, with the same labels inside.
 * What differs in numbers only has one template, and so can be one block.
 */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { ValueId } from "../../graph/graph.ts";
import { type Region, isPipeline } from "./region.ts";
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
  private readonly blocks: readonly boolean[];

  /** Of the regions in a model, not of the model itself. */
  constructor(model: Region) {
    for (const part of model.parts) if (part.kind === "region") this.add(part);
    const sites = this.sitesIn(model);
    this.blocks = this.all.map((regions, id) => deservesBlock(regions[0], sites[id]));
  }

  /** Those of inner regions before those of the regions around them. */
  get inOrder(): readonly Template[] {
    return this.all.map((regions, id) => ({ id, regions, isBlock: this.blocks[id] }));
  }

  of(region: Region): Template {
    const id = this.idOf(region);
    return { id, regions: this.all[id], isBlock: this.blocks[id] };
  }

  private idOf(region: Region): number {
    const id = this.ids.get(region);
    if (id === undefined) throw new InternalFault("a region has no template");
    return id;
  }

  private add(region: Region): void {
    for (const part of region.parts) if (part.kind === "region") this.add(part);
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

  private formOf({ inputs, outputs, parts }: Region): string {
    const numbers = new Map<ValueId, number>();
    const number = (id: ValueId): void => void numbers.set(id, numbers.size);
    inputs.forEach(number);
    const forms = parts.map((part) => {
      const read = part.inputs.map((id) => numbers.get(id)).join(" ");
      part.outputs.forEach(number);
      const own = part.kind === "layer" ? formOf(part.node) : `#${this.idOf(part)}`;
      return `${JSON.stringify(part.label ?? null)} ${own} of ${read} makes ${part.outputs.length}`;
    });
    const results = outputs.map((id) => numbers.get(id)).join(" ");
    return `${inputs.length}\n${forms.join("\n")}\n${results}`;
  }

  /** How often each template stands in the text, which has each template once. */
  private sitesIn(model: Region): readonly number[] {
    const sites = this.all.map(() => 0);
    for (const { parts } of [model, ...this.all.map(([first]) => first)]) {
      for (const part of parts) if (part.kind === "region") sites[this.idOf(part)]++;
    }
    return sites;
  }
}

/** What a block costs beside its contents, in characters. */
const HEADER = 100;
/** What a use of it costs. */
const CALL = 25;

/** Branches need names for what flows in, and so a block; pipelines become one where it saves text. */
function deservesBlock(region: Region, sites: number): boolean {
  if (!isPipeline(region)) return true;
  return (sites - 1) * (lengthOf(region) - CALL) > HEADER;
}

/** About how long a region's text is. */
function lengthOf({ parts }: Region): number {
  const lengths = parts.map((part) => {
    if (part.kind === "region") return CALL;
    return Object.keys(part.node.weights).length > 0 && part.node.kind !== "batch_norm" ? 45 : 12;
  });
  return lengths.reduce((sum, length) => sum + length, 0);
}
