/**
 * What a layer is in PyTorch: an expression of its inputs, and the module that computes it or holds
 * its weights.
 */
import { type Dim, formatDim, isKnown } from "../../../graph/dim.ts";
import { type Argument, type ModuleCall, type Reader, callText } from "../python.ts";
import type { HELPERS } from "./helpers.ts";

/** What PyTorch has no words for, as a reason. */
export class Inexpressible extends Error {}

export interface FormCall {
  readonly attributes: Reader;
  /** Shapes of the layer's inputs and of its outputs. */
  readonly shapes: readonly (readonly Dim[])[];
  readonly outputs: readonly (readonly Dim[])[];
}

export interface Form {
  /** The call as an expression of its inputs; `self` is the module, where there is one. */
  expression(call: FormCall, inputs: readonly string[], self: string): string;
  /** Undefined where a call without weights is only an expression. */
  module?(call: FormCall): ModuleCall | undefined;
  /** A function of `HELPERS` that the expression may call. */
  readonly helper?: keyof typeof HELPERS;
}

/** By kind. */
export type Forms = Readonly<Record<string, Form>>;

/** An argument that stands by its position, and so always. */
export const positional = (name: string, value: string): Argument => ({ name, value });

/** An argument that is left out where it has its usual value. */
export const named = (name: string, value: string, usual: string): Argument => ({
  name,
  value,
  default: usual,
});

/** @throws Inexpressible where the size is known at run time only */
export function known(size: Dim, what: string): string {
  if (isKnown(size)) return String(size);
  throw new Inexpressible(`${what} is ${formatDim(size)}`);
}

/** The module, called. */
export const CALLED: Form["expression"] = (_, [x], self) => `${self}(${x})`;

/** A function whose module has the same arguments. */
export function functional(
  name: string,
  type: string,
  given: (call: FormCall) => readonly Argument[] = () => [],
): Form {
  return {
    expression: (call, [x]) => callText(name, [positional("x", x), ...given(call)]),
    module: (call) => ({ type, arguments: given(call) }),
  };
}
