/**
 * A graph as a program that a person would have written. The text is checked before it is handed
 * out: it has no errors and means the graph that it was written for, node by node.
 */
import { checkModel } from "../../check/check-model.ts";
import { loadModules, modelsOf } from "../../check/modules.ts";
import { Reporter } from "../../check/reporter.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { wordsOf } from "../../diagnostics/words.ts";
import { tryFormat } from "../../editor/format.ts";
import type { Graph } from "../../graph/graph.ts";
import { removeDeadNodes } from "../../optimize/remove-dead-nodes.ts";
import { matchGraphs } from "./match-graphs.ts";
import { outlined } from "./outline/outline.ts";
import { programText } from "./program-text.ts";
import type { Region } from "./outline/region.ts";
import { regroupConcats } from "./regroup-concats.ts";
import { flat } from "./outline/scopes.ts";

/** A program that means a graph. */
export interface WrittenProgram {
  /** Formatted. */
  readonly text: string;
  /**
   * The graph of the text: the given one with names of its own, without dead nodes, and with
   * tensors that are joined again and again joined step by step.
   */
  readonly graph: Graph;
  /** For each weight of the program, the weight of the given graph that it holds. */
  readonly weights: ReadonlyMap<string, string>;
  readonly outline: Outline;
}

/**
 * With blocks, or, should those not say what the graph says, one body: longer, but as right.
 */
export type Outline = "blocks" | "flat";

/**
 * Writes a graph as it was checked or imported; an optimised one has no program.
 * @throws InternalFault where the program would not mean the graph: a mistake of the writer
 */
export async function writeProgram(graph: Graph): Promise<WrittenProgram> {
  const live = regroupConcats(removeDeadNodes.run(graph));
  try {
    return await writtenAs("blocks", live, outlined(live));
  } catch (error) {
    if (!(error instanceof InternalFault)) throw error;
    return writtenAs("flat", live, flat(live));
  }
}

async function writtenAs(outline: Outline, graph: Graph, model: Region): Promise<WrittenProgram> {
  const { text } = await tryFormat(programText(graph, model));
  if (text === undefined) throw new InternalFault("a written program has a syntax error");
  const checked = graphOf(text);
  const match = matchGraphs(graph, checked);
  if ("difference" in match) {
    throw new InternalFault(`the written program differs at ${match.difference}`);
  }
  return { text, graph: checked, weights: match.weights, outline };
}

function graphOf(text: string): Graph {
  const reporter = new Reporter();
  const { entry } = loadModules({ name: "written.cnn", text }, () => undefined, reporter);
  const [model] = modelsOf(entry);
  const { checked } = checkModel(model, entry, reporter);
  const [mistake] = reporter.diagnostics;
  if (checked === undefined || mistake !== undefined) {
    throw new InternalFault(`the written program has an error: ${wordsOf(mistake).title}`);
  }
  return checked.graph;
}
