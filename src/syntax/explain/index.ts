/**
 * Why the parser could not go on, in words for the person who wrote the text. The rules know
 * the mistakes that beginners make, and are asked in order; what none of them knows is said
 * in terms of the grammar.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import { fillStep } from "../holes.ts";
import { describe } from "../token.ts";
import { colonForEquals, equalsForColon, equalsForEquality, missingEquals } from "./assignments.ts";
import {
  arrowWithoutLayer,
  arrowWithoutValue,
  missingResultArrow,
  resultWithoutShape,
} from "./arrows.ts";
import { missingBraces, missingCount } from "./branches.ts";
import { missingArgumentColon, missingColon, missingComma, superfluousComma } from "./commas.ts";
import { type Explanation, type Fault, type Rule, spanOfFault } from "./fault.ts";
import { importWithoutBraces, textOutsideItems, undeclaredItem, wrongBinder } from "./items.ts";
import { attributeInside, constInside, itemInside } from "./nesting.ts";
import { reservedName, unnamed } from "./names.ts";

const rules: readonly Rule[] = [
  reservedName,
  constInside,
  itemInside,
  attributeInside,
  wrongBinder,
  undeclaredItem,
  unnamed,
  importWithoutBraces,
  textOutsideItems,
  equalsForColon,
  equalsForEquality,
  colonForEquals,
  missingEquals,
  missingResultArrow,
  resultWithoutShape,
  missingCount,
  missingBraces,
  missingColon,
  superfluousComma,
  missingArgumentColon,
  missingComma,
  arrowWithoutLayer,
  arrowWithoutValue,
];

export function explain(fault: Fault): Explanation {
  for (const rule of rules) {
    const explanation = rule(fault);
    if (explanation !== undefined) return explanation;
  }
  const facts = { found: describe(fault.token ?? fault.behind), expected: expectation(fault) };
  const help = advice.get(`${fault.rule} ${fault.expected}`);
  return {
    problem: problem("CNN1001", facts),
    span: spanOfFault(fault),
    help: help === undefined ? [] : [help],
    edit: fillStep(fault),
  };
}

/** Where a newcomer may not know what comes next. */
const advice: ReadonlyMap<string, string> = new Map([
  ["signature `(`", "as in `model Net(image: [N, 3, 32, 32]) -> [N, 10] { … }`"],
]);

/** The grammar asks for the last thing that would fit; here for all that a reader may mean. */
const expectations: ReadonlyMap<string, string> = new Map([
  ["body `}`", "`->` or the end of the body"],
  ["body `{`", "`{` and the body"],
  ["suffix `)`", "`,` or `)`"],
  ["attribute `)`", "`,` or `)`"],
  ["parentheses `)`", "`,` or `)`"],
  ["signature `)`", "`,` or `)`"],
  ["signature `(`", "`(` and the inputs"],
  ["list `]`", "`,` or `]`"],
  ["import `}`", "`,` or `}`"],
  ["import `{`", 'the names in braces, as in `import { Residual } from "./resnet.cnn"`'],
  ["import a text in double quotes", "the file's name in double quotes"],
  ["train `}`", "a setting such as `epochs: 5`, or `}`"],
]);

function expectation({ rule, expected }: Fault): string {
  return expectations.get(`${rule} ${expected}`) ?? expected;
}
