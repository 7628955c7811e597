/**
 * `docs/syntax.md`: a railroad diagram for every rule of `grammar/parser.ts`, drawn from the
 * parser itself, so that it cannot differ from it.
 */
import {
  Alternation,
  Alternative,
  type IProduction,
  Lexer,
  NonTerminal,
  Option,
  Repetition,
  type Rule,
  Terminal,
  type TokenType,
} from "chevrotain";
import railroad, { type Part } from "railroad-diagrams";
import { CnnParser } from "../../grammar/parser.ts";
import { vocabulary } from "../../grammar/tokens.ts";
import { InternalFault } from "../../src/diagnostics/diagnostic.ts";
import type { Page } from "./page.ts";

const INTRODUCTION = `# Syntax

Every rule of the grammar as a diagram: follow the line from left to right. Round boxes hold what is
written, square ones the name of another rule or of a kind of word. What a program means is in
[language.md](language.md), the same grammar as text and the reasons for it in
[grammar/README.md](../grammar/README.md).
`;

const STYLE = `<style>
svg { background-color: #fcfcfa; }
path { stroke: #444; stroke-width: 2; fill: none; }
text { font: 14px ui-monospace, monospace; text-anchor: middle; fill: #111; }
rect { stroke: #444; stroke-width: 2; fill: #fff; }
rect[rx] { fill: #dff0e3; }
</style>
`;

export function syntaxPages(): readonly Page[] {
  const rules = Object.values(new CnnParser().getGAstProductions());
  const sections = rules.map(({ name }) => `## ${name}\n\n![${name}](syntax/${name}.svg)\n`);
  return [
    { path: "docs/syntax.md", content: [INTRODUCTION, ...sections].join("\n") },
    ...rules.map((rule) => ({ path: `docs/syntax/${rule.name}.svg`, content: drawing(rule) })),
  ];
}

function drawing({ definition }: Rule): string {
  const diagram = railroad.Diagram(...partsOf(definition)).format(12);
  const svg = String(diagram).replace(
    /^<svg class="[^"]*"/,
    '<svg xmlns="http://www.w3.org/2000/svg"',
  );
  return svg.replace(/>\n/, `>\n${STYLE}`);
}

/** `a (, a)*` becomes one loop with the comma on its way back. */
function partsOf(productions: readonly IProduction[]): readonly Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < productions.length; i++) {
    const next = productions.at(i + 1);
    if (next instanceof Repetition && next.definition.length === 2) {
      const [separator, repeated] = next.definition;
      if (keyOf(repeated) === keyOf(productions[i])) {
        parts.push(railroad.OneOrMore(partOf(productions[i]), partOf(separator)));
        i++;
        continue;
      }
    }
    parts.push(partOf(productions[i]));
  }
  return parts;
}

function sequence(productions: readonly IProduction[]): Part {
  const parts = partsOf(productions);
  return parts.length === 1 ? parts[0] : railroad.Sequence(...parts);
}

function partOf(production: IProduction): Part {
  if (production instanceof NonTerminal) return railroad.NonTerminal(production.nonTerminalName);
  if (production instanceof Terminal) return terminal(production.terminalType);
  if (production instanceof Option) return railroad.Optional(sequence(production.definition));
  if (production instanceof Repetition) return railroad.ZeroOrMore(sequence(production.definition));
  if (production instanceof Alternative) return sequence(production.definition);
  if (production instanceof Alternation) {
    return railroad.Choice(0, ...production.definition.map(partOf));
  }
  throw new InternalFault("the grammar uses a construct that has no diagram");
}

/** A sign or word as it is written; otherwise the kind of word, without its article. */
function terminal(type: TokenType): Part {
  if (type.PATTERN === Lexer.NA) {
    const members = vocabulary.filter(({ CATEGORIES = [] }) => CATEGORIES.includes(type));
    return railroad.Choice(0, ...members.map(terminal));
  }
  const { LABEL: label = type.name } = type;
  const written = /^`(.*)`$/.exec(label);
  if (written !== null) return railroad.Terminal(written[1]);
  return railroad.NonTerminal(label.replace(/^an? /, ""));
}

/** The same for two mentions of the same word or rule. */
function keyOf(production: IProduction): string | undefined {
  if (production instanceof NonTerminal) return `rule ${production.nonTerminalName}`;
  if (production instanceof Terminal) return `word ${production.terminalType.name}`;
  return undefined;
}
