/** Operators and functions of single elements in PyTorch: comparisons give numbers here, and truth values there. */
import { number } from "../python.ts";
import type { Form, Forms } from "./form.ts";

/** `torch.abs(x)`. */
const torchCall = (name: string): Form => ({ expression: (_, [x]) => `torch.${name}(${x})` });

/** `-2 ** x` would be `-(2 ** x)`. */
const grouped = (value: number): string => (value < 0 ? `(${number(value)})` : number(value));

const operator = (sign: string): Form => ({ expression: (_, [a, b]) => `${a} ${sign} ${b}` });

const scalarOperator = (sign: string): Form => ({
  expression: ({ attributes }, [x]) => `${x} ${sign} ${number(attributes.number("scalar"))}`,
});

const reversedOperator = (sign: string): Form => ({
  expression: ({ attributes }, [x]) => `${grouped(attributes.number("scalar"))} ${sign} ${x}`,
});

const comparison = (sign: string): Form => ({
  expression: (_, [a, b]) => `(${a} ${sign} ${b}).to(${a}.dtype)`,
});

const scalarComparison = (sign: string): Form => ({
  expression: ({ attributes }, [x]) =>
    `(${x} ${sign} ${number(attributes.number("scalar"))}).to(${x}.dtype)`,
});

export const arithmeticForms: Forms = {
  add: operator("+"),
  sub: operator("-"),
  mul: operator("*"),
  div: operator("/"),
  pow: operator("**"),
  add_scalar: scalarOperator("+"),
  sub_scalar: scalarOperator("-"),
  mul_scalar: scalarOperator("*"),
  div_scalar: scalarOperator("/"),
  pow_scalar: scalarOperator("**"),
  rsub_scalar: reversedOperator("-"),
  rdiv_scalar: reversedOperator("/"),
  rpow_scalar: reversedOperator("**"),
  eq: comparison("=="),
  ne: comparison("!="),
  lt: comparison("<"),
  le: comparison("<="),
  gt: comparison(">"),
  ge: comparison(">="),
  eq_scalar: scalarComparison("=="),
  ne_scalar: scalarComparison("!="),
  lt_scalar: scalarComparison("<"),
  le_scalar: scalarComparison("<="),
  gt_scalar: scalarComparison(">"),
  ge_scalar: scalarComparison(">="),
  maximum: { expression: (_, [a, b]) => `torch.maximum(${a}, ${b})` },
  minimum: { expression: (_, [a, b]) => `torch.minimum(${a}, ${b})` },
  maximum_scalar: {
    expression: ({ attributes }, [x]) =>
      `torch.clamp(${x}, min=${number(attributes.number("scalar"))})`,
  },
  minimum_scalar: {
    expression: ({ attributes }, [x]) =>
      `torch.clamp(${x}, max=${number(attributes.number("scalar"))})`,
  },
  select: { expression: (_, [condition, a, b]) => `torch.where(${condition} != 0, ${a}, ${b})` },
  abs: torchCall("abs"),
  acos: torchCall("acos"),
  acosh: torchCall("acosh"),
  asin: torchCall("asin"),
  asinh: torchCall("asinh"),
  atan: torchCall("atan"),
  atanh: torchCall("atanh"),
  ceil: torchCall("ceil"),
  cos: torchCall("cos"),
  cosh: torchCall("cosh"),
  erf: torchCall("erf"),
  exp: torchCall("exp"),
  floor: torchCall("floor"),
  log: torchCall("log"),
  reciprocal: torchCall("reciprocal"),
  round: torchCall("round"),
  rsqrt: torchCall("rsqrt"),
  sign: torchCall("sign"),
  sin: torchCall("sin"),
  sinh: torchCall("sinh"),
  sqrt: torchCall("sqrt"),
  square: torchCall("square"),
  tan: torchCall("tan"),
};
