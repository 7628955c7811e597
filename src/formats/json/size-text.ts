/**
 * Reads sizes back from the text that `formatDim` writes: sums of products of numbers, names
 * and `floor(… / n)`, each over a number. Single terms need not be whole (`H/4 + W/4` may be
 * whole as a sum), so everything is a fraction until its end.
 */
import { type Dim, add, divideExactly, floorDiv, mul } from "../../graph/dim.ts";

/** The size that `text` means, or undefined where it is no size over these names. */
export function parseSize(text: string, names: ReadonlyMap<string, Dim>): Dim | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens, names);
  const { numerator, denominator } = parser.sum();
  return parser.failed || !parser.atEnd ? undefined : divideExactly(numerator, denominator);
}

interface Fraction {
  readonly numerator: Dim;
  /** Positive. */
  readonly denominator: number;
}

const TOKEN = /\s*(\d+|[A-Za-z_]\w*|[-+·/()])/y;
const LONGEST = 10_000;

function tokensOf(text: string): readonly string[] | undefined {
  if (text.length > LONGEST) return undefined;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** After the first failure the results mean nothing, and `failed` stays set. */
class Parser {
  failed = false;
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly string[];
  private readonly names: ReadonlyMap<string, Dim>;

  constructor(tokens: readonly string[], names: ReadonlyMap<string, Dim>) {
    this.tokens = tokens;
    this.names = names;
  }

  get atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  sum(): Fraction {
    let total = this.term(this.take("-") ? -1 : 1);
    while (!this.failed) {
      if (this.take("+")) total = addFractions(total, this.term(1));
      else if (this.take("-")) total = addFractions(total, this.term(-1));
      else break;
    }
    return total;
  }

  private term(sign: 1 | -1): Fraction {
    const grouped = this.take("(") ? this.group() : undefined;
    let numerator = grouped?.numerator ?? this.factor();
    while (!this.failed && this.take("·")) numerator = mul(numerator, this.factor());
    const denominator = this.take("/") ? this.number() : 1;
    return {
      numerator: mul(sign, numerator),
      denominator: denominator * (grouped?.denominator ?? 1),
    };
  }

  private factor(): Dim {
    const token = this.next();
    if (/^\d/.test(token)) return this.safe(Number(token));
    if (token === "floor" && this.take("(")) {
      const { numerator, denominator } = this.group();
      return this.failed ? 0 : floorDiv(numerator, denominator);
    }
    return this.names.get(token) ?? this.fail();
  }

  /** A sum up to its closing parenthesis. */
  private group(): Fraction {
    const deepest = 100;
    if (++this.depth > deepest) this.fail();
    const inner = this.failed ? { numerator: 0, denominator: 1 } : this.sum();
    this.depth--;
    if (!this.take(")")) this.fail();
    return inner;
  }

  private number(): number {
    const value = this.safe(Number(this.next()));
    return value >= 1 ? value : this.fail() + 1;
  }

  private safe(value: number): number {
    return Number.isSafeInteger(value) ? value : this.fail();
  }

  private next(): string {
    if (this.atEnd) {
      this.fail();
      return "";
    }
    return this.tokens[this.at++];
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private fail(): 0 {
    this.failed = true;
    return 0;
  }
}

function addFractions(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: add(mul(a.numerator, b.denominator), mul(b.numerator, a.denominator)),
    denominator: a.denominator * b.denominator,
  };
}
