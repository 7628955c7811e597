/** A label that calls a layer by the name of another kind: `relu1: max_pool(2)`. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { layers } from "../../layers/index.ts";
import type { Category } from "../../layers/layer.ts";
import type { Labelled } from "../../syntax/ast.ts";
import { walkProgram } from "../../syntax/walk.ts";
import type { ModuleLint } from "./lint.ts";

export const misleadingLabels: ModuleLint = ({ program }, reporter) => {
  walkProgram(program, {
    expression: (expression) => {
      if (expression.kind !== "labelled") return;
      const facts = misleading(expression);
      if (facts !== undefined) reporter.report(problem("CNN4014", facts), expression.label.span);
    },
  });
};

/** Names of other layers are plain words too: `squeeze` and `expand` label convolutions. */
const TELLING: ReadonlySet<Category | undefined> = new Set<Category>([
  "convolution",
  "pooling",
  "normalization",
  "activation",
  "regularization",
]);

function misleading({ label, value }: Labelled): { label: string; layer: string } | undefined {
  const text = label.kind === "name" ? label.text : label.value;
  const word = text.replace(/_?\d*$/, "");
  const named = familyOf(word);
  const layer = value.kind === "call" ? value.callee.text : value.kind === "name" ? value.text : "";
  const actual = familyOf(layer);
  // `norm` is a layer, and short for `batch_norm`.
  const isPart = layer.split("_").includes(word);
  return !TELLING.has(named) || actual === undefined || named === actual || isPart
    ? undefined
    : { label: text, layer };
}

/**
 * Undefined for what is no built-in layer. A 1×1 convolution is often called `linear`, and `norm`
 * is what everybody calls a normalisation, though there is a layer of this name.
 */
function familyOf(name: string): Category | undefined {
  if (name === "norm") return "normalization";
  const category = layers.get(name)?.category;
  return category === "linear" ? "convolution" : category;
}
