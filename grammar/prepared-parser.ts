/**
 * Chevrotain's parser without the work that it does at every start. Chevrotain runs each rule once
 * to record it, and works out from the records which tokens lead into which branch: a seventh of a
 * cold `cnn check`. `npm run gen` does both once and writes `generated/lookahead.ts`, which is all
 * that reading a right program takes.
 *
 * Chevrotain has no door for that. So this file, and no other, reaches behind its interface;
 * `package.json` therefore names one exact version, and a test compares every decision with the
 * one that Chevrotain works out itself.
 */
import { type CstNode, CstParser, type TokenType } from "chevrotain";

/** The decisions of a rule by their names in it, with Chevrotain's numbers for them. */
export const decisionKeys = [
  ["OR", 0x100],
  ["OPTION", 0x200],
  ["OPTION2", 0x202],
  ["OPTION3", 0x203],
  ["OPTION4", 0x204],
  ["MANY", 0x300],
  ["MANY2", 0x302],
] as const;

export type DecisionName = (typeof decisionKeys)[number][0];

/**
 * What leads into each alternative of a decision: the next token or the next two, written
 * `Identifier Colon`. `OPTION` and `MANY` have one alternative, which is to go in.
 */
export type Alternatives = readonly (readonly string[])[];

export type Decisions = Readonly<Partial<Record<DecisionName, Alternatives>>>;

/** The alternative to take, or whether to go in. */
type Decide = () => number | undefined | boolean;

const NONE = Infinity;

export abstract class PreparedParser extends CstParser {
  declare private selfAnalysisDone: boolean;
  declare protected readonly fullRuleNameToShort: Readonly<Record<string, number>>;
  /** By the number of a rule and the key of a decision. */
  declare protected readonly lookAheadFuncsCache: Decide[][];
  declare private readonly CST_STACK: CstNode[];

  /**
   * Stands in for `performSelfAnalysis`, behind the definitions of all rules.
   * `lookahead` has the decisions of each rule, `vocabulary` all tokens that it names.
   */
  protected prepare(
    lookahead: Readonly<Record<string, Decisions>>,
    vocabulary: readonly TokenType[],
  ): void {
    const types = new Map(vocabulary.map((type) => [type.name, type]));
    for (const [rule, decisions] of Object.entries(lookahead)) {
      const functions: Decide[] = [];
      for (const [name, key] of decisionKeys) {
        const alternatives = decisions[name];
        if (alternatives === undefined) continue;
        const choose = this.chooser(alternatives, types);
        functions[key] =
          name === "OR"
            ? () => {
                const chosen = choose();
                return chosen === NONE ? undefined : chosen;
              }
            : () => choose() !== NONE;
      }
      this.lookAheadFuncsCache[this.fullRuleNameToShort[rule]] = functions;
    }
    this.selfAnalysisDone = true;
  }

  /**
   * Begins a node of the tree. Chevrotain's own nodes have children without a prototype, which V8
   * keeps as a hash table: the tree of a program takes two fifths less without them.
   */
  protected cstInvocationStateUpdate(name: string): void {
    this.CST_STACK.push({ name, children: {} });
  }

  /** A function that gives the first alternative that the next tokens lead into. */
  private chooser(alternatives: Alternatives, types: ReadonlyMap<string, TokenType>): () => number {
    /** By the number of the next token, alone or with the one behind it: the alternative. */
    const byOne: number[] = [];
    const byTwo: number[][] = [];
    for (const [i, paths] of alternatives.entries()) {
      for (const path of paths) {
        const [firsts, seconds] = path.split(" ").map((name) => numbersOf(types.get(name)));
        for (const first of firsts) {
          if (seconds === undefined) byOne[first] ??= i;
          else {
            const behind = (byTwo[first] ??= []);
            for (const second of seconds) behind[second] ??= i;
          }
        }
      }
    }
    return () => {
      const first = this.LA(1).tokenTypeIdx;
      const chosen = byOne[first] ?? NONE;
      const behind = byTwo[first];
      return behind === undefined
        ? chosen
        : Math.min(chosen, behind[this.LA(2).tokenTypeIdx] ?? NONE);
    };
  }
}

/** The numbers of a type and of all types that belong to it. */
function numbersOf(type: TokenType | undefined): readonly number[] {
  if (type?.tokenTypeIdx === undefined) throw new Error("generated/lookahead.ts is stale");
  return [type.tokenTypeIdx, ...(type.categoryMatches ?? [])];
}
