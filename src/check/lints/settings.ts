/** What a `train` block sets, as lints ask for it. */
import type { Setting, Train } from "../../syntax/ast.ts";

export function settingOf(train: Train, name: string): Setting | undefined {
  return train.settings.find((setting) => setting.name.text === name);
}

/** `cross_entropy` of `loss: cross_entropy` and `loss: cross_entropy(label_smoothing: 0.1)`. */
export function choiceOf(train: Train, name: string): string | undefined {
  const value = settingOf(train, name)?.value;
  const chosen = value?.kind === "call" ? value.callee : value;
  return chosen?.kind === "name" ? chosen.text : undefined;
}
