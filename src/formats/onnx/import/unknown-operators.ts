/** What to do about a node whose operator is not in the table. */
import { nearest } from "../../../diagnostics/nearest.ts";
import { excerpt } from "../../excerpt.ts";
import type { OnnxNode } from "./model.ts";

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(If|Loop|Scan)$/, "export the network for one example, so that its branches are decided"],
  [
    /^(Range|ConstantOfShape)$/,
    "sizes that depend on the input can be fixed with `--set NAME=SIZE`",
  ],
  [/^(LSTM|GRU|RNN)$/, "recurrent networks are not convolutional ones; keep this part outside"],
  [/Integer$|^QLinear|Linear$|^DynamicQuantize/, "export the network before it is quantised"],
  [/^(Sequence|Optional|String)/, "export the network with tensors as inputs and outputs"],
  [/^Random|^Multinomial|^Bernoulli/, "give random numbers as an input of the model"],
  [
    /^(NonMaxSuppression|TopK|NonZero|Unique|RoiAlign|MaxRoiPool)$/,
    "cut the model before it and do this outside",
  ],
  [/^Arg(Max|Min)$/, "take the index of the largest result outside of the network"],
];

export function remedyFor({ op, domain }: OnnxNode, known: Iterable<string>): string {
  if (domain.startsWith("com.microsoft")) {
    return "take the model as it was before onnxruntime optimised it";
  }
  if (domain !== "")
    return `export it with ONNX's own operators, without those of ${excerpt(domain)}`;
  const family = FAMILIES.find(([pattern]) => pattern.test(op));
  if (family !== undefined) return family[1];
  const close = op.length < 100 ? nearest(op, known) : undefined;
  if (close !== undefined) return `did you mean ${close}?`;
  return "export it in a newer or older version of the operators, or cut the model before it";
}
