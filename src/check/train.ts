/** `train` blocks: names and value types of the settings. Training itself reads them later. */
import { problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Argument, Expression, Setting, Train } from "../syntax/ast.ts";
import { adviceOnName, parameterCalled, settingCalled } from "./foreign.ts";
import type { Module } from "./modules.ts";
import type { Reporter } from "./reporter.ts";

/** What a setting takes: a number, or one of some choices with arguments of their own. */
type SettingType =
  | { readonly kind: "number"; readonly expects: string; accepts(value: number): boolean }
  | {
      readonly kind: "choice";
      readonly choices: Readonly<Record<string, Readonly<Record<string, NumberType>>>>;
    };

interface NumberType {
  readonly expects: string;
  accepts(value: number): boolean;
}

const positive: NumberType = { expects: "a number above 0", accepts: (value) => value > 0 };
const notNegative: NumberType = {
  expects: "a number of at least 0",
  accepts: (value) => value >= 0,
};
const fraction: NumberType = {
  expects: "a number from 0 up to, not including, 1",
  accepts: (value) => value >= 0 && value < 1,
};
const count: NumberType = {
  expects: "an int of at least 1",
  accepts: (value) => Number.isInteger(value) && value >= 1,
};
const whole: NumberType = {
  expects: "an int of at least 0",
  accepts: (v) => Number.isInteger(v) && v >= 0,
};

const adam = {
  lr: positive,
  beta1: fraction,
  beta2: fraction,
  eps: positive,
  weight_decay: notNegative,
};

/** Names and defaults are PyTorch's. */
const SETTINGS: Readonly<Record<string, SettingType>> = {
  loss: {
    kind: "choice",
    choices: {
      cross_entropy: { label_smoothing: fraction },
      nll: {},
      mse: {},
      l1: {},
      bce_with_logits: {},
    },
  },
  optimizer: {
    kind: "choice",
    choices: {
      sgd: { lr: positive, momentum: fraction, weight_decay: notNegative },
      adam,
      adamw: adam,
    },
  },
  schedule: {
    kind: "choice",
    choices: {
      constant: { warmup: whole },
      cosine: { warmup: whole, min_lr: notNegative },
      step: { every: count, gamma: positive, warmup: whole },
      linear: { warmup: whole },
    },
  },
  batch: { kind: "number", ...count },
  epochs: { kind: "number", ...count },
  seed: { kind: "number", ...whole },
  clip_grad_norm: { kind: "number", ...positive },
  label_smoothing: { kind: "number", ...fraction },
};

export function checkTrain(train: Train, module: Module, reporter: Reporter): void {
  const declaration = module.declarations.get(train.model.text);
  if (declaration?.kind !== "block" || declaration.block.kind !== "model") {
    const models = [...module.declarations.values()].flatMap((d) =>
      d.kind === "block" && d.block.kind === "model" ? [d.block.name.text] : [],
    );
    reportUnknown(train.model.text, "model", models, train.model.span, reporter);
  }
  const seen = new Map<string, Setting>();
  for (const setting of train.settings) {
    const name = setting.name.text;
    const first = seen.get(name);
    if (first !== undefined) {
      reporter.report(problem("CNN3002", { name }), setting.name.span, {
        related: [{ span: first.name.span, text: "first set here" }],
      });
    }
    seen.set(name, setting);
    if (Object.hasOwn(SETTINGS, name)) checkSetting(setting, SETTINGS[name], reporter);
    else reportUnknown(name, "setting", Object.keys(SETTINGS), setting.name.span, reporter);
  }
  for (const required of ["loss", "optimizer"]) {
    if (!seen.has(required)) {
      reporter.report(problem("CNN3027", { setting: required }), train.model.span);
    }
  }
}

function checkSetting({ name, value }: Setting, type: SettingType, reporter: Reporter): void {
  if (type.kind === "number") {
    checkNumber(name.text, value, type, reporter);
    return;
  }
  const choices = Object.keys(type.choices);
  const chosen = value.kind === "call" ? value.callee : value;
  if (chosen.kind !== "name") {
    reportWrong(name.text, choices.join(", "), value, reporter);
    return;
  }
  if (!Object.hasOwn(type.choices, chosen.text)) {
    reportUnknown(chosen.text, name.text, choices, chosen.span, reporter);
    return;
  }
  const parameters = type.choices[chosen.text];
  for (const argument of value.kind === "call" ? value.arguments : []) {
    checkArgument(chosen.text, argument, parameters, reporter);
  }
}

function checkArgument(
  title: string,
  argument: Argument,
  parameters: Readonly<Record<string, NumberType>>,
  reporter: Reporter,
): void {
  const known = Object.keys(parameters);
  const name = argument.name?.text;
  if (name === undefined) {
    reporter.report(problem("CNN3028", { title, known }), argument.span);
  } else if (Object.hasOwn(parameters, name)) {
    checkNumber(name, argument.value, parameters[name], reporter);
  } else {
    const alias = parameterCalled(name);
    const close = alias !== undefined && known.includes(alias) ? alias : nearest(name, known);
    const facts = { title, name, known, ...(close !== undefined && { nearest: close }) };
    reporter.report(problem("CNN3004", facts), argument.name?.span ?? argument.span);
  }
}

function checkNumber(name: string, value: Expression, type: NumberType, reporter: Reporter): void {
  const isNumber = value.kind === "int" || value.kind === "float";
  if (!isNumber || !type.accepts(value.value)) reportWrong(name, type.expects, value, reporter);
}

function reportWrong(name: string, expects: string, value: Expression, reporter: Reporter): void {
  const got = describeLiteral(value);
  reporter.report(problem("CNN3003", { title: "train", name, expects, got }), value.span);
}

function describeLiteral(value: Expression): string {
  switch (value.kind) {
    case "int":
    case "float":
    case "bool":
      return String(value.value);
    case "string":
      return `the string "${value.value}"`;
    case "name":
      return `\`${value.text}\``;
    default:
      return "something else";
  }
}

function reportUnknown(
  name: string,
  what: string,
  known: readonly string[],
  span: Expression["span"],
  reporter: Reporter,
): void {
  const advice = adviceOnName(name);
  const alias = settingCalled(name);
  const close = alias !== undefined && known.includes(alias) ? alias : nearest(name, known);
  const facts =
    advice === undefined ? { ...(close !== undefined && { nearest: close }) } : { advice };
  reporter.report(problem("CNN3001", { name, what, ...facts }), span);
}
