/** Activations that are written as arithmetic: x · sigmoid(x), GELU by Erf, hard swish by Clip. */
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { type Recognised, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const CLOSE = 1e-4;

function isClose(value: unknown, wanted: number): boolean {
  return typeof value === "number" && Math.abs(value - wanted) <= CLOSE * Math.abs(wanted);
}

/** The value times a factor, as written by either layer; undefined for another factor. */
function scaledFrom(id: ValueId, factor: number, view: View): ValueId | undefined {
  const node = view.made(id, "mul_scalar", "div_scalar");
  const { scalar } = node?.attributes ?? {};
  const found = node?.kind === "div_scalar" ? 1 / Number(scalar) : scalar;
  return node !== undefined && isClose(found, factor) ? node.inputs[0] : undefined;
}

function shiftedFrom(id: ValueId, by: number, view: View): ValueId | undefined {
  const node = view.made(id, "add_scalar");
  return node !== undefined && isClose(node.attributes.scalar, by) ? node.inputs[0] : undefined;
}

/** `x · f(x)` with the `f` of one of these kinds. */
function selfGated(kind: string, gate: string): Pattern {
  return {
    name: kind,
    summary: `x · ${gate}(x)`,
    apply: (draft) =>
      recognise(draft, (node, view) => {
        if (node.kind !== "mul") return undefined;
        const found = node.inputs.find((id) => {
          const maker = view.made(view.other(node, id), gate);
          return maker !== undefined && maker.inputs[0] === id && isPlain(maker);
        });
        return found === undefined ? undefined : { kind, inputs: [found] };
      }),
  };
}

/** With the default slope and offset, where it has such. */
function isPlain({ attributes: { alpha = 1 / 6, beta = 0.5 } }: Node): boolean {
  return isClose(alpha, 1 / 6) && isClose(beta, 0.5);
}

export const silu = selfGated("silu", "sigmoid");

/** `relu6(x + 3)`. */
function ramp(id: ValueId, view: View): ValueId | undefined {
  const relu6 = view.made(id, "relu6");
  return relu6 && shiftedFrom(relu6.inputs[0], 3, view);
}

export const hardSigmoid: Pattern = {
  name: "hard_sigmoid",
  summary: "relu6(x + 3) / 6",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const inner = scaledFrom(node.outputs[0], 1 / 6, view);
      const x = inner === undefined ? undefined : ramp(inner, view);
      return x === undefined ? undefined : { kind: "hard_sigmoid", inputs: [x] };
    }),
};

const gatedHardSwish = selfGated("hard_swish", "hard_sigmoid");

export const hardSwish: Pattern = {
  name: "hard_swish",
  summary: "x · hard_sigmoid(x), and x · relu6(x + 3) / 6",
  apply: (draft) =>
    recognise(gatedHardSwish.apply(draft), (node, view): Recognised | undefined => {
      const inner = scaledFrom(node.outputs[0], 1 / 6, view);
      const product = view.made(inner, "mul");
      const x = product?.inputs.find((id) => ramp(view.other(product, id), view) === id);
      return x === undefined ? undefined : { kind: "hard_swish", inputs: [x] };
    }),
};

export const mish: Pattern = {
  name: "mish",
  summary: "x · tanh(softplus(x))",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "mul") return undefined;
      const x = node.inputs.find((id) => {
        const tanh = view.made(view.other(node, id), "tanh");
        const softplus = view.made(tanh?.inputs[0], "softplus");
        return softplus?.inputs[0] === id;
      });
      return x === undefined ? undefined : { kind: "mish", inputs: [x] };
    }),
};

/** The factors of a product of tensors and numbers, whatever the order in which it is written. */
interface Product {
  readonly scalar: number;
  readonly factors: readonly ValueId[];
}

/** No activation has more steps; a chain of squares would have endlessly many factors. */
const MOST_STEPS = 6;

function productOf(id: ValueId, view: View): Product {
  const factors: ValueId[] = [];
  const open = [id];
  let scalar = 1;
  for (let steps = 0; open.length > 0;) {
    const [value] = open.splice(-1);
    const node = view.made(value, "mul", "mul_scalar", "div_scalar");
    if (node === undefined || ++steps > MOST_STEPS) {
      factors.push(value);
      continue;
    }
    const by = Number(node.attributes.scalar ?? 1);
    scalar = node.kind === "div_scalar" ? scalar / by : scalar * by;
    open.push(...node.inputs.toReversed());
  }
  return { scalar, factors };
}

export const gelu: Pattern = {
  name: "gelu",
  summary: "x / 2 · (1 + erf(x / √2)), and its approximation by tanh",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "mul" && node.kind !== "mul_scalar" && node.kind !== "div_scalar") {
        return undefined;
      }
      const { scalar, factors } = productOf(node.outputs[0], view);
      if (factors.length !== 2 || !isClose(scalar, 0.5)) return undefined;
      for (const [x, gate] of [factors, factors.toReversed()]) {
        const inner = shiftedFrom(gate, 1, view);
        if (isErfOf(inner, x, view)) return { kind: "gelu", inputs: [x] };
        if (isTanhOf(inner, x, view)) {
          return { kind: "gelu", attributes: { approximate: "tanh" }, inputs: [x] };
        }
      }
      return undefined;
    }),
};

function isErfOf(id: ValueId | undefined, x: ValueId, view: View): boolean {
  const erf = view.made(id, "erf");
  return erf !== undefined && scaledFrom(erf.inputs[0], Math.SQRT1_2, view) === x;
}

/** `tanh(√(2/π) · (x + 0.044715 · x³))`. */
function isTanhOf(id: ValueId | undefined, x: ValueId, view: View): boolean {
  const tanh = view.made(id, "tanh");
  const sum = tanh && scaledFrom(tanh.inputs[0], Math.sqrt(2 / Math.PI), view);
  const add = view.made(sum, "add");
  if (add === undefined || !add.inputs.includes(x)) return false;
  const cubic = productOf(view.other(add, x), view);
  return isClose(cubic.scalar, 0.044715) && isCubeOf(cubic.factors, x, view);
}

function isCubeOf(factors: readonly ValueId[], x: ValueId, view: View): boolean {
  if (factors.length === 3) return factors.every((factor) => factor === x);
  const [only, ...others] = factors;
  const power = view.made(only, "pow_scalar");
  return others.length === 0 && power?.attributes.scalar === 3 && power.inputs[0] === x;
}
