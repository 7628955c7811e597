/** The text of a program, before it is formatted: its blocks, what is said of the model, its body. */
import { layerOf } from "../../analysis/table.ts";
import { snakeCase } from "../../check/names.ts";
import { typeOf, valueOf } from "../../graph/access.ts";
import type { Graph, Metadata } from "../../graph/graph.ts";
import type { Category } from "../../layers/layer.ts";
import { type Block, headText, makeBlock } from "./block.ts";
import type { BlockParameter, Expression } from "./block-parameters.ts";
import { blockName } from "./block-names.ts";
import { writeBody } from "./body.ts";
import { type CallArgument, type Step, text } from "./code.ts";
import { LocalNames, identifierFrom, pascalCase } from "./identifiers.ts";
import { settleLabels } from "./labels.ts";
import { fieldName } from "./let-names.ts";
import { printBody } from "./print-code.ts";
import { quote } from "./quote.ts";
import type { Part, Region } from "./region.ts";
import { withRepeats } from "./repeats.ts";
import { scopesOf } from "./scopes.ts";
import { type Settings, literal, settingsOf } from "./settings.ts";
import { factsOf, namesOf, shapeExpression } from "./sizes.ts";
import { Templates } from "./templates.ts";

/** Of a graph without dead nodes. */
export function programText(graph: Graph): string {
  const region = scopesOf(graph);
  const writer = new ProgramWriter(graph, region);
  return [...writer.blocks(), writer.model()].join("\n");
}

class ProgramWriter {
  private readonly graph: Graph;
  private readonly region: Region;
  private readonly templates: Templates;
  private readonly blocksById = new Map<number, Block>();
  private readonly itemNames: LocalNames;
  private readonly name: string;

  constructor(graph: Graph, region: Region) {
    this.graph = graph;
    this.region = region;
    this.templates = new Templates(region);
    this.name = pascalCase(graph.name, "Network");
    this.itemNames = new LocalNames([this.name]);
  }

  blocks(): readonly string[] {
    const texts: string[] = [];
    for (const template of this.templates.inOrder) {
      if (!template.isBlock) continue;
      const name = this.itemNames.take(blockName(template.regions));
      const block = makeBlock(
        name,
        template,
        this.graph,
        (region) => this.blockOf(region)?.parameters,
      );
      this.blocksById.set(template.id, block);
      texts.push(this.blockText(block));
    }
    return texts;
  }

  private blockOf(region: Region): Block | undefined {
    return this.blocksById.get(this.templates.of(region).id);
  }

  private blockText(block: Block): string {
    const [region] = block.template.regions;
    const body = writeBody(region, {
      names: new LocalNames(block.names),
      inputs: block.tensors.map(({ name }) => name),
      step: (part) => this.step(part, block.settings, block.parameterName),
    });
    return `block ${headText(block)} ${printBody(withRepeats(settleLabels(body)))}\n`;
  }

  model(): string {
    const { graph, region } = this;
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
    const settings = settingsOf([region], (inner) => this.blockOf(inner)?.parameters, literal);
    const body = writeBody(region, {
      names,
      inputs,
      ...(outputs && { outputs }),
      step: (part) => this.step(part, settings, () => ""),
    });
    const promise = facts.length === 0 ? "" : ` where ${facts.join(", ")}`;
    const head = `model ${this.name}(${parameters.join(", ")}) -> ${resultType(graph, outputs)}`;
    return [
      ...metadataLines(graph.metadata),
      `${head}${promise} ${printBody(withRepeats(settleLabels(body)))}`,
      "",
    ].join("\n");
  }

  private step(
    part: Part,
    settings: Settings,
    parameterName: (parameter: BlockParameter) => string,
  ): Step {
    const wanted = part.label === undefined ? {} : { wanted: part.label };
    const given = settings.get(part)?.map(({ parameter, value, isPositional }): CallArgument => {
      const written = text(expressionText(value, parameterName));
      return isPositional && part.inputs.length < 2
        ? { value: written }
        : { name: parameter, value: written };
    });
    if (part.kind === "layer") {
      const { kind } = part.node;
      const role = ROLES[layerOf(part.node).category];
      return {
        value: { kind: "call", callee: kind, arguments: given ?? [] },
        ...wanted,
        stem: kind,
        role,
      };
    }
    const block = this.blockOf(part);
    if (block === undefined) {
      const steps = part.parts.map((inner) => this.step(inner, settings, parameterName));
      const body = { lets: [], result: { kind: "pipeline", steps } } as const;
      return { value: { kind: "group", body }, ...wanted, stem: "group", role: "part" };
    }
    const { name } = block;
    const value = { kind: "call", callee: name, arguments: given ?? [] } as const;
    return { value, ...wanted, stem: snakeCase(name), role: "part" };
  }
}

function expressionText(
  expression: Expression,
  parameterName: (parameter: BlockParameter) => string,
): string {
  return expression
    .map((piece) => (typeof piece === "string" ? piece : parameterName(piece)))
    .join("");
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
