/**
 * `grammar/generated/lookahead.ts`: which tokens lead into which branch of the grammar, as
 * Chevrotain works it out, so that no start of the program has to.
 */
import {
  Alternation,
  Alternative,
  type IProduction,
  type LookaheadProductionType,
  Option,
  Repetition,
  type Rule,
  getLookaheadPaths,
} from "chevrotain";
import { format } from "prettier";
import { CnnParser, MAX_LOOKAHEAD } from "../../grammar/parser.ts";
import type { Page } from "./page.ts";

const HEADER = `/** What leads into each branch of \`grammar/parser.ts\`; made from it by \`npm run gen\`. */
import type { Decisions } from "../prepared-parser.ts";

`;

type Paths = readonly (readonly string[])[];

export async function lookaheadPage(): Promise<Page> {
  const rules = Object.values(new CnnParser({ analyse: true }).getGAstProductions());
  const entries = rules.map((rule) => [
    rule.name,
    Object.fromEntries(decisionsIn(rule.definition, rule)),
  ]);
  const table = JSON.stringify(Object.fromEntries(entries));
  const content = await format(
    `${HEADER}export const lookahead: Readonly<Record<string, Decisions>> = ${table};\n`,
    { parser: "typescript", printWidth: 100 },
  );
  return { path: "grammar/generated/lookahead.ts", content };
}

function decisionsIn(productions: readonly IProduction[], rule: Rule): readonly [string, Paths][] {
  return productions.flatMap((production) => {
    if (production instanceof Alternation) {
      const { idx, definition } = production;
      return [
        [nameOf("OR", idx), paths(rule, idx, "Alternation")],
        ...decisionsIn(definition, rule),
      ];
    }
    /** Behind the paths into an optional part, Chevrotain lists those past it. */
    if (production instanceof Option) {
      const { idx, definition } = production;
      const [into] = paths(rule, idx, "Option");
      return [[nameOf("OPTION", idx), [into]], ...decisionsIn(definition, rule)];
    }
    if (production instanceof Repetition) {
      const { idx, definition } = production;
      const [into] = paths(rule, idx, "Repetition");
      return [[nameOf("MANY", idx), [into]], ...decisionsIn(definition, rule)];
    }
    return production instanceof Alternative ? decisionsIn(production.definition, rule) : [];
  });
}

function paths(rule: Rule, occurrence: number, prodType: LookaheadProductionType): Paths {
  return getLookaheadPaths({ rule, occurrence, prodType, maxLookahead: MAX_LOOKAHEAD }).map(
    (alternative) => alternative.map((path) => path.map(({ name }) => name).join(" ")),
  );
}

function nameOf(method: string, occurrence: number): string {
  return occurrence === 0 ? method : `${method}${occurrence}`;
}
