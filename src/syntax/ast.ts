/**
 * The syntax tree: what a program says, with a place for every node and all comments, but
 * without sugar removed, so that the formatter can print it back. Kinds are a
 * discriminated union; nothing here knows what a layer is.
 */
import type { Span } from "../diagnostics/span.ts";

export interface Program {
  readonly kind: "program";
  readonly items: readonly Item[];
  /** In source order; `//` and `/* … *\/`. Doc comments (`///`) are not here but in `doc`. */
  readonly comments: readonly Comment[];
  readonly span: Span;
}

export interface Comment {
  readonly kind: "comment";
  readonly style: "line" | "block";
  /** As written, with its marks. */
  readonly text: string;
  readonly span: Span;
}

export type Item = Import | Const | Block | Model | Train;

/** `import { Residual, Stem as Head } from "./resnet.cnn"`. */
export interface Import {
  readonly kind: "import";
  readonly names: readonly { readonly imported: Name; readonly local: Name }[];
  readonly from: StringLiteral;
  readonly span: Span;
}

/** `const WIDTH = 64`. */
export interface Const {
  readonly kind: "const";
  readonly doc?: Doc;
  readonly name: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** What blocks and models have in common. */
interface Definition {
  readonly doc?: Doc;
  readonly attributes: readonly Attribute[];
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result?: ResultType;
  readonly where: readonly Expression[];
  readonly body: Body;
  readonly span: Span;
}

/** `block Residual(x: [N, C, H, W], out: int, stride: int = 1) { … }`. */
export interface Block extends Definition {
  readonly kind: "block";
}

/** `model Net(image: [N, 3, H, W]) -> [N, 10] where H >= 32 { … }`. */
export interface Model extends Definition {
  readonly kind: "model";
}

/** `train LeNet5 { loss: cross_entropy … }`. */
export interface Train {
  readonly kind: "train";
  readonly doc?: Doc;
  readonly model: Name;
  readonly settings: readonly Setting[];
  readonly span: Span;
}

export interface Setting {
  readonly kind: "setting";
  readonly name: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `/// text`, lines joined by newlines, marks removed. */
export interface Doc {
  readonly kind: "doc";
  readonly text: string;
  readonly span: Span;
}

/** `@weights("lenet5.safetensors")`; without parentheses `arguments` is empty. */
export interface Attribute {
  readonly kind: "attribute";
  readonly name: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/**
 * `x: [N, C, H, W]` (a tensor), `out: int`, `act: layer = relu`, or a bare `x`, which is a
 * tensor of any shape.
 */
export interface Parameter {
  readonly kind: "parameter";
  readonly name: Name;
  readonly type?: ListExpression | Name;
  readonly default?: Expression;
  readonly span: Span;
}

/** `[N, 10]`, or `{ logits: [N, 10], features: [N, 64] }`. */
export type ResultType =
  | ListExpression
  | {
      readonly kind: "recordType";
      readonly fields: readonly { readonly name: Name; readonly shape: ListExpression }[];
      readonly span: Span;
    };

/** `{ let … let … result }`: a model's or block's body, a group, a branch, a round. */
export interface Body {
  readonly kind: "body";
  readonly lets: readonly Let[];
  /** Absent only where a syntax error left nothing. */
  readonly result?: Expression;
  readonly span: Span;
}

/** `let a = …`, and `let (a, b) = …` for a layer with several results. */
export interface Let {
  readonly kind: "let";
  readonly names: readonly Name[];
  /** True for `let (a, b)`, also with one name. */
  readonly destructured: boolean;
  readonly value: Expression;
  readonly span: Span;
}

/** All that can stand for a value, a layer or a size. */
export type Expression =
  | Pipeline
  | Labelled
  | Call
  | Name
  | IntLiteral
  | FloatLiteral
  | BoolLiteral
  | StringLiteral
  | TupleExpression
  | ListExpression
  | RecordExpression
  | Binary
  | Unary
  | Field
  | Index
  | Parenthesized
  | Group
  | If
  | Repeat
  | Missing;

/** `a -> b -> c`, at least two steps. */
export interface Pipeline {
  readonly kind: "pipeline";
  readonly steps: readonly Expression[];
  readonly span: Span;
}

/** `conv1: conv(64)`, `"downsample.0": conv(64)`; stands only as a step. */
export interface Labelled {
  readonly kind: "labelled";
  readonly label: Name | StringLiteral;
  readonly value: Expression;
  readonly span: Span;
}

/** `conv(64, kernel: 3)`. */
export interface Call {
  readonly kind: "call";
  readonly callee: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

/** `64`, and `kernel: 3` with a name. */
export interface Argument {
  readonly kind: "argument";
  readonly name?: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** A mention of a name, or the place that declares one. */
export interface Name {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

/** `64`. */
export interface IntLiteral {
  readonly kind: "int";
  readonly value: number;
  /** As written. */
  readonly text: string;
  readonly span: Span;
}

/** `0.5`, `1e-5`. */
export interface FloatLiteral {
  readonly kind: "float";
  readonly value: number;
  readonly text: string;
  readonly span: Span;
}

/** `true` and `false`. */
export interface BoolLiteral {
  readonly kind: "bool";
  readonly value: boolean;
  readonly span: Span;
}

/** `"airplane"`; `value` has its escapes read. */
export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

/** `(3, 5)`: at least two items. */
export interface TupleExpression {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `[N, C, H, W]`: a shape, in a type or as a checked assertion in a pipeline. */
export interface ListExpression {
  readonly kind: "list";
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `{ logits = a, features = b }`. */
export interface RecordExpression {
  readonly kind: "record";
  readonly fields: readonly { readonly name: Name; readonly value: Expression }[];
  readonly span: Span;
}

/** As they are written, from the loosest to the tightest. */
export type BinaryOperator =
  "or" | "and" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

/** `a + b`, `H >= 32`. */
export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

/** `-a`, `not a`. */
export interface Unary {
  readonly kind: "unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
  readonly span: Span;
}

/** `x.channels`. */
export interface Field {
  readonly kind: "field";
  readonly object: Expression;
  readonly name: Name;
  readonly span: Span;
}

/** `x.shape[1]`. */
export interface Index {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
  readonly span: Span;
}

/** `(a + b)`: kept so that the formatter and messages show what was written. */
export interface Parenthesized {
  readonly kind: "parenthesized";
  readonly value: Expression;
  readonly span: Span;
}

/** `{ conv(64) -> relu }` as a step. */
export interface Group {
  readonly kind: "group";
  readonly body: Body;
  readonly span: Span;
}

/** `if a { … } else if b { … } else { … }`. */
export interface If {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: Body;
  readonly else?: Body | If;
  readonly span: Span;
}

/** `repeat 2 { … }` and `repeat i in 0..n { … }` (from 0 up to, not including, n). */
export interface Repeat {
  readonly kind: "repeat";
  readonly variable?: Name;
  /** Absent for a count, which starts at 0. */
  readonly from?: Expression;
  /** The count, or the end of the range. */
  readonly to: Expression;
  readonly body: Body;
  readonly span: Span;
}

/** Stands where a syntax error left a hole; was reported, so nothing more is said of it. */
export interface Missing {
  readonly kind: "missing";
  readonly span: Span;
}
