/**
 * Which layers the language's operators stand for. Between two tensors it is a layer with
 * two inputs; where one side is a number, a layer with one input and the attribute `scalar`.
 * So `body + shortcut` is `add`, `x * 0.5` is `mul_scalar` and `1 - gate` is `rsub_scalar`;
 * `-x` is `mul_scalar` by -1. Comparisons give masks of 0 and 1.
 */

/** Kinds of layers. */
export interface Forms {
  readonly tensors: string;
  readonly tensorFirst: string;
  readonly numberFirst: string;
}

const forms = (tensors: string, numberFirst = `${tensors}_scalar`): Forms => ({
  tensors,
  tensorFirst: `${tensors}_scalar`,
  numberFirst,
});

export const operators = {
  "+": forms("add"),
  "-": forms("sub", "rsub_scalar"),
  "*": forms("mul"),
  "/": forms("div", "rdiv_scalar"),
  "<": forms("lt", "gt_scalar"),
  "<=": forms("le", "ge_scalar"),
  ">": forms("gt", "lt_scalar"),
  ">=": forms("ge", "le_scalar"),
  "==": forms("eq"),
  "!=": forms("ne"),
} as const;

/** By the layer of two tensors: what a call of it stands for that has a number for one of them. */
export const formsOfCalls: ReadonlyMap<string, Forms> = new Map(
  [
    ...Object.values(operators),
    forms("maximum"),
    forms("minimum"),
    forms("pow", "rpow_scalar"),
  ].map((each) => [each.tensors, each]),
);
