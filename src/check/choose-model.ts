/** Which of a file's models is meant. */
import { type Diagnostic, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import type { SoundModel } from "./check-model.ts";

/** @param name may be left out where there is only one */
export function chooseModel(
  models: readonly SoundModel[],
  file: string,
  name?: string,
): SoundModel | Diagnostic {
  if (name === undefined && models.length === 1) return models[0];
  const named = models.find((model) => model.name === name);
  if (named !== undefined) return named;
  const names = models.map((model) => model.name);
  const close = name === undefined ? undefined : nearest(name, names);
  const facts = {
    file,
    models: names,
    ...(name !== undefined && { model: name }),
    ...(close !== undefined && { nearest: close }),
  };
  return place(problem("CNN5050", facts), wholeFile(file));
}
