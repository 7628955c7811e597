/** Checks the algorithms that the user chose for single layers. */
import type { SizeProblem } from "../analysis/instantiate.ts";
import { layerOf } from "../analysis/table.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { knownShape, ownInputs, typesOf } from "../graph/access.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { applicable } from "../kernels/convolution/choose.ts";
import type { ConvolutionShape } from "../kernels/convolution/problem.ts";
import { type Algorithm, convolutionShape } from "./convolution-problem.ts";

/** @param graph optimised, all sizes known */
export function algorithmProblems(
  graph: Graph,
  algorithms: ReadonlyMap<string, Algorithm>,
): readonly SizeProblem[] {
  const convolutions = new Map<string, { node: Node; shape: ConvolutionShape }>();
  for (const node of graph.nodes) {
    const shape = shapeOf(graph, node);
    if (shape !== undefined) convolutions.set(node.name, { node, shape });
  }
  return [...algorithms].flatMap(([layer, algorithm]): readonly SizeProblem[] => {
    const found = convolutions.get(layer);
    if (found === undefined) {
      const layers = [...convolutions.keys()];
      const close = nearest(layer, layers);
      const facts = { layer, model: graph.name, layers };
      return [{ problem: problem("CNN5066", close ? { ...facts, nearest: close } : facts) }];
    }
    const possible = applicable(found.shape);
    if (possible.includes(algorithm)) return [];
    const facts = { layer, algorithm, applicable: possible };
    return [{ problem: problem("CNN5067", facts), node: found.node }];
  });
}

/** Undefined for nodes that are no convolutions. */
function shapeOf(graph: Graph, node: Node): ConvolutionShape | undefined {
  const { lowering } = layerOf(node);
  const shapes = typesOf(graph, ownInputs(node)).map(({ shape }) => knownShape(shape));
  const operation = lowering.operation(node.attributes, shapes);
  if (operation.family !== "convolution") return undefined;
  const [output] = typesOf(graph, node.outputs);
  return convolutionShape(operation, shapes[0], knownShape(output.shape));
}
