/**
 * A scope whose layers are all alike and counted, `denselayer1`, `denselayer2` and so on, as a run:
 * as a block it repeats one line, and how often may be a parameter.
 */
import { sameArgument } from "../code/arguments.ts";
import { type LayerPart, type Part, type Region, isPipeline, layersOf } from "./region.ts";
import { allArguments } from "./slots.ts";
import { Templates } from "./templates.ts";

export function withRuns(model: Region): Region {
  const templates = new Templates(model);

  function inside(region: Region): Region {
    const parts = region.parts.map((part) => (part.kind === "region" ? inside(part) : part));
    return isRun(region) ? { ...region, parts: [runOf(parts, region)] } : { ...region, parts };
  }

  function isRun(region: Region): boolean {
    const rounds = region.parts.filter((part) => part.kind === "region");
    const [first] = rounds;
    if (rounds.length < 2 || rounds.length < region.parts.length || !isPipeline(region)) {
      return false;
    }
    const stem = (first.label ?? "").replace(/1$/, "");
    return (
      /[A-Za-z_]$/.test(stem) &&
      rounds.every(
        (round, at) =>
          round.label === `${stem}${at + 1}` &&
          templates.of(round).id === templates.of(first).id &&
          haveSameArguments(round, first),
      )
    );
  }

  return {
    ...model,
    parts: model.parts.map((part) => (part.kind === "region" ? inside(part) : part)),
  };
}

function runOf(rounds: readonly Part[], { inputs, outputs }: Region): Part {
  const regions = rounds.filter((part) => part.kind === "region");
  return { kind: "run", rounds: regions, inputs, outputs };
}

function haveSameArguments(a: Region, b: Region): boolean {
  const others = layersOf(b);
  return layersOf(a).every((layer, at) => sameArguments(layer, others[at]));
}

function sameArguments(a: LayerPart, b: LayerPart): boolean {
  const other = allArguments(b.node);
  return [...allArguments(a.node)].every(([name, value]) => sameArgument(value, other.get(name)));
}
