/** The text of a program, before it is formatted: its blocks, what is said of the model, its body. */
import { typeOf, valueOf } from "../../graph/access.ts";
import type { Graph, Metadata, ValueId } from "../../graph/graph.ts";
import { type Block, type ShapeOf, headText, makeBlock } from "./blocks/block.ts";
import { blockNames } from "./blocks/block-names.ts";
import { writeBody } from "./body/body.ts";
import { LocalNames, identifierFrom, pascalCase } from "./code/identifiers.ts";
import { settleLabels } from "./body/labels.ts";
import { fieldName } from "./body/let-names.ts";
import { printBody } from "./code/print-code.ts";
import { quote } from "./code/quote.ts";
import { type Region, passedBy } from "./outline/region.ts";
import { withRepeats } from "./body/repeats.ts";
import { type ParametersOf, type Settings, literal, settingsOf } from "./blocks/settings.ts";
import { type StepContext, stepOf } from "./body/steps.ts";
import { factsOf, namesOf, shapeExpression } from "./code/sizes.ts";
import { Templates } from "./outline/templates.ts";

/** Of a graph without dead nodes, as the regions that it is divided into. */
export function programText(graph: Graph, model: Region): string {
  const writer = new ProgramWriter(graph, model);
  return [...writer.blocks(), writer.model()].join("\n");
}

class ProgramWriter {
  private readonly graph: Graph;
  private readonly region: Region;
  private readonly templates: Templates;
  /** What the outputs of absent options are. */
  private readonly passing: ReadonlyMap<ValueId, ValueId>;
  private readonly blocksById = new Map<number, Block>();
  private readonly itemNames: LocalNames;
  private readonly name: string;

  constructor(graph: Graph, region: Region) {
    this.graph = graph;
    this.region = region;
    this.templates = new Templates(region);
    this.passing = passedBy(region);
    this.name = pascalCase(graph.name, "Network");
    this.itemNames = new LocalNames([this.name]);
  }

  blocks(): readonly string[] {
    const texts: string[] = [];
    const templates = this.templates.inOrder.filter(({ isBlock }) => isBlock);
    const names = blockNames(templates.map(({ regions }) => regions));
    for (const [at, template] of templates.entries()) {
      const name = this.itemNames.take(names[at]);
      const block = makeBlock(name, template, this.shapeOf, this.parametersOf);
      this.blocksById.set(template.id, block);
      texts.push(this.blockText(block));
    }
    return texts;
  }

  private readonly parametersOf: ParametersOf = (region) => this.blockOf(region)?.parameters;

  private readonly shapeOf: ShapeOf = (id) => {
    let real = id;
    for (let at = this.passing.get(id); at !== undefined; at = this.passing.get(at)) real = at;
    return typeOf(this.graph, real).shape;
  };

  private blockOf(region: Region): Block | undefined {
    return this.blocksById.get(this.templates.of(region).id);
  }

  private context(settings: Settings, parameterName: StepContext["parameterName"]): StepContext {
    return { settings, parameterName, blockName: (region) => this.blockOf(region)?.name };
  }

  private blockText(block: Block): string {
    const [region] = block.template.regions;
    const body = writeBody(region, {
      names: new LocalNames(block.names),
      inputs: block.tensors.map(({ name }) => name),
      step: (part) => stepOf(part, this.context(block.settings, block.parameterName)),
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
    const settings = settingsOf([region], this.parametersOf, literal);
    const body = writeBody(region, {
      names,
      inputs,
      ...(outputs && { outputs }),
      step: (part) =>
        stepOf(
          part,
          this.context(settings, () => ""),
        ),
    });
    const promise = facts.length === 0 ? "" : ` where ${facts.join(", ")}`;
    const head = `model ${this.name}(${parameters.join(", ")}) -> ${resultType(graph, outputs)}`;
    return [
      ...metadataLines(graph.metadata),
      `${head}${promise} ${printBody(withRepeats(settleLabels(body)))}`,
      "",
    ].join("\n");
  }
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
