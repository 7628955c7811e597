/** The length of vectors over axes. */
import { abs, argument, multiply } from "../graph/element.ts";
import { defineLayer } from "./layer.ts";
import { constant, op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { sumOf } from "./shared/numbers.ts";
import { reduce } from "./shared/onnx-statistics.ts";
import { knownPower } from "./shared/power.ts";
import { reductionFacets, reductionParameters } from "./shared/reduction.ts";

interface Attributes {
  readonly p: number;
  readonly axes: readonly number[];
  readonly keepdim: boolean;
}

export const norm = defineLayer({
  ...reductionFacets<Attributes>({
    kind: "norm",
    value: (elements, { p }) => sumOf(elements.map((element) => Math.abs(element) ** p)) ** (1 / p),
    derivatives: (elements, value, { p }) =>
      // PyTorch takes 0 where all elements are 0.
      elements.map((element) =>
        value === 0 ? 0 : Math.sign(element) * (Math.abs(element) / value) ** (p - 1),
      ),
    operation: ({ p }) => ({
      reduce: "sum",
      each: p === 2 ? multiply(argument(0), argument(0)) : knownPower(abs(argument(0)), p),
      final: knownPower(argument(0), 1 / p),
    }),
    onnx: (call, { p }) => {
      if (p === 1) return reduce("ReduceL1", call);
      if (p === 2) return reduce("ReduceL2", call);
      const powers = op("Pow", [op("Abs", [call.x]), constant(p)]);
      return op("Pow", [reduce("ReduceSum", { ...call, x: powers }), constant(1 / p)]);
    },
  }),
  summary: "The p-norm over axes: the p-th root of the sum of |x| ^ p.",
  source: "PyTorch torch.linalg.vector_norm; ONNX ReduceL1, ReduceL2",
  parameters: {
    p: float({ doc: "Which norm: 1 adds sizes, 2 is the usual length.", above: 0, default: 2 }),
    ...reductionParameters,
  },
});
