/** Imports, constants, blocks, models and `train`. */
import type { IToken } from "chevrotain";
import type {
  AttributeCstNode,
  BodyCstNode,
  ConstCstNode,
  ImportCstNode,
  ItemCstNode,
  ParameterCstNode,
  ResultCstNode,
  SignatureCstNode,
  TrainCstNode,
} from "../../../grammar/generated/cst.ts";
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
import { cover } from "../../diagnostics/span.ts";
import type {
  Attribute,
  Block,
  Const,
  Import,
  Item,
  Model,
  Parameter,
  ResultType,
  Setting,
  Train,
} from "../ast.ts";
import type { Comments } from "./comments.ts";
import { type BuildContext, nameOf, spanBetween } from "./context.ts";
import { argumentsOf, body, chain, list, pipeline } from "./expressions.ts";
import { stringLiteral } from "./literals.ts";

/** Undefined where the item's name could not be read. */
export function item(
  context: BuildContext,
  { children }: ItemCstNode,
  comments: Comments,
): Item | undefined {
  const attributes = present(children.attribute, (node) => attribute(context, node));
  const at = children.attribute?.[0].children.At[0];
  const head = (word: IToken): Head => ({ comments, attributes, first: at ?? word });
  if (children.block !== undefined) {
    const parts = children.block[0].children;
    return definition(context, "block", head(parts.Block[0]), parts);
  }
  if (children.model !== undefined) {
    const parts = children.model[0].children;
    return definition(context, "model", head(parts.Model[0]), parts);
  }
  for (const { name, span } of attributes) {
    context.findings.report(problem("CNN1050", { name: name.text }), span);
  }
  if (children.train !== undefined) return train(context, children.train[0], comments);
  if (children.const !== undefined) return constant(context, children.const[0], comments);
  if (children.import !== undefined) return importItem(context, children.import[0]);
  throw new InternalFault("an item is one of five");
}

/** What stands above and before an item. */
interface Head {
  readonly comments: Comments;
  readonly attributes: readonly Attribute[];
  readonly first: IToken;
}

function definition(
  context: BuildContext,
  kind: "block" | "model",
  { comments, attributes, first }: Head,
  parts: { readonly signature: SignatureCstNode[]; readonly body: BodyCstNode[] },
): Block | Model | undefined {
  const header = parts.signature[0].children;
  const name = nameOf(context, header.Identifier[0]);
  const parameters = present(header.parameter, (node) => parameter(context, node));
  const result = header.result && resultType(context, header.result[0]);
  const where = (header.where?.[0].children.chain ?? []).map((node) => chain(context, node));
  const tensors = parameters.filter(({ type }) => type === undefined || type.kind === "list");
  const inputs = new Set(tensors.map((tensor) => tensor.name.text));
  const made = body({ ...context, inputs }, parts.body[0]);
  return (
    name && {
      kind,
      ...comments.takeDoc(first.startOffset),
      attributes,
      name,
      parameters,
      ...(result && { result }),
      where,
      body: made,
      span: cover(spanBetween(context, first), made.span),
    }
  );
}

function attribute(context: BuildContext, { children }: AttributeCstNode): Attribute | undefined {
  const name = nameOf(context, children.Identifier[0]);
  const given = children.arguments ? argumentsOf(context, children.arguments[0]) : [];
  const last = children.RightParen?.[0] ?? children.Identifier[0];
  const span = spanBetween(context, children.At[0], last);
  return name && { kind: "attribute", name, arguments: given, span };
}

function parameter(context: BuildContext, { children }: ParameterCstNode): Parameter | undefined {
  const name = nameOf(context, children.Identifier[0]);
  const typeName = children.Identifier.at(1);
  const type = children.list
    ? list(context, children.list[0])
    : typeName && nameOf(context, typeName);
  const value = children.pipeline && pipeline(context, children.pipeline[0]);
  if (name === undefined) return undefined;
  return {
    kind: "parameter",
    name,
    ...(type && { type }),
    ...(value && { default: value }),
    span: cover(name.span, (value ?? type ?? name).span),
  };
}

function resultType(context: BuildContext, { children }: ResultCstNode): ResultType {
  if (children.list !== undefined) return list(context, children.list[0]);
  if (children.recordType === undefined) throw new InternalFault("a result is one of two");
  const record = children.recordType[0].children;
  const fields = present(record.recordTypeField, (node) => {
    const name = nameOf(context, node.children.Identifier[0]);
    return name && { name, shape: list(context, node.children.list[0]) };
  });
  const span = spanBetween(context, record.LeftBrace[0], record.RightBrace[0]);
  return { kind: "recordType", fields, span };
}

function train(
  context: BuildContext,
  { children }: TrainCstNode,
  comments: Comments,
): Train | undefined {
  const model = nameOf(context, children.Identifier[0]);
  const settings = present(children.setting, (node): Setting | undefined => {
    const name = nameOf(context, node.children.Identifier[0]);
    const value = chain(context, node.children.chain[0]);
    return name && { kind: "setting", name, value, span: cover(name.span, value.span) };
  });
  const [word] = children.Train;
  const span = spanBetween(context, word, children.RightBrace[0]);
  return model && { kind: "train", ...comments.takeDoc(word.startOffset), model, settings, span };
}

function constant(
  context: BuildContext,
  { children }: ConstCstNode,
  comments: Comments,
): Const | undefined {
  const name = nameOf(context, children.Identifier[0]);
  const value = pipeline(context, children.pipeline[0]);
  const [word] = children.Const;
  const span = cover(spanBetween(context, word), value.span);
  return name && { kind: "const", ...comments.takeDoc(word.startOffset), name, value, span };
}

function importItem(context: BuildContext, { children }: ImportCstNode): Import {
  const names = present(children.importedName, (node) => {
    const [imported, local] = node.children.Identifier.map((token) => nameOf(context, token));
    const isRenamed = node.children.As !== undefined;
    const own = isRenamed ? local : imported;
    return imported && own && { imported, local: own };
  });
  const from = stringLiteral(context, children.StringLiteral[0]);
  return {
    kind: "import",
    names,
    from,
    span: cover(spanBetween(context, children.Import[0]), from.span),
  };
}

/** Maps nodes that may be absent, and leaves out what could not be read. */
function present<N, R>(
  nodes: readonly N[] | undefined,
  make: (node: N) => R | undefined,
): readonly R[] {
  return (nodes ?? []).map(make).filter((made) => made !== undefined);
}
