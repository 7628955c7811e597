/**
 * Names for a block's parameters: what they set, `stride`; where several set the same, also
 * whose, `branch1`; where nothing says whose, what the kind of block calls it.
 */
import { isIdentifier } from "../code/identifiers.ts";
import { type BlockParameter, nameOf } from "./block-parameters.ts";

export function parameterNames(
  parameters: readonly BlockParameter[],
  setsResult: (parameter: BlockParameter) => boolean,
  block: string,
): ReadonlyMap<BlockParameter, string> {
  const names = new Map<BlockParameter, string>();
  for (const own of new Set(parameters.map(nameOf))) {
    const alike = parameters.filter((parameter) => nameOf(parameter) === own);
    const common = alike.length === 1 ? new Set<string>() : commonLabels(alike);
    const result = alike.find(setsResult);
    for (const parameter of alike) {
      const labels = labelsOf(parameter).filter((part) => !common.has(part));
      const isClear = parameter === result || (alike.length === 1 && own !== "out");
      const telling = alike.length === 1 ? labels.filter(isTelling) : labels;
      names.set(parameter, isClear ? own : labelled(telling, own, block));
    }
  }
  return names;
}

/** Not the number of a step, nor that a convolution is one, or as good as a linear layer. */
function isTelling(label: string): boolean {
  return !/^(\d+|(conv|fc)\d*)$/.test(label);
}

/** What papers call the only channels of a block that need a name. */
const WIDTHS: Readonly<Record<string, string>> = { SqueezeExcitation: "squeeze" };

/** The channels of a branch are called as the branch is. */
function labelled(labels: readonly string[], own: string, block: string): string {
  const label = labels.join("_").replaceAll(/\W+/g, "_");
  if (own !== "out") return label === "" ? own : `${own}_${label}`;
  return isIdentifier(label) ? label : (WIDTHS[block] ?? "width");
}

/** Without the layer and its parameter. */
function labelsOf({ origin }: BlockParameter): readonly string[] {
  return origin.slice(0, -2);
}

function commonLabels(parameters: readonly BlockParameter[]): ReadonlySet<string> {
  const all = parameters.map(labelsOf);
  return new Set(all[0].filter((label) => all.every((labels) => labels.includes(label))));
}
