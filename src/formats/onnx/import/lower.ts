/**
 * Walks the nodes of a model in order and has each turned into layers, collecting all mistakes. Of
 * an `If` whose condition is known the branch that is taken is walked in its place.
 */
import { unknownSize } from "../../../analysis/instantiate.ts";
import type { Reporter } from "../../../check/reporter.ts";
import type { TensorValue } from "../../../check/evaluate/values.ts";
import { InternalFault, type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/span.ts";
import type { Bindings } from "../../../graph/dim.ts";
import { sizeOf } from "../../../graph/tensor.ts";
import { tensorType } from "../../../graph/tensor-type.ts";
import { excerpt } from "../../excerpt.ts";
import { isIdentifier } from "../../program/code/identifiers.ts";
import { isFloat } from "../../tensors/stored-array.ts";
import { type CallParts, OpCall } from "./call.ts";
import { Emission } from "./emission.ts";
import { FoldBudget, foldConstants } from "./fold-constants.ts";
import { type Listing, type NodePlace, placeOf } from "./listing.ts";
import {
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type Port,
  nodeLabel,
  operatorName,
} from "./model.ts";
import { PortNames, SizeNames, modelName } from "./names.ts";
import { Refusal } from "./node-reader.ts";
import { type Constant, type Operand, flowOf, numberOf, poisoned, shapeOf } from "./operand.ts";
import { orderNodes } from "./order.ts";
import { type OpHandler, op } from "./ops/handler.ts";
import { operators } from "./ops/index.ts";
import {
  type Readers,
  inputShape,
  isCastAtOnce,
  isOfFloats,
  isOfIntegers,
  otherShape,
  readersOf,
} from "./ports.ts";
import { Scope } from "./scope.ts";
import { foldShape, foldSizes, isOfSizes } from "./sizes/fold-sizes.ts";
import { arrayOfSizes, sizesOfArray } from "./sizes/sizes.ts";
import { remedyFor } from "./unknown-operators.ts";

export interface Lowered {
  readonly emission: Emission;
  /** Absent after mistakes, which the reporter has. */
  readonly outputs: readonly { readonly name: string; readonly value: number }[] | undefined;
}

export class Lowering {
  private readonly model: OnnxModel;
  private readonly listing: Listing;
  private readonly reporter: Reporter;
  private readonly emission: Emission;
  /** Of the graph that is walked: the model, or a branch inside it. */
  private scope = new Scope();
  /** Constants that flow, each made once. */
  private readonly parameters = new Map<Constant, TensorValue>();
  private readonly budget: FoldBudget;
  /** Further results that were asked for and no layer gives, each reported once. */
  private readonly lacking = new Set<string>();

  constructor(model: OnnxModel, listing: Listing, reporter: Reporter) {
    this.model = model;
    this.listing = listing;
    this.reporter = reporter;
    this.emission = new Emission(reporter);
    this.budget = new FoldBudget(storedNumbersOf(model));
  }

  /** @param sizes values for named sizes of the inputs */
  run(sizes: Bindings): Lowered {
    this.takeInitializers(this.model);
    this.makeInputs(sizes);
    const outputs = this.lowerNodes(this.model) ? this.collectOutputs() : undefined;
    return {
      emission: this.emission,
      outputs: this.reporter.hasErrors ? undefined : outputs,
    };
  }

  private takeInitializers({ initializers }: OnnxGraph): void {
    for (const [name, array] of initializers) {
      this.scope.set(name, array === undefined ? poisoned : { kind: "constant", array, name });
    }
  }

  /** @returns whether the names by which the nodes are tied together are sound */
  private lowerNodes(graph: OnnxGraph, around?: Scope): boolean {
    const { nodes, problems } = orderNodes(graph, around);
    for (const { problem: found, node, input } of problems) {
      this.reporter.report(found, placeOf(this.listing, node, input));
    }
    if (problems.length > 0) return false;
    for (const node of nodes) this.lowerNode(node);
    return true;
  }

  private makeInputs(sizes: Bindings): void {
    const sizeNames = new SizeNames();
    let readers: Readers | undefined;
    const names = new PortNames();
    for (const port of this.model.inputs) {
      // Old models list their initializers among the inputs.
      if (this.scope.has(port.name)) continue;
      const span = this.listing.inputs.get(port.name) ?? this.listing.model;
      const isCast =
        isOfIntegers(port) && isCastAtOnce(port.name, (readers ??= readersOf(this.model)));
      const shape = inputShape(port, isCast || isOfFloats(port), sizes, sizeNames);
      if ("code" in shape) {
        this.reporter.report(shape, span);
        this.scope.set(port.name, poisoned);
        continue;
      }
      if (isCast) {
        const facts = { input: excerpt(port.name), type: port.type };
        this.reporter.report(problem("CNN6018", facts), span);
      }
      const name = names.take(port.name, "x");
      const value = this.emission.elaboration.builder.input(name, tensorType(shape.dims));
      this.emission.elaboration.inputPlaces.set(value.id, span);
      this.scope.set(port.name, flowOf(value));
    }
    this.reportUnknown(sizes, sizeNames.all);
  }

  private reportUnknown(sizes: Bindings, known: ReadonlySet<string>): void {
    const { model } = this.listing;
    const name = modelName(this.model.name, model.file);
    for (const size of Object.keys(sizes).filter((given) => !known.has(given))) {
      this.reporter.report(unknownSize(size, name, [...known]), model);
    }
  }

  private lowerNode(node: OnnxNode): void {
    const results = this.resultsOf(node);
    node.outputs.forEach((name, output) => {
      if (name === "") return;
      this.scope.set(name, results?.[output] ?? { kind: "lacking", node, output });
    });
  }

  private resultsOf(node: OnnxNode): readonly (Operand | undefined)[] | undefined {
    const nothing = node.outputs.map(() => poisoned);
    const operands = node.inputs.map((name) => this.read(name));
    const place = this.placeOf(node);
    const handler = node.domain === "" ? operators.get(node.op) : undefined;
    const folded = this.fold(node, operands);
    if (folded !== undefined) return [folded];
    const isKnown =
      handler !== undefined || (node.domain === "" && (node.op === "If" || isOfSizes(node.op)));
    if (isKnown && operands.some((operand) => operand?.kind === "poison")) return nothing;
    if (node.op === "If" && node.domain === "") return this.lowerIf(node, operands[0]) ?? nothing;
    if (handler === undefined) {
      const reason = isKnown ? "what it makes is only known when the network runs" : undefined;
      this.reporter.report(unknownOperator(node, reason), place.op);
      return nothing;
    }
    const arity = wrongArity(node, handler);
    if (arity !== undefined) {
      this.reporter.report(arity, place.op);
      return nothing;
    }
    const parts = { node, place, operands: operands.map(storedNumbers) };
    if (parts.operands.every((operand) => operand === undefined || operand.kind === "constant")) {
      const constants = foldConstants(parts, handler, this.budget);
      if (constants !== undefined) return constants;
    }
    return this.emit(parts, handler) ?? nothing;
  }

  /** The results of the branch that is taken. */
  private lowerIf(
    node: OnnxNode,
    condition: Operand | undefined,
  ): readonly (Operand | undefined)[] | undefined {
    const truth = condition && numberOf(condition);
    const taken = node.attributes.get(truth === 0 ? "else_branch" : "then_branch");
    if (truth === undefined || taken?.kind !== "graph") {
      const reason =
        truth === undefined
          ? "which branch is taken is only known when the network runs"
          : "it lacks the branch that is taken";
      this.reporter.report(unknownOperator(node, reason), this.placeOf(node).op);
      return undefined;
    }
    const around = this.scope;
    this.scope = new Scope(around);
    this.takeInitializers(taken.value);
    const sound = this.lowerNodes(taken.value, around);
    const results = taken.value.outputs.map(({ name }) => this.read(name));
    this.scope = around;
    return sound ? results : undefined;
  }

  private placeOf({ index }: OnnxNode): NodePlace {
    const place = this.listing.nodes.get(index);
    if (place === undefined) throw new InternalFault(`node ${index} is not listed`);
    return place;
  }

  private emit(
    parts: Omit<CallParts, "emission" | "materialise">,
    handler: OpHandler,
  ): readonly (Operand | undefined)[] | undefined {
    const call = new OpCall({
      ...parts,
      emission: this.emission,
      materialise: (constant, by) => this.materialise(constant, by),
    });
    try {
      handler.lower(call);
      return call.results;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.found !== undefined)
        this.reporter.report(error.found, error.span ?? parts.place.op);
      return undefined;
    }
  }

  /** The result of shape arithmetic. */
  private fold(node: OnnxNode, operands: readonly (Operand | undefined)[]): Operand | undefined {
    if (node.domain !== "") return undefined;
    const [first] = operands;
    if (node.op === "Shape" || node.op === "Size") {
      const shape = first && shapeOf(first);
      const sizes = shape && foldShape(node, shape);
      return sizes && { kind: "sizes", sizes };
    }
    const known = operands.map((operand) => {
      if (operand?.kind === "sizes") return operand.sizes;
      return operand?.kind === "constant" ? sizesOfArray(operand.array) : undefined;
    });
    const all = known.every((sizes, at) => sizes !== undefined || operands[at] === undefined);
    const isShape = operands.some((operand) => operand?.kind === "sizes");
    const isWhole = operands.every((o) => o?.kind !== "constant" || !isFloat(o.array.dtype));
    if (!all || operands.length === 0 || !(isShape || isWhole)) return undefined;
    const sizes = foldSizes({ node, inputs: known });
    return sizes && { kind: "sizes", sizes };
  }

  private read(name: string): Operand | undefined {
    if (name === "") return undefined;
    const operand = this.scope.get(name) ?? poisoned;
    if (operand.kind !== "lacking") return operand;
    if (!this.lacking.has(name)) {
      this.lacking.add(name);
      const { node, output } = operand;
      this.reporter.report(
        problem("CNN6002", {
          node: excerpt(nodeLabel(node)),
          op: excerpt(node.op),
          reason: `its result ${output + 1} is used, which no layer gives`,
          remedy: "cut what uses it off the model, or compute it outside",
        }),
        this.placeOf(node).op,
      );
    }
    return poisoned;
  }

  /** A stored tensor that flows is a parameter, and a buffer where its name is an exporter's. */
  private materialise(constant: Constant, call: OpCall): TensorValue {
    const known = this.parameters.get(constant);
    if (known !== undefined) return known;
    if (!isFloat(constant.array.dtype)) {
      throw new Refusal(
        problem("CNN6015", {
          ...call.facts,
          found: `\`${excerpt(constant.name)}\` is of the type ${constant.array.dtype}`,
        }),
      );
    }
    const value = call.layer(
      "parameter",
      { shape: constant.array.shape, requires_grad: isGivenName(constant.name) },
      [],
      { weights: { value: constant } },
    );
    this.parameters.set(constant, value);
    return value;
  }

  private collectOutputs(): Lowered["outputs"] {
    const names = new PortNames();
    const outputs: { readonly name: string; readonly value: number }[] = [];
    for (const port of this.model.outputs) {
      const operand = this.read(port.name);
      const value = this.outputValue(port, operand);
      if (value === undefined) continue;
      const only = this.model.outputs.length === 1 && !isIdentifier(port.name);
      const name = only ? "output" : names.take(port.name, "output");
      outputs.push({ name, value: value.id });
      const differs = otherShape(port, value.type.shape);
      if (differs !== undefined) this.reporter.report(differs, this.listing.model);
    }
    return outputs;
  }

  private outputValue(port: Port, operand: Operand | undefined): TensorValue | undefined {
    if (operand?.kind === "flow") {
      const node = placeholder(port.name);
      return this.emission.own(operand, node, this.listing.model);
    }
    if (operand === undefined || operand.kind === "poison") return undefined;
    const constant = storedNumbers(operand, 0);
    if (constant?.kind === "constant" && isFloat(constant.array.dtype)) {
      // Detectors give the places of their boxes with the results.
      return this.constantOutput(port, constant);
    }
    const facts = { node: excerpt(port.name), op: "the model's output" };
    const found = "it is a size, or integers that do not depend on the input";
    this.reporter.report(problem("CNN6015", { ...facts, found }), this.listing.model);
    return undefined;
  }

  private constantOutput(port: Port, constant: Constant): TensorValue | undefined {
    const place = { op: this.listing.model, inputs: [], attributes: new Map<string, Span>() };
    const handler = op(0, 0, (call) => call.give(this.materialise(constant, call)));
    const [made] = this.emit({ node: placeholder(port.name), place, operands: [] }, handler) ?? [];
    return made?.kind === "flow" ? made.own : undefined;
  }
}

/** How many numbers the model holds, in initializers and in Constant nodes. */
function storedNumbersOf({ initializers, nodes }: OnnxGraph): number {
  const attributes = nodes.flatMap((node) => [...node.attributes.values()]);
  const tensors = attributes.map((one) => (one.kind === "tensor" ? one.value : undefined));
  return [...initializers.values(), ...tensors].reduce(
    (sum, array) => sum + (array === undefined ? 0 : sizeOf(array.shape)),
    0,
  );
}

/** Numbers that were computed from sizes, as if the file held them; named sizes stay what they are. */
function storedNumbers(operand: Operand | undefined, at: number): Operand | undefined {
  const array = operand?.kind === "sizes" ? arrayOfSizes(operand.sizes) : undefined;
  return array === undefined ? operand : { kind: "constant", array, name: `const_${at}` };
}

function unknownOperator(node: OnnxNode, reason?: string): Problem {
  const facts = { node: excerpt(nodeLabel(node)), op: excerpt(operatorName(node)) };
  const remedy = remedyFor(node, operators.keys());
  return problem("CNN6001", { ...facts, remedy, ...(reason !== undefined && { reason }) });
}

function wrongArity(node: OnnxNode, { inputs: [min, max] }: OpHandler): Problem | undefined {
  const gets = node.inputs.length;
  const facts = { node: excerpt(nodeLabel(node)), op: excerpt(node.op) };
  if (gets < min || gets > max) {
    const takes =
      max === Infinity ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
    return problem("CNN6013", { ...facts, gets, takes, what: "inputs" });
  }
  const missing = node.inputs.slice(0, min).indexOf("");
  if (missing >= 0) {
    return problem("CNN6013", {
      ...facts,
      gets: missing,
      takes: `at least ${min}`,
      what: "inputs",
    });
  }
  return node.outputs.length > 0
    ? undefined
    : problem("CNN6013", { ...facts, gets: 0, takes: "at least 1", what: "outputs" });
}

/** Exporters number what has no name of its own: `onnx::Mul_123`, `123`. */
function isGivenName(name: string): boolean {
  return /^[A-Za-z_][\w.]*$/.test(name) && !/^(val|const|constant)_?\d*$/i.test(name);
}

/** For a layer that the model's output needs, which no node asks for. */
function placeholder(name: string): OnnxNode {
  return {
    index: -1,
    name,
    op: "Identity",
    domain: "",
    overload: "",
    opset: 1,
    inputs: [],
    outputs: [name],
    attributes: new Map(),
  };
}
