/**
 * Writes a graph as Graphviz text: a box a stage with the layers' calls and weights, the
 * shape of what flows on each arrow, a frame around each scope, a colour a category.
 * Format: https://graphviz.org/doc/info/shapes.html#html
 */
import { layerOf, layerOfKind } from "../../analysis/table.ts";
import { valueOf, weightOf } from "../../graph/access.ts";
import { formatShape } from "../../graph/dim.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { formatType } from "../../graph/tensor-type.ts";
import type { Category, Layer } from "../../layers/layer.ts";
import { callText } from "../call-text.ts";
import { roundedSizes } from "../rounded-sizes.ts";
import { type Arrow, arrowsOf } from "./arrows.ts";
import { type Box, type Scope, boxesOf, scopeOf, scopesOf } from "./dot-boxes.ts";

/** Light enough for black text, and told apart in grey print by their order. */
const colours: Readonly<Record<Category, string>> = {
  convolution: "#c6dbef",
  linear: "#fdd0a2",
  pooling: "#c7e9c0",
  normalization: "#dadaeb",
  activation: "#fff7bc",
  arithmetic: "#fbb4b9",
  shape: "#eeeeee",
  resampling: "#b5e2dc",
  regularization: "#f0e0d0",
  source: "#ffffff",
  function: "#fee8c8",
};

/** How much straighter the way of a network is drawn than its shortcuts. */
const MAIN_WEIGHT = 4;

const GREY = "#555555";

/** Letters of one width, so that boxes fit their text whatever font a viewer has. */
const FONT = "Courier";

/** The picture of a graph in Graphviz's DOT: a box for each layer, shapes at the edges. */
export function graphToDot(graph: Graph): string {
  const boxes = boxesOf(graph);
  const ids = new Map(boxes.map((box, index) => [box, `box${index}`]));
  const lines = [
    `digraph ${quoted(graph.name)} {`,
    `  graph [rankdir=TB, nodesep=0.3, ranksep=0.35, fontname="${FONT}", fontsize=10, fontcolor="${GREY}"]`,
    `  node [shape=plain, fontname="${FONT}", fontsize=11]`,
    `  edge [fontname="${FONT}", fontsize=9, fontcolor="${GREY}", color="#888888", arrowsize=0.6]`,
    ...graph.inputs.map((id) => `  input${id} ${terminal(valueOf(graph, id).name)}`),
    ...scopeLines(graph, scopesOf(boxes), ids, "  "),
    ...graph.outputs.map(({ name }, i) => `  output${i} ${terminal(name)}`),
    ...arrowsOf(graph, ids).map((arrow) => arrowLine(graph, arrow)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function terminal(name: string): string {
  return `[shape=ellipse, style=filled, fillcolor=white, label=${quoted(name)}]`;
}

/** Boxes of a scope and, in frames, of the scopes in it. */
function scopeLines(
  graph: Graph,
  scope: Scope,
  ids: ReadonlyMap<Box, string>,
  indent: string,
): readonly string[] {
  return [
    ...scope.boxes.map((box) => `${indent}${ids.get(box)} [label=<${table(graph, scope, box)}>]`),
    ...scope.scopes.flatMap((inner) => [
      `${indent}subgraph ${quoted(`cluster ${inner.name}`)} {`,
      `${indent}  graph [label=${quoted(inner.name)}, labeljust=l, style=rounded, color="#bbbbbb"]`,
      ...scopeLines(graph, inner, ids, `${indent}  `),
      `${indent}}`,
    ]),
  ];
}

function table(graph: Graph, scope: Scope, box: Box): string {
  const rows = box.nodes.flatMap((node) => [
    row(graph, node, localName(scope, node)),
    ...(node.epilogue ?? []).map((step) => cell(layerOfKind(step.kind), escaped(callText(step)))),
  ]);
  return `<table border="1" cellborder="0" cellspacing="0" cellpadding="3" color="#777777">${rows.join("")}</table>`;
}

/** The name without the labels that the frames around it show already. */
function localName(scope: Scope, node: Node): string {
  return scope.name === "" ? node.name : node.name.slice(scope.name.length + 1);
}

function row(graph: Graph, node: Node, name: string): string {
  const weights = weightsText(graph, node);
  const call = callText(node);
  // `relu1` or `2` beside `relu` says nothing; a name under which weights are kept does.
  const own = name.slice(name.lastIndexOf(".") + 1).replace(node.kind, "");
  const telling = weights !== "" || !/^\d*$/.test(own);
  const head = telling ? `<b>${escaped(name)}</b>: ${escaped(call)}` : escaped(call);
  const small =
    weights === "" ? "" : `<br/><font point-size="9" color="${GREY}">${escaped(weights)}</font>`;
  return cell(layerOf(node), head + small);
}

function cell({ category }: Layer, content: string): string {
  return `<tr><td bgcolor="${colours[category]}">${content}</td></tr>`;
}

/** `weight [64, 3, 7, 7]; bias [64]`; roles of one shape together. */
function weightsText(graph: Graph, node: Node): string {
  const rolesByShape = new Map<string, string[]>();
  for (const [role, name] of Object.entries(node.weights)) {
    const shape = formatShape(weightOf(graph, name).shape);
    rolesByShape.set(shape, [...(rolesByShape.get(shape) ?? []), role]);
  }
  const own = Object.entries(node.weights).every(([role, name]) =>
    [node.name, `${node.name}.${role}`].includes(name),
  );
  const text = [...rolesByShape].map(([shape, roles]) => `${roles.join(", ")} ${shape}`).join("; ");
  const [sharedName] = Object.values(node.weights);
  return own ? text : `${text} (shared: ${scopeOf(sharedName)})`;
}

/** Shapes stand at one arrow of each value, left-aligned, since Graphviz takes signs for wider. */
function arrowLine(graph: Graph, { value, from, to, isMain, isFirst }: Arrow): string {
  const label = `" ${quoted(roundedSizes(formatType(valueOf(graph, value).type))).slice(1, -1)} \\l"`;
  const attributes = [
    ...(isFirst ? [`label=${label}`] : []),
    ...(isMain ? [`weight=${MAIN_WEIGHT}`] : []),
  ];
  const written = attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`;
  return `  ${from} -> ${to}${written}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
