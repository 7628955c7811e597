/**
 * What a block is called: as its uses are labelled if these agree (`inception3a`, `inception3b`),
 * otherwise after what is in it, as papers call it.
 */
import { layerOf } from "../../../analysis/table.ts";
import type { Node } from "../../../graph/graph.ts";
import { isList } from "../../../graph/print.ts";
import type { Category } from "../../../layers/layer.ts";
import { pascalCase } from "../code/identifiers.ts";
import { type Part, type Region, isPipeline, layersOf } from "../outline/region.ts";

/** Labels that say where a block stands and not what it is. */
const PLACES: ReadonlySet<string> = new Set(
  "layer layers block blocks stage stages module features conv body branch net model seq op".split(
    " ",
  ),
);

/** Of several blocks; those that would have one name are told apart by letters: `InceptionA`. */
export function blockNames(blocks: readonly (readonly Region[])[]): readonly string[] {
  const names = blocks.map(blockName);
  return names.map((name, at) => {
    const alike = names.flatMap((other, i) => (other === name ? [i] : []));
    const letter = LETTERS.at(alike.indexOf(at));
    return alike.length === 1 || alike.length > LETTERS.length ? name : `${name}${letter}`;
  });
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** @param regions all that the block stands for */
export function blockName(regions: readonly Region[]): string {
  const stems = regions.map(({ label = "" }) => label.replace(/[_.]?\d+[a-z]?$/, ""));
  const [stem] = stems;
  const isName = stem.length > 1 && /^[A-Za-z][A-Za-z_]*$/.test(stem);
  const areAlike = isName && stems.every((other) => other === stem);
  // What is so short stands for something: `se`.
  if (areAlike && !PLACES.has(stem) && stem.length > 2) return pascalCase(stem, "Block");
  return contentName(regions[0]) ?? (areAlike ? pascalCase(stem, "Block") : rarestName(regions[0]));
}

function contentName(region: Region): string | undefined {
  if (isPipeline(region)) return pipelineName(region);
  const parts = region.parts.flatMap((part) =>
    part.kind === "option" ? part.choice.body.parts : [part],
  );
  const join = parts.findLast(isJoin);
  const nodes = nodesOf(region);
  switch (join?.node.kind) {
    case "mul":
      return nodes.some(isPool) ? "SqueezeExcitation" : "Gate";
    case "add":
      return sumName(nodes);
    case "concat":
      return concatName(region, join.inputs, nodes);
    default:
      return undefined;
  }
}

const COMMON: ReadonlySet<Category> = new Set([
  "convolution",
  "linear",
  "normalization",
  "activation",
  "arithmetic",
  "pooling",
  "regularization",
]);

/** After the layer that sets it apart from others. */
function rarestName(region: Region): string {
  const rare = nodesOf(region).find((node) => !COMMON.has(layerOf(node).category));
  return rare === undefined ? "Block" : `${pascalCase(rare.kind, "")}Block`;
}

function isJoin(part: Part): part is Extract<Part, { kind: "layer" }> {
  const isLayer = part.kind === "layer" && part.inputs.length > 1;
  return isLayer && ["mul", "add", "concat"].includes(part.node.kind);
}

function sumName(nodes: readonly Node[]): string {
  const convolutions = nodes.filter(({ kind }) => kind === "conv" || kind === "depthwise");
  if (convolutions.some(isDepthwise)) {
    const isConvNeXt = nodes.some(({ kind }) => kind === "layer_norm" || kind === "linear");
    return isConvNeXt ? "ConvNeXtBlock" : "InvertedResidual";
  }
  const kernels = convolutions.map(kernelOf);
  return kernels[0] === 1 && (kernels[1] ?? 1) > 1 && kernels[2] === 1 ? "Bottleneck" : "Residual";
}

function concatName(region: Region, inputs: readonly number[], nodes: readonly Node[]): string {
  if (nodes.some(({ kind }) => kind === "conv_transpose" || kind === "upsample")) return "Up";
  if (nodes.some(({ kind }) => kind === "channel_shuffle")) return "ShuffleUnit";
  if (inputs.length > 2) return "Inception";
  if (region.inputs.some((id) => inputs.includes(id))) return "DenseLayer";
  const [first] = region.parts;
  const isSqueezed = first.kind === "layer" && kernelOf(first.node) === 1;
  return isSqueezed ? "Fire" : "Branches";
}

const SHORT: Readonly<Record<string, string>> = {
  batch_norm: "Bn",
  global_avg_pool: "Pool",
  layer_norm: "Norm",
  conv_transpose: "Deconv",
};

function pipelineName(region: Region): string | undefined {
  if (isDownsample(nodesOf(region))) return "Downsample";
  const words = nodesOf(region).map(({ kind }) => SHORT[kind] ?? pascalCase(kind, "Layer"));
  const half = words.length / 2;
  const isDouble = words.slice(0, half).join() === words.slice(half).join();
  if (isDouble && words[0] === "Conv") return "DoubleConv";
  return words.length <= 4 ? words.join("") : undefined;
}

/** A norm and a convolution of windows that lie side by side. */
function isDownsample(nodes: readonly Node[]): boolean {
  const [norm, conv, ...others] = nodes;
  const { kernel, stride } = conv?.attributes ?? {};
  return (
    others.length === 0 &&
    layerOf(norm).category === "normalization" &&
    conv?.kind === "conv" &&
    kernelOf(conv) !== 1 &&
    String(kernel) === String(stride)
  );
}

function isDepthwise({ kind, attributes: { groups, out } }: Node): boolean {
  return kind === "depthwise" || (kind === "conv" && groups !== 1 && groups === out);
}

function isPool(node: Node): boolean {
  return layerOf(node).category === "pooling" || node.kind === "mean";
}

/** The height of a layer's window. */
function kernelOf({ attributes: { kernel } }: Node): number | undefined {
  const height = kernel !== undefined && isList(kernel) ? kernel[0] : undefined;
  return typeof height === "number" ? height : undefined;
}

function nodesOf(part: Part): readonly Node[] {
  return layersOf(part).map(({ node }) => node);
}
