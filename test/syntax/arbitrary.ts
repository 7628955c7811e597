/**
 * Random programs that follow the grammar, and random layouts of them. They mean nothing:
 * names are not declared and shapes do not fit.
 */
import * as fc from "fast-check";

/**
 * A program as pieces of text between which any layout may stand; `\n` is a piece where a
 * line must break. A call's parenthesis is one piece with its name.
 */
export type Pieces = readonly string[];

const names = ["x", "out", "conv", "relu", "image", "C", "H", "body", "from", "as", "same"];
const name = fc.constantFrom(...names);
const text = fc.constantFrom('"a"', '"downsample.0"', '"\\"\\\\\\n"', '"// no comment"', '"ü"');
const int = fc.integer({ min: 0, max: 9999 }).map(String);
const float = fc.constantFrom("0.5", "1e-5", "1.25e+3", "0.0", "3E2");
const bool = fc.constantFrom("true", "false");
const operator = fc.constantFrom("+", "-", "*", "/", "%", "and", "or");

const one = (piece: fc.Arbitrary<string>): fc.Arbitrary<Pieces> => piece.map((p) => [p]);
const literal = fc.oneof(one(int), one(float), one(bool), one(text), one(name));

function separated(items: readonly Pieces[], trailing: boolean): Pieces {
  const parts = items.flatMap((item, i) => (i === 0 ? item : [",", ...item]));
  return trailing && items.length > 0 ? [...parts, ","] : parts;
}

/** Deep inside of an expression, lists are shorter. */
function arrayOf<T>(
  item: fc.Arbitrary<T>,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<T[]> {
  return fc.array(item, { minLength, maxLength, depthIdentifier: "expression" });
}

function listOf(
  item: fc.Arbitrary<Pieces>,
  { minLength = 0, maxLength = 3 } = {},
): fc.Arbitrary<Pieces> {
  return fc
    .tuple(arrayOf(item, minLength, maxLength), fc.boolean())
    .map(([items, trailing]) => separated(items, trailing));
}

type Nonterminal = "pipeline" | "step" | "chain" | "operand" | "atom" | "group" | "body" | "entry";

/** Layouts of every construct; sizes shrink with the depth, so that programs stay small. */
const expressions = fc.letrec<Record<Nonterminal, Pieces>>((tie) => ({
  pipeline: fc
    .tuple(tie("chain"), arrayOf(tie("step"), 0, 3))
    .map(([first, steps]) => [...first, ...steps.flatMap((step) => ["->", ...step])]),
  step: fc
    .tuple(fc.option(fc.oneof(name, text)), tie("chain"))
    .map(([label, chain]) => (label === null ? chain : [label, ":", ...chain])),
  chain: fc
    .tuple(tie("operand"), arrayOf(fc.tuple(operator, tie("operand")), 0, 2))
    .map(([first, rest]) => [...first, ...rest.flatMap(([sign, operand]) => [sign, ...operand])]),
  operand: fc.oneof(
    { weight: 6, arbitrary: tie("atom") },
    { weight: 1, arbitrary: tie("atom").map((atom) => ["-", ...atom]) },
  ),
  atom: fc.oneof(
    { maxDepth: 3, depthIdentifier: "expression", withCrossShrink: true },
    { weight: 24, arbitrary: literal },
    callOf(tie("pipeline")),
    callOf(tie("pipeline")),
    tie("group"),
    fc.tuple(name, name).map(([object, field]) => [object, ".", field]),
    fc
      .tuple(name, name, tie("chain"))
      .map(([object, field, index]) => [object, ".", `${field}[`, ...index, "]"]),
    listOf(tie("pipeline")).map((items) => ["[", ...items, "]"]),
    listOf(tie("pipeline"), { minLength: 2 }).map((items) => ["(", ...items, ")"]),
    tie("pipeline").map((value) => ["(", ...value, ")"]),
    tie("chain").map((value) => ["(", "not", ...value, ")"]),
    fc
      .tuple(tie("chain"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("chain"))
      .map(([left, sign, right]) => ["(", "(", ...left, ")", sign, "(", ...right, ")", ")"]),
    listOf(
      fc.tuple(name, tie("pipeline")).map(([field, value]) => [field, "=", ...value]),
      { minLength: 1 },
    ).map((fields) => ["{", ...fields, "}"]),
    fc
      .tuple(arrayOf(fc.tuple(tie("chain"), tie("group")), 1, 3), fc.option(tie("group")))
      .map(([branches, last]) => ifPieces(branches, last)),
    fc
      .tuple(fc.option(name), tie("chain"), tie("chain"), tie("group"))
      .map(([variable, from, to, round]) =>
        variable === null
          ? ["repeat", ...to, ...round]
          : ["repeat", variable, "in", ...from, "..", ...to, ...round],
      ),
  ),
  group: tie("body").map((body) => ["{", ...body, "}"]),
  body: fc
    .tuple(
      arrayOf(tie("entry"), 0, 2),
      fc.option(fc.oneof(name, text)),
      callOf(tie("pipeline")),
      arrayOf(tie("step"), 0, 3),
    )
    .map(([lets, label, first, steps]) => [
      ...lets.flat(),
      ...(label === null ? [] : [label, ":"]),
      ...first,
      ...steps.flatMap((step) => ["->", ...step]),
    ]),
  entry: fc
    .tuple(fc.oneof(one(name), tupleOfNames()), tie("pipeline"))
    .map(([bound, value]) => ["let", ...bound, "=", ...value, "\n"]),
}));

function tupleOfNames(): fc.Arbitrary<Pieces> {
  return listOf(one(name), { minLength: 1 }).map((items) => ["(", ...items, ")"]);
}

function callOf(value: fc.Arbitrary<Pieces>): fc.Arbitrary<Pieces> {
  const argument = fc
    .tuple(fc.option(name), value)
    .map(([label, pieces]) => (label === null ? pieces : [label, ":", ...pieces]));
  return fc
    .tuple(name, listOf(argument, { maxLength: 3 }))
    .map(([callee, given]) => [`${callee}(`, ...given, ")"]);
}

function ifPieces(branches: readonly [Pieces, Pieces][], last: Pieces | null): Pieces {
  const parts = branches.flatMap(([condition, then], i) => [
    ...(i === 0 ? [] : ["else"]),
    "if",
    ...condition,
    ...then,
  ]);
  return last === null ? parts : [...parts, "else", ...last];
}

const { body, chain, pipeline } = expressions;
const size = fc.oneof(one(int), one(name), chain);
const shape = listOf(size).map((items) => ["[", ...items, "]"]);

const parameter = fc
  .tuple(name, fc.option(fc.oneof(shape, one(name))), fc.option(pipeline))
  .map(([own, type, value]) => [
    own,
    ...(type === null ? [] : [":", ...type]),
    ...(value === null ? [] : ["=", ...value]),
  ]);

const result = fc.oneof(
  shape,
  listOf(
    fc.tuple(name, shape).map(([field, sizes]) => [field, ":", ...sizes]),
    { minLength: 1 },
  ).map((fields) => ["{", ...fields, "}"]),
);

const attribute = fc
  .tuple(name, fc.option(listOf(literal)))
  .map(([own, given]) => ["@", ...(given === null ? [own] : [`${own}(`, ...given, ")"])]);

const definition = fc
  .tuple(
    fc.array(attribute, { maxLength: 2 }),
    fc.constantFrom("model", "block"),
    name,
    listOf(parameter),
    fc.option(result),
    fc.array(chain, { maxLength: 2 }),
    body,
  )
  .map(([attributes, word, own, parameters, output, where, contents]) => [
    ...attributes.flat(),
    word,
    `${own}(`,
    ...parameters,
    ")",
    ...(output === null ? [] : ["->", ...output]),
    ...(where.length === 0 ? [] : ["where", ...separated(where, false)]),
    "{",
    ...contents,
    "}",
  ]);

const item = fc.oneof(
  { weight: 4, arbitrary: definition },
  {
    weight: 1,
    arbitrary: fc.tuple(name, pipeline).map(([own, value]) => ["const", own, "=", ...value]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(listOf(one(name), { minLength: 1 }), text)
      .map(([imported, path]) => ["import", "{", ...imported, "}", "from", path]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, fc.array(fc.tuple(name, chain), { maxLength: 3 }))
      .map(([own, settings]) => [
        "train",
        own,
        "{",
        ...settings.flatMap(([setting, value]) => ["\n", setting, ":", ...value]),
        "}",
      ]),
  },
);

/** Programs without syntax errors. */
export const programPieces: fc.Arbitrary<Pieces> = fc
  .array(item, { minLength: 1, maxLength: 3 })
  .map((items) => items.flat());

/** What may stand between two pieces. */
const spaces = fc.constantFrom(" ", " ", " ", "\n", "\n\n", "\n\n\n    ", "\t", "  ");
const comment = fc.constantFrom(
  " // line\n",
  "\n// own\n",
  " /* block */ ",
  "\n/* own block */\n",
  " /* two\n   lines */ ",
  "\n\n  // after a blank line\n\n",
  " /* one */ /* two */ // three\n",
  "\n/// misplaced doc\n",
  " /**/ ",
);

/** Joins pieces by the gaps, in turn, as often as they are needed. */
function layOut(pieces: Pieces, gaps: readonly string[]): string {
  return pieces.map((piece, i) => (piece === "\n" ? "\n" : piece + gaps[i % gaps.length])).join("");
}

/** Gaps with no comment, a few or many. */
const layout = fc
  .constantFrom(0, 1, 6)
  .map((weight) => fc.oneof({ weight: 12, arbitrary: spaces }, { weight, arbitrary: comment }))
  .chain((gap) => fc.array(gap, { minLength: 1, maxLength: 40 }));

/** Random programs in random layout, with comments. */
export const programText: fc.Arbitrary<string> = fc
  .tuple(programPieces, layout)
  .map(([pieces, gaps]) => layOut(pieces, gaps));
