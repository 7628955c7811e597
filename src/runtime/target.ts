/** What every target offers: a graph of known sizes and its weights become something that runs. */
import type { SizeProblem } from "../analysis/instantiate.ts";
import { knownShape, typeOf } from "../graph/access.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { type WeightTensors, sizeOf, tensor, widened } from "../graph/tensor.ts";
import { run } from "./reference.ts";
import type { Session, SessionTensor } from "./session.ts";

/**
 * A way to run networks. All of them compute what `referenceTarget` does, within float32's
 * accuracy.
 */
export interface Target {
  readonly name: string;
  /** @param graph verified, all sizes known */
  prepare(graph: Graph, weights: WeightTensors): Prepared;
  /** Ends the threads, where it has any. */
  close(): void;
}

/** What runs the graph, or why it cannot. */
export type Prepared =
  | { readonly session: Session }
  | { readonly session?: undefined; readonly problems: readonly SizeProblem[] };

/** The layers' own definitions, in float64: slow, and right. */
export const referenceTarget: Target = {
  name: "reference",
  prepare: (graph, weights) => ({ session: referenceSession(graph, weights) }),
  close: () => undefined,
};

function referenceSession(graph: Graph, weights: WeightTensors): Session {
  const exact = widened(weights);
  const memoryOf = (id: ValueId): SessionTensor => {
    const shape = knownShape(typeOf(graph, id).shape);
    return { shape, data: new Float32Array(sizeOf(shape)) };
  };
  const inputs = Object.fromEntries(
    graph.inputs.map((id) => [graph.values[id].name, memoryOf(id)] as const),
  );
  const outputs = Object.fromEntries(
    graph.outputs.map(({ name, value }) => [name, memoryOf(value)] as const),
  );
  return {
    target: "reference",
    threads: 1,
    inputs,
    outputs,
    run: () => {
      const given = Object.entries(inputs).map(
        ([name, { shape, data }]) => [name, tensor(shape, data)] as const,
      );
      for (const [name, { data }] of run(graph, exact, new Map(given)).outputs) {
        outputs[name].data.set(data);
      }
      return outputs;
    },
    close: () => undefined,
  };
}
