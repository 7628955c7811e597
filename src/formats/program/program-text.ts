/** The text of a program, before it is formatted: what is said of the model, its inputs, its body. */
import { layerOf } from "../../analysis/table.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { typeOf, valueOf } from "../../graph/access.ts";
import type { Graph, Metadata } from "../../graph/graph.ts";
import type { Category } from "../../layers/layer.ts";
import { argumentText, givenArguments } from "./arguments.ts";
import { writeBody } from "./body.ts";
import { type CallArgument, type Step, text } from "./code.ts";
import { LocalNames, identifierFrom, pascalCase } from "./identifiers.ts";
import { settleLabels } from "./labels.ts";
import { fieldName } from "./let-names.ts";
import { printBody } from "./print-code.ts";
import { quote } from "./quote.ts";
import type { LayerPart, Part, Region } from "./region.ts";
import { factsOf, namesOf, shapeExpression, sizeExpression } from "./sizes.ts";

/** Of a graph without dead nodes. */
export function programText(graph: Graph): string {
  return modelText(graph, flatRegion(graph));
}

function flatRegion(graph: Graph): Region {
  return {
    kind: "region",
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ value }) => value),
    parts: graph.nodes.map((node): LayerPart => {
      const hasWeights = Object.keys(node.weights).length > 0;
      return {
        kind: "layer",
        node,
        ...(hasWeights ? { label: node.name } : {}),
        inputs: node.inputs,
        outputs: node.outputs,
      };
    }),
  };
}

function modelText(graph: Graph, region: Region): string {
  const sizes = namesOf(graph.inputs.map((id) => typeOf(graph, id).shape));
  const names = new LocalNames(sizes.map(({ name }) => name));
  const inputs = graph.inputs.map((id) =>
    names.take(identifierFrom(valueOf(graph, id).name, "image")),
  );
  const parameters = graph.inputs.map(
    (id, at) => `${inputs[at]}: ${shapeExpression(typeOf(graph, id).shape)}`,
  );
  const fields = new LocalNames();
  const outputs =
    graph.outputs.length === 1
      ? undefined
      : graph.outputs.map(({ name }, at) => fields.take(fieldName(name, at)));
  const facts = sizes.flatMap(factsOf);
  const body = settleLabels(
    writeBody(region, { names, inputs, ...(outputs && { outputs }), step: stepOf }),
  );
  const head = `model ${pascalCase(graph.name, "Network")}(${parameters.join(", ")})`;
  const promise = facts.length === 0 ? "" : ` where ${facts.join(", ")}`;
  return [
    ...metadataLines(graph.metadata),
    `${head} -> ${resultType(graph, outputs)}${promise} ${printBody(body)}`,
    "",
  ].join("\n");
}

function resultType(graph: Graph, fields: readonly string[] | undefined): string {
  const shapes = graph.outputs.map(({ value }) => shapeExpression(typeOf(graph, value).shape));
  return fields === undefined
    ? shapes[0]
    : `{ ${shapes.map((shape, at) => `${fields[at]}: ${shape}`).join(", ")} }`;
}

function metadataLines({ doc, weights, labels }: Metadata): readonly string[] {
  return [
    ...(doc === undefined ? [] : doc.split("\n").map((line) => `/// ${line}`)),
    ...(weights === undefined ? [] : [`@weights(${quote(weights)})`]),
    ...(labels === undefined ? [] : [`@labels(${labels.map(quote).join(", ")})`]),
  ];
}

function stepOf(part: Part): Step {
  if (part.kind === "region") throw new InternalFault("regions are not written yet");
  const { node, label } = part;
  const given = givenArguments(node.kind, node.attributes);
  const isFree = part.inputs.length === 1;
  const firstParameter = Object.keys(layerOf(node).parameters)[0];
  return {
    value: {
      kind: "call",
      callee: node.kind,
      arguments: given.map((argument): CallArgument => {
        const value = text(argumentText(argument, sizeExpression));
        return isFree && argument.parameter === firstParameter
          ? { value }
          : { name: argument.parameter, value };
      }),
    },
    ...(label === undefined ? {} : { wanted: label }),
    stem: node.kind,
    role: ROLES[layerOf(node).category],
  };
}

const ROLES: Readonly<Record<Category, Step["role"]>> = {
  source: "follower",
  convolution: "main",
  linear: "main",
  normalization: "norm",
  pooling: "follower",
  activation: "follower",
  arithmetic: "follower",
  shape: "follower",
  resampling: "follower",
  regularization: "follower",
};
