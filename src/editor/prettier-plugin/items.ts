/** Lays out a whole program: its items and what is between them. */
import { builders } from "prettier/doc";
import * as t from "../../../grammar/tokens.ts";
import type {
  Attribute,
  Block,
  Expression,
  Import,
  Item,
  Model,
  Parameter,
  Program,
  ResultType,
  Train,
} from "../../syntax/ast.ts";
import { printArguments, printAssigned, printBody, printExpression } from "./expressions.ts";
import { BRACES, PARENTHESES, list } from "./lists.ts";
import type { TokenStream } from "./token-stream.ts";

type Doc = builders.Doc;
const { group, hardline, indent, line } = builders;

export function printProgram(stream: TokenStream, { items }: Program): Doc {
  const parts = items.map((item, i) => [
    stream.gap().print(hardline, i > 0 && standsApart(items[i - 1], item) ? "force" : "keep"),
    printItem(stream, item),
  ]);
  return [...parts, stream.gap().print("", "keep")];
}

/** Only imports and constants may follow each other without a blank line. */
function standsApart(before: Item, item: Item): boolean {
  const isLine = item.kind === "import" || item.kind === "const";
  return !isLine || before.kind !== item.kind;
}

function printItem(stream: TokenStream, item: Item): Doc {
  switch (item.kind) {
    case "import":
      return printImport(stream, item);
    case "const":
      return [
        stream.token(t.Const),
        stream.space(),
        stream.token(t.Identifier),
        printAssigned(stream, item.value),
      ];
    case "block":
    case "model":
      return printDefinition(stream, item);
    case "train":
      return printTrain(stream, item);
    default:
      return item satisfies never;
  }
}

function printImport(stream: TokenStream, { names }: Import): Doc {
  const name = (): Doc => {
    const imported = stream.token(t.Identifier);
    if (!stream.nextIs(t.As)) return imported;
    return [
      imported,
      stream.space(),
      stream.token(t.As),
      stream.space(),
      stream.token(t.Identifier),
    ];
  };
  return [
    stream.token(t.Import),
    stream.space(),
    list(stream, BRACES, names, name),
    stream.space(),
    stream.token(t.From),
    stream.space(),
    stream.token(t.StringLiteral),
  ];
}

function printDefinition(stream: TokenStream, definition: Block | Model): Doc {
  const { attributes, parameters, result, where, body } = definition;
  const above = attributes.map((attribute) => [
    printAttribute(stream, attribute),
    stream.gap().print(hardline),
  ]);
  const header = [
    stream.token(t.Model, t.Block),
    stream.space(),
    stream.token(t.Identifier),
    list(stream, PARENTHESES, parameters, printParameter),
  ];
  const output =
    result === undefined
      ? ""
      : [stream.space(), stream.token(t.Arrow), stream.space(), printResult(stream, result)];
  return [
    above,
    header,
    output,
    printWhere(stream, where),
    stream.space(),
    printBody(stream, body, true),
  ];
}

function printAttribute(stream: TokenStream, attribute: Attribute): Doc {
  const name = [stream.token(t.At), stream.token(t.Identifier)];
  const hasParentheses = stream.nextIs(t.LeftParen);
  return hasParentheses ? [name, printArguments(stream, attribute.arguments)] : name;
}

function printParameter(stream: TokenStream, { type, default: value }: Parameter): Doc {
  const name = stream.token(t.Identifier);
  const typed =
    type === undefined
      ? ""
      : [stream.token(t.Colon), stream.space(), printExpression(stream, type)];
  return [name, typed, value === undefined ? "" : printAssigned(stream, value)];
}

function printResult(stream: TokenStream, result: ResultType): Doc {
  if (result.kind === "list") return printExpression(stream, result);
  return list(stream, BRACES, result.fields, (_, { shape }) => [
    stream.token(t.Identifier),
    stream.token(t.Colon),
    stream.space(),
    printExpression(stream, shape),
  ]);
}

function printWhere(stream: TokenStream, facts: readonly Expression[]): Doc {
  if (facts.length === 0) return "";
  const word = [stream.gap().print(line), stream.token(t.Where), stream.space()];
  const rest = facts.map((fact, i) =>
    i === 0
      ? printExpression(stream, fact)
      : [stream.token(t.Comma), stream.gap().print(line), printExpression(stream, fact)],
  );
  return group(indent([word, indent(rest)]));
}

function printTrain(stream: TokenStream, { settings }: Train): Doc {
  const header = [
    stream.token(t.Train),
    stream.space(),
    stream.token(t.Identifier),
    stream.space(),
    stream.token(t.LeftBrace),
  ];
  const contents = settings.map(({ value }) => [
    stream.gap().print(hardline, "keep"),
    stream.token(t.Identifier),
    stream.token(t.Colon),
    stream.space(),
    printExpression(stream, value),
  ]);
  const last = stream.gap().print(hardline, "keep");
  return [header, indent(contents), last, stream.token(t.RightBrace)];
}
