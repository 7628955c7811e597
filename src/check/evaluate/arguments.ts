/** Matching the arguments of a call to the parameters of what is called. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import type { Argument, Call } from "../../syntax/ast.ts";
import { adviceOnParameter, parameterCalled } from "../foreign.ts";
import type { Elaboration } from "./elaboration.ts";
import type { Signature, SignatureParameter } from "./signature.ts";
import { type TensorValue, type Value, describe } from "./values.ts";

export interface Matched {
  /** Tensors given by position, in order; what flows in stands before them. */
  readonly tensors: readonly TensorValue[];
  /** Tensors given by name. */
  readonly namedTensors: ReadonlyMap<string, TensorValue>;
  readonly values: ReadonlyMap<string, { readonly value: Value; readonly span: Span }>;
  /** False after a reported mistake, or where an argument is poison. */
  readonly valid: boolean;
}

/** An argument without a name that is no tensor. */
interface Ordered {
  readonly value: Value;
  readonly argument: Argument;
}

export const noArguments: Matched = {
  tensors: [],
  namedTensors: new Map(),
  values: new Map(),
  valid: true,
};

/** `evaluate` gets the words that the parameter takes, since `same` is no name of a binding. */
export function matchArguments(
  call: Call,
  signature: Signature,
  elaboration: Elaboration,
  evaluate: (argument: Argument, words: readonly string[]) => Value,
): Matched {
  const tensors: TensorValue[] = [];
  const namedTensors = new Map<string, TensorValue>();
  const values = new Map<string, { value: Value; span: Span }>();
  const byName = new Map(signature.parameters.map((p) => [p.name, p]));
  const title = signature.title;
  let valid = true;
  const refuse = (report: Parameters<Elaboration["report"]>[0], span: Span): void => {
    valid = false;
    elaboration.report(report, span);
  };
  const give = (parameter: SignatureParameter, value: Value, argument: Argument): void => {
    if (value.kind === "poison") valid = false;
    else if (!parameter.accepts(value)) {
      const { name, expects } = parameter;
      refuse(
        problem("CNN3003", { title, name, expects, got: describe(value) }),
        argument.value.span,
      );
    } else values.set(parameter.name, { value, span: argument.span });
  };
  const giveInOrder = (ordered: readonly Ordered[]): void => {
    const surplus = ordered.slice(signature.parameters.length);
    const list = surplus.length === 0 ? undefined : listTaking(ordered, signature);
    if (list !== undefined) {
      refuse(problem("CNN3006", { ...tooMany(signature, surplus), list }), spanOf(ordered));
      return;
    }
    for (const [at, { value, argument }] of ordered.entries()) {
      const parameter = signature.parameters.at(at);
      if (parameter === undefined) break;
      if (values.has(parameter.name)) {
        refuse(problem("CNN3007", { title, name: parameter.name }), argument.span);
      } else give(parameter, value, argument);
    }
    if (surplus.length === 0) return;
    if (surplus.some(({ value }) => value.kind === "poison")) valid = false;
    else refuse(problem("CNN3006", tooMany(signature, surplus)), spanOf(surplus));
  };
  const ordered: Ordered[] = [];
  for (const argument of call.arguments.filter(({ name }) => name === undefined)) {
    const value = evaluate(argument, signature.parameters.at(ordered.length)?.words ?? []);
    const listed = signature.variadic ? tensorsIn(value) : undefined;
    if (value.kind === "tensor") tensors.push(value);
    else if (listed === undefined) ordered.push({ value, argument });
    else {
      const got = `a list of ${listed.length}`;
      const facts = { title, name: signature.tensors[0], expects: "tensors one by one", got };
      refuse(problem("CNN3003", facts), argument.value.span);
    }
  }
  giveInOrder(ordered);
  for (const argument of call.arguments) {
    const name = argument.name?.text;
    if (name === undefined) continue;
    const parameter = byName.get(name);
    if (parameter !== undefined) {
      const value = evaluate(argument, parameter.words);
      if (values.has(name)) refuse(problem("CNN3007", { title, name }), argument.span);
      else give(parameter, value, argument);
    } else if (signature.tensors.includes(name)) {
      const value = evaluate(argument, []);
      if (value.kind === "tensor") namedTensors.set(name, value);
      else if (value.kind === "poison") valid = false;
      else {
        const expects = "a tensor";
        refuse(
          problem("CNN3003", { title, name, expects, got: describe(value) }),
          argument.value.span,
        );
      }
    } else {
      evaluate(argument, []);
      const known = [...signature.tensors, ...byName.keys()];
      refuse(
        problem("CNN3004", { title, name, known, ...meantBy(name, known) }),
        argument.name?.span ?? argument.span,
      );
    }
  }
  for (const { name, required, expects, doc } of signature.parameters) {
    if (required && !values.has(name) && valid) {
      refuse(problem("CNN3005", { title, name, expects, doc }), call.span);
    }
  }
  return { tensors, namedTensors, values, valid };
}

/** `[a, b]`, as PyTorch's `cat` takes its tensors. */
function tensorsIn(value: Value): readonly TensorValue[] | undefined {
  if (value.kind !== "tuple" || value.items.length === 0) return undefined;
  const tensors = value.items.filter((item) => item.kind === "tensor");
  return tensors.length === value.items.length ? tensors : undefined;
}

/** The parameter that was meant by a name, or what to do instead. */
function meantBy(
  name: string,
  known: readonly string[],
): { readonly nearest?: string; readonly advice?: string } {
  const alias = parameterCalled(name);
  // Reductions work over several axes, and say so.
  const own = [alias, alias === "axis" ? "axes" : undefined].find(
    (word) => word !== undefined && known.includes(word),
  );
  if (own !== undefined) return { nearest: own };
  const advice = adviceOnParameter(name);
  if (advice !== undefined) return { advice };
  const close = nearest(name, known);
  return close === undefined ? {} : { nearest: close };
}

function tooMany(
  signature: Signature,
  surplus: readonly Ordered[],
): { title: string; takes: number; got: string } {
  const got = surplus.length === 1 ? describe(surplus[0].value) : `${surplus.length} more`;
  return { title: signature.title, takes: signature.parameters.length, got };
}

/** `permute(0, 2, 3, 1)`: the first parameter, if it takes all of the arguments as one list. */
function listTaking(
  ordered: readonly Ordered[],
  { parameters: [first] }: Signature,
): string | undefined {
  const list: Value = { kind: "tuple", items: ordered.map(({ value }) => value) };
  return first?.accepts(list) === true ? first.name : undefined;
}

function spanOf(ordered: readonly Ordered[]): Span {
  return cover(ordered[0].argument.span, ordered[ordered.length - 1].argument.span);
}

/**
 * The tensors for all places, with `piped` as the first of those given by position;
 * undefined while some are missing.
 */
export function arrangeTensors(
  signature: Signature,
  matched: Matched,
  piped?: TensorValue,
): readonly TensorValue[] | undefined {
  const positional = piped === undefined ? [...matched.tensors] : [piped, ...matched.tensors];
  if (signature.variadic) return positional.length === 0 ? undefined : positional;
  const arranged: TensorValue[] = [];
  for (const name of signature.tensors) {
    const tensor = matched.namedTensors.get(name) ?? positional.shift();
    if (tensor === undefined) return undefined;
    arranged.push(tensor);
  }
  return arranged;
}

/** More tensors than the callee takes. */
export function surplusTensors(signature: Signature, matched: Matched, piped: boolean): number {
  if (signature.variadic) return 0;
  const given = matched.tensors.length + matched.namedTensors.size + (piped ? 1 : 0);
  return Math.max(0, given - signature.tensors.length);
}
