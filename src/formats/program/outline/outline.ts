/** A graph as regions, step by step: this file is the table of contents of the writer. */
import type { Graph } from "../../../graph/graph.ts";
import { collapsed } from "./collapse.ts";
import { dissolved } from "./dissolve.ts";
import type { Region } from "./region.ts";
import { withRuns } from "./runs.ts";
import { scopesOf } from "./scopes.ts";
import { withModules } from "./modules.ts";
import { withOptions } from "./variants.ts";

export function outlined(graph: Graph): Region {
  const named = scopesOf(graph);
  const found = withModules(named);
  const alike = withOptions(found);
  const kept = dissolved(collapsed(alike));
  return withRuns(kept);
}
