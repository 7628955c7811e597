/**
 * batch_norm trained on batches of one image: its statistics are those of this image, and jump
 * from step to step. With one value a channel there are none at all, which is an error.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Node } from "../../graph/graph.ts";
import type { Train } from "../../syntax/ast.ts";
import { knownOf } from "./attributes.ts";
import type { Flow } from "./flow.ts";
import type { Subject, TrainLint } from "./lint.ts";
import { settingOf } from "./settings.ts";

export const lonelyBatch: TrainLint = (train, subject, reporter) => {
  const { graph, flow } = subject;
  const place = singleImage(train, subject);
  if (place === undefined) return;
  const norms = graph.nodes.filter(({ kind }) => kind === "batch_norm");
  const cause = { span: place, text: "one image a batch" };
  const single = norms.filter((norm) => valuesPerChannel(norm, flow) === 1);
  for (const { kind: layer, span, inputs } of single) {
    const [, ...axes] = flow.typeOf(inputs[0]).shape.map((size) => String(knownOf(size)));
    const shape = `[${["1", ...axes].join(", ")}]`;
    reporter.report(problem("CNN2014", { layer, shape }), span, {
      related: [cause],
      help: ["or train with more than one image a batch: `batch: 32`"],
    });
  }
  const [first] = norms;
  if (single.length > 0 || norms.length === 0) return;
  reporter.report(problem("CNN4011", {}), place, {
    related: [{ span: first.span, text: "takes mean and variance over the batch" }],
  });
};

/** The place that fixes the batch to one image: the setting, or the model's inputs. */
function singleImage(train: Train, { graph, model }: Subject): Span | undefined {
  const batch = settingOf(train, "batch");
  if (batch !== undefined) {
    return batch.value.kind === "int" && batch.value.value === 1 ? batch.value.span : undefined;
  }
  const [first] = graph.inputs;
  if (first === undefined || knownOf(graph.values[first].type.shape[0]) !== 1) return undefined;
  return model.parameters.at(0)?.span;
}

/** In a batch of one image; undefined while sizes are named. */
function valuesPerChannel(norm: Node, flow: Flow): number | undefined {
  const [, , ...places] = flow.typeOf(norm.inputs[0]).shape.map(knownOf);
  return places.reduce<number | undefined>(
    (product, size) => (product === undefined || size === undefined ? undefined : product * size),
    1,
  );
}
