/** As many `@labels` as classes: otherwise a class is called by another's name, or by none. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { knownOf } from "./attributes.ts";
import type { ModelLint } from "./lint.ts";

export const missingLabels: ModelLint = ({ graph, model }, reporter) => {
  const { labels } = graph.metadata;
  const attribute = model.attributes.find(({ name }) => name.text === "labels");
  if (labels === undefined || attribute === undefined) return;
  const [first, ...others] = graph.outputs.map(({ value }) => graph.values[value].type.shape);
  if (others.length > 0 || first.length !== 2) return;
  const classes = knownOf(first[1]);
  if (classes === undefined || classes === labels.length) return;
  reporter.report(problem("CNN4018", { labels: labels.length, classes }), attribute.span);
};
