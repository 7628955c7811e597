/**
 * Which layers the language's operators stand for. Between two tensors it is a layer with
 * two inputs; where one side is a number, a layer with one input and the attribute `scalar`.
 * So `body + shortcut` is `add`, `x * 0.5` is `mul_scalar` and `1 - gate` is `rsub_scalar`;
 * `-x` is `mul_scalar` by -1.
 */
export const operators = {
  "+": { tensors: "add", tensorFirst: "add_scalar", numberFirst: "add_scalar" },
  "-": { tensors: "sub", tensorFirst: "sub_scalar", numberFirst: "rsub_scalar" },
  "*": { tensors: "mul", tensorFirst: "mul_scalar", numberFirst: "mul_scalar" },
  "/": { tensors: "div", tensorFirst: "div_scalar", numberFirst: "rdiv_scalar" },
} as const;
