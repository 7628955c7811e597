/**
 * What a written program is made of: a small tree that is easy to build, compare and print.
 * The syntax tree of `src/syntax` has places and comments that a program which nobody typed lacks.
 */

export type Code =
  | Text
  | {
      readonly kind: "operator";
      readonly sign: Sign;
      readonly left: Code;
      readonly right: Code;
    }
  | Call
  | Pipeline
  | { readonly kind: "group"; readonly body: Body }
  | { readonly kind: "repeat"; readonly count: string; readonly body: Body }
  | {
      readonly kind: "if";
      readonly condition: string;
      readonly then: Body;
      readonly otherwise?: Body;
    }
  | { readonly kind: "record"; readonly fields: readonly { name: string; value: Code }[] };

/** A name, a number, a shape: printed as it is. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
}

export type Sign = "+" | "-" | "*" | "/";

export interface Call {
  readonly kind: "call";
  readonly callee: string;
  readonly arguments: readonly CallArgument[];
}

export interface CallArgument {
  readonly name?: string;
  readonly value: Code;
}

/** `head -> step -> step`; without a head it is a layer. */
export interface Pipeline {
  readonly kind: "pipeline";
  readonly head?: Code;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly value: Code;
  /** Printed before the step: `conv1: conv(64)`. */
  readonly label?: string;
  /** The label that the names of weights ask for; absent where any name will do. */
  readonly wanted?: string;
  /** What automatic names begin with: `conv` for `conv1`. */
  readonly stem: string;
  /** Where lines of a pipeline begin: with what does the work, alone or as a part of many. */
  readonly role: "main" | "part" | "norm" | "follower";
}

/** `{ let … result }`. */
export interface Body {
  readonly lets: readonly Let[];
  readonly result: Code;
}

export interface Let {
  /** Several for a layer with several results. */
  readonly names: readonly string[];
  readonly value: Code;
}

export function text(content: string): Text {
  return { kind: "text", text: content };
}

/** Steps of all pipelines in it, a call being one; what is only named has none. */
export function stepsIn(code: Code): number {
  switch (code.kind) {
    case "text":
      return 0;
    case "call":
      return 1;
    case "operator":
      return stepsIn(code.left) + stepsIn(code.right);
    case "pipeline":
      return code.steps.reduce((sum, step) => sum + stepsIn(step.value), 0);
    case "group":
    case "repeat":
      return stepsInBody(code.body);
    case "if":
      return stepsInBody(code.then) + (code.otherwise ? stepsInBody(code.otherwise) : 0);
    case "record":
      return code.fields.reduce((sum, { value }) => sum + stepsIn(value), 0);
    default:
      return code satisfies never;
  }
}

function stepsInBody({ lets, result }: Body): number {
  return lets.reduce((sum, { value }) => sum + stepsIn(value), stepsIn(result));
}
