/** Modules that were found in the graph but stand in one place only are no blocks. */
import type { ValueId } from "../../../graph/graph.ts";
import { type Part, type Region, layersOf, reading, resultsOf } from "./region.ts";
import { Templates } from "./templates.ts";

/** Smaller ones say more where they stand. */
const LEAST_LAYERS = 3;

export function dissolved(model: Region): Region {
  const templates = new Templates(model);

  function inside(region: Region): Region {
    /** What now makes the results of dissolved modules. */
    const instead = new Map<ValueId, ValueId>();
    const parts = region.parts.flatMap((own): readonly Part[] => {
      const inner = own.kind === "region" ? inside(own) : own;
      const part = reading(
        inner,
        own.inputs.map((id) => instead.get(id) ?? id),
      );
      if (own.kind !== "region" || part.kind !== "region" || !isNothing(own)) return [part];
      const open = withoutOptions(part);
      instead.set(part.outputs[0], resultsOf(open)[0]);
      return open.parts;
    });
    const [result] = resultsOf(region);
    const changed = instead.get(result);
    return changed === undefined || changed === result
      ? { ...region, parts }
      : { ...region, parts, result: changed };
  }

  function isNothing(region: Region): boolean {
    if (region.label !== undefined) return false;
    return templates.sitesOf(region) < 2 || layersOf(region).length < LEAST_LAYERS;
  }

  return inside(model);
}

/** Outside of a block, an option is there or it is not. */
function withoutOptions(region: Region): Region {
  const passing = new Map<ValueId, ValueId>();
  const parts = region.parts.flatMap((own): readonly Part[] => {
    const part = reading(
      own,
      own.inputs.map((id) => passing.get(id) ?? id),
    );
    if (part.kind !== "option") return [part];
    const [passed] = part.inputs;
    const body = part.body && reading(part.body, part.inputs);
    if (body?.kind !== "region") {
      passing.set(part.outputs[0], passed);
      return [];
    }
    passing.set(part.outputs[0], resultsOf(body)[0]);
    return body.parts;
  });
  const [result] = resultsOf(region);
  return { ...region, parts, result: passing.get(result) ?? result };
}
