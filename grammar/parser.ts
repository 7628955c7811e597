/**
 * The grammar: which token may follow which, and nothing about what it means. Each public
 * property is one rule, and the syntax tree of a rule carries the rule's name. In three
 * places the grammar reads more than the language has, so that `src/syntax` can say what is
 * wrong in better words than "unexpected token"; README.md lists them.
 *
 * Operators are read as one flat chain without precedence, which keeps the depth of the
 * stack, and with it the deepest program that can be read, independent of their number.
 */
import {
  type CstNode,
  type IParserErrorMessageProvider,
  type ParserMethod,
  type Rule as RecordedRule,
  tokenLabel,
} from "chevrotain";
import { lookahead } from "./generated/lookahead.ts";
import { PreparedParser } from "./prepared-parser.ts";
import * as t from "./tokens.ts";

type Rule = ParserMethod<[], CstNode>;

/** An error's message is only what was expected; whole sentences are made in `src/syntax`. */
const expectationOnly: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => tokenLabel(expected),
  buildNotAllInputParsedMessage: () => "`model`, `block`, `train`, `const` or `import`",
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? "something else",
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? "something else",
};

/** The most tokens that a decision looks at. */
export const MAX_LOOKAHEAD = 2;

export class CnnParser extends PreparedParser {
  private analysed: CnnParser | undefined;

  /**
   * `analyse` has Chevrotain work out anew what `generated/lookahead.ts` keeps; `validate` also
   * looks for ambiguities in the grammar itself, which only its test needs.
   */
  constructor({ analyse = false, validate = false } = {}) {
    super([...t.vocabulary], {
      maxLookahead: MAX_LOOKAHEAD,
      recoveryEnabled: false,
      skipValidations: !validate,
      errorMessageProvider: expectationOnly,
    });
    if (analyse || validate) this.performSelfAnalysis();
    else this.prepare(lookahead, t.vocabulary);
  }

  /** The recorded rules. Chevrotain asks for them at a mistake, so they are recorded at the first. */
  override getGAstProductions(): Record<string, RecordedRule> {
    const recorded = super.getGAstProductions();
    if (Object.keys(recorded).length > 0) return recorded;
    this.analysed ??= new CnnParser({ analyse: true });
    return this.analysed.getGAstProductions();
  }

  readonly program: Rule = this.RULE("program", () => {
    this.MANY(() => this.SUBRULE(this.item));
  });

  readonly item: Rule = this.RULE("item", () => {
    this.MANY(() => this.SUBRULE(this.attribute));
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.import) },
        { ALT: () => this.SUBRULE(this.const) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.model) },
        { ALT: () => this.SUBRULE(this.train) },
      ],
      ERR_MSG: "`model`, `block`, `train`, `const` or `import`",
    });
  });

  /** `@weights("lenet5.safetensors")` */
  readonly attribute: Rule = this.RULE("attribute", () => {
    this.CONSUME(t.At);
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.LeftParen);
      this.SUBRULE(this.arguments);
      this.CONSUME(t.RightParen);
    });
  });

  /** `import { Residual, Stem as Head } from "./resnet.cnn"` */
  readonly import: Rule = this.RULE("import", () => {
    this.CONSUME(t.Import);
    this.CONSUME(t.LeftBrace);
    this.SUBRULE(this.importedName);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.importedName);
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    this.CONSUME(t.RightBrace);
    this.CONSUME(t.From);
    this.CONSUME(t.StringLiteral);
  });

  readonly importedName: Rule = this.RULE("importedName", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.As);
      this.CONSUME2(t.Identifier);
    });
  });

  /** `const WIDTH = 64` */
  readonly const: Rule = this.RULE("const", () => {
    this.CONSUME(t.Const);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.pipeline);
  });

  readonly block: Rule = this.RULE("block", () => {
    this.CONSUME(t.Block);
    this.SUBRULE(this.signature);
    this.SUBRULE(this.body);
  });

  readonly model: Rule = this.RULE("model", () => {
    this.CONSUME(t.Model);
    this.SUBRULE(this.signature);
    this.SUBRULE(this.body);
  });

  /** `Name(x: [N, C, H, W], out: int = 1) -> [N, out] where H % 2 == 0` */
  readonly signature: Rule = this.RULE("signature", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LeftParen);
    this.OPTION(() => {
      this.SUBRULE(this.parameter);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.parameter);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightParen);
    this.OPTION3(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE(this.result);
    });
    this.OPTION4(() => this.SUBRULE(this.where));
  });

  readonly parameter: Rule = this.RULE("parameter", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.OR({
        DEF: [{ ALT: () => this.SUBRULE(this.list) }, { ALT: () => this.CONSUME2(t.Identifier) }],
        ERR_MSG: "a shape such as `[N, C, H, W]`, or a type such as `int`",
      });
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.pipeline);
    });
  });

  readonly result: Rule = this.RULE("result", () => {
    this.OR({
      DEF: [{ ALT: () => this.SUBRULE(this.list) }, { ALT: () => this.SUBRULE(this.recordType) }],
      ERR_MSG: "the shape of the result, such as `[N, 10]`",
    });
  });

  /** `{ logits: [N, 10], features: [N, 64] }` */
  readonly recordType: Rule = this.RULE("recordType", () => {
    this.CONSUME(t.LeftBrace);
    this.SUBRULE(this.recordTypeField);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.recordTypeField);
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    this.CONSUME(t.RightBrace);
  });

  readonly recordTypeField: Rule = this.RULE("recordTypeField", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.list);
  });

  /** `where H % 4 == 0, W % 4 == 0` */
  readonly where: Rule = this.RULE("where", () => {
    this.CONSUME(t.Where);
    this.SUBRULE(this.chain);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.chain);
    });
  });

  readonly train: Rule = this.RULE("train", () => {
    this.CONSUME(t.Train);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.setting));
    this.CONSUME(t.RightBrace);
  });

  readonly setting: Rule = this.RULE("setting", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.chain);
  });

  /**
   * Everything in braces: a body `{ let … result }`, a record `{ name = …, … }`, and what
   * lies between the two by mistake.
   */
  readonly body: Rule = this.RULE("body", () => {
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.SUBRULE(this.entry));
    this.CONSUME(t.RightBrace);
  });

  readonly entry: Rule = this.RULE("entry", () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.binding) },
        { ALT: () => this.SUBRULE(this.pipeline) },
      ],
      ERR_MSG: "a value or a layer",
    });
    this.OPTION(() => this.CONSUME(t.Comma));
  });

  /** `let a = …`, `let (a, b) = …` */
  readonly let: Rule = this.RULE("let", () => {
    this.CONSUME(t.Let);
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Identifier) },
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            this.CONSUME2(t.Identifier);
            this.MANY(() => {
              this.CONSUME(t.Comma);
              this.CONSUME3(t.Identifier);
            });
            this.OPTION(() => this.CONSUME2(t.Comma));
            this.CONSUME(t.RightParen);
          },
        },
      ],
      ERR_MSG: "a name",
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.pipeline);
  });

  readonly binding: Rule = this.RULE("binding", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.pipeline);
  });

  /** `a -> b -> c`, or one step alone. */
  readonly pipeline: Rule = this.RULE("pipeline", () => {
    this.SUBRULE(this.step);
    this.MANY(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE2(this.step);
    });
  });

  readonly step: Rule = this.RULE("step", () => {
    this.OPTION(() => {
      this.SUBRULE(this.label);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.chain);
  });

  readonly label: Rule = this.RULE("label", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
    ]);
  });

  /** `a + b * c`, without its precedence. */
  readonly chain: Rule = this.RULE("chain", () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.CONSUME(t.BinaryOperator);
      this.SUBRULE2(this.operand);
    });
  });

  /** Kept, as each operand of a program would make them anew. */
  private readonly operands = [
    { ALT: () => this.CONSUME(t.IntLiteral) },
    { ALT: () => this.CONSUME(t.FloatLiteral) },
    { ALT: () => this.CONSUME(t.StringLiteral) },
    { ALT: () => this.CONSUME(t.True) },
    { ALT: () => this.CONSUME(t.False) },
    { ALT: () => this.CONSUME(t.Identifier) },
    { ALT: () => this.SUBRULE(this.parentheses) },
    { ALT: () => this.SUBRULE(this.list) },
    { ALT: () => this.SUBRULE(this.body) },
    { ALT: () => this.SUBRULE(this.if) },
    { ALT: () => this.SUBRULE(this.repeat) },
  ];

  readonly operand: Rule = this.RULE("operand", () => {
    this.MANY(() => this.CONSUME(t.PrefixOperator));
    this.OR({ DEF: this.operands, ERR_MSG: "a value or a layer" });
    this.MANY2(() => this.SUBRULE(this.suffix));
  });

  /** `(a, b)` of a call, `.name`, `[i]`. */
  readonly suffix: Rule = this.RULE("suffix", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.CallParen);
          this.SUBRULE(this.arguments);
          this.CONSUME(t.RightParen);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Dot);
          this.CONSUME(t.Identifier);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.IndexBracket);
          this.SUBRULE(this.chain);
          this.CONSUME(t.RightBracket);
        },
      },
    ]);
  });

  readonly arguments: Rule = this.RULE("arguments", () => {
    this.OPTION(() => {
      this.SUBRULE(this.argument);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.argument);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
  });

  readonly argument: Rule = this.RULE("argument", () => {
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.pipeline);
  });

  /** `(a + b)`, or the tuple `(3, 5)`. */
  readonly parentheses: Rule = this.RULE("parentheses", () => {
    this.CONSUME(t.LeftParen);
    this.SUBRULE(this.pipeline);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.pipeline);
    });
    this.OPTION(() => this.CONSUME2(t.Comma));
    this.CONSUME(t.RightParen);
  });

  /** `[N, C, H, W]` */
  readonly list: Rule = this.RULE("list", () => {
    this.CONSUME(t.LeftBracket);
    this.OPTION(() => {
      this.SUBRULE(this.pipeline);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.pipeline);
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightBracket);
  });

  readonly if: Rule = this.RULE("if", () => {
    this.CONSUME(t.If);
    this.SUBRULE(this.chain);
    this.SUBRULE(this.body);
    this.MANY(() => {
      this.CONSUME(t.Else);
      this.CONSUME2(t.If);
      this.SUBRULE2(this.chain);
      this.SUBRULE2(this.body);
    });
    this.OPTION(() => {
      this.CONSUME2(t.Else);
      this.SUBRULE3(this.body);
    });
  });

  /** `repeat 2 { … }`, `repeat i in 0..n { … }` */
  readonly repeat: Rule = this.RULE("repeat", () => {
    this.CONSUME(t.Repeat);
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.CONSUME(t.In);
    });
    this.SUBRULE(this.chain);
    this.OPTION2(() => {
      this.CONSUME(t.DotDot);
      this.SUBRULE2(this.chain);
    });
    this.SUBRULE(this.body);
  });
}
