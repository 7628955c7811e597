/** A name that hides another one: below it, the same word means something else. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { declarationsOf } from "./declarations.ts";
import type { ModuleLint } from "./lint.ts";

export const hiddenNames: ModuleLint = ({ program }, reporter) => {
  for (const { name, hides } of declarationsOf(program)) {
    if (hides === undefined) continue;
    const isLayer = hides === "layer";
    reporter.report(problem("CNN4013", { name: name.text, isLayer }), name.span, {
      related: isLayer ? [] : [{ span: hides, text: "the outer one" }],
    });
  }
};
