/** Reads the code of a message from the command line. */
import { type Code, catalogue, isCode } from "../diagnostics/catalogue.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { layers } from "../layers/index.ts";
import { UsageError } from "./io.ts";

/** `cnn2003` and `2003` are `CNN2003`. @throws UsageError where there is no such code */
export function codeFrom(written: string): Code {
  const code = written.toUpperCase().replace(/^(?=\d)/, "CNN");
  if (isCode(code)) return code;
  const close = nearest(code, Object.keys(catalogue));
  throw new UsageError(
    `there is no code ${written}`,
    ...(layers.has(written) ? [`\`cnn layers ${written}\` describes the layer`] : []),
    ...(close === undefined ? [] : [`did you mean ${close}?`]),
    "`cnn explain` lists all codes",
  );
}
