/** Walks the nodes of a model in order and has each turned into layers, collecting all mistakes. */
import { unknownSize } from "../../../analysis/instantiate.ts";
import type { Reporter } from "../../../check/reporter.ts";
import type { TensorValue } from "../../../check/evaluate/values.ts";
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { type Bindings, type Dim, formatShape, isKnown, named } from "../../../graph/dim.ts";
import { tensorType } from "../../../graph/tensor-type.ts";
import { excerpt } from "../../excerpt.ts";
import { isIdentifier } from "../../program/code/identifiers.ts";
import { isFloat } from "../../tensors/stored-array.ts";
import { type CallParts, OpCall } from "./call.ts";
import { Emission } from "./emission.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldShape, foldSizes } from "./fold-sizes.ts";
import type { Listing } from "./listing.ts";
import { type OnnxModel, type OnnxNode, type Port, nodeLabel, operatorName } from "./model.ts";
import { PortNames, SizeNames, modelName } from "./names.ts";
import { Refusal } from "./node-reader.ts";
import { type Constant, type Operand, flowOf, poisoned, shapeOf } from "./operand.ts";
import type { OpHandler } from "./ops/handler.ts";
import { operators } from "./ops/index.ts";
import { sizesOfArray } from "./sizes.ts";
import { MOST_AXES } from "./tensor-data.ts";
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
  private readonly operands = new Map<string, Operand>();
  /** Constants that flow, each made once. */
  private readonly parameters = new Map<Constant, TensorValue>();
  /** Further results that were asked for and no layer gives, each reported once. */
  private readonly lacking = new Set<string>();

  constructor(model: OnnxModel, listing: Listing, reporter: Reporter) {
    this.model = model;
    this.listing = listing;
    this.reporter = reporter;
    this.emission = new Emission(reporter);
  }

  /** @param sizes values for named sizes of the inputs */
  run(nodes: readonly OnnxNode[], sizes: Bindings): Lowered {
    for (const [name, array] of this.model.initializers) {
      const operand: Operand = array === undefined ? poisoned : { kind: "constant", array, name };
      this.operands.set(name, operand);
    }
    this.makeInputs(sizes);
    for (const node of nodes) this.lowerNode(node);
    const outputs = this.collectOutputs();
    return {
      emission: this.emission,
      outputs: this.reporter.hasErrors ? undefined : outputs,
    };
  }

  private makeInputs(sizes: Bindings): void {
    const sizeNames = new SizeNames();
    const names = new PortNames();
    for (const port of this.model.inputs) {
      // Old models list their initializers among the inputs.
      if (this.operands.has(port.name)) continue;
      const span = this.listing.inputs.get(port.name) ?? this.listing.model;
      const shape = this.inputShape(port, sizes, sizeNames);
      if ("code" in shape) {
        this.reporter.report(shape, span);
        this.operands.set(port.name, poisoned);
        continue;
      }
      const name = names.take(port.name, "x");
      const value = this.emission.elaboration.builder.input(name, tensorType(shape.dims));
      this.emission.elaboration.inputPlaces.set(value.id, span);
      this.operands.set(port.name, flowOf(value));
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

  private inputShape(
    { name: input, type, shape }: Port,
    sizes: Bindings,
    names: SizeNames,
  ): { readonly dims: readonly Dim[] } | Problem {
    const refuse = (reason: string, remedy: string): Problem =>
      problem("CNN6012", { input: excerpt(input), reason, remedy });
    if (type !== "FLOAT" && type !== "FLOAT16" && type !== "DOUBLE" && type !== "BFLOAT16") {
      return refuse(
        `it is of the type ${type}, not a tensor of floats`,
        "cast it to floats outside of the network, or store it as an initializer",
      );
    }
    if (shape === undefined) {
      return refuse("its number of axes is not stated", "export with an example input");
    }
    if (shape.length > MOST_AXES) {
      return refuse(`it has ${shape.length} axes`, `tensors have at most ${MOST_AXES}`);
    }
    const wrong = shape.find(
      (size) => typeof size === "number" && (size < 1 || !Number.isSafeInteger(size)),
    );
    if (wrong !== undefined) {
      return refuse(`a size of ${wrong} leaves nothing`, "sizes are at least 1, or names");
    }
    const dims = shape.map((size, axis) => {
      if (typeof size === "number") return size;
      const name = names.nameOf(size, axis, shape.length);
      return Object.hasOwn(sizes, name) ? sizes[name] : named(name);
    });
    return { dims };
  }

  private lowerNode(node: OnnxNode): void {
    const results = this.resultsOf(node);
    node.outputs.forEach((name, output) => {
      if (name === "") return;
      this.operands.set(name, results?.[output] ?? { kind: "lacking", node, output });
    });
  }

  private resultsOf(node: OnnxNode): readonly (Operand | undefined)[] | undefined {
    const nothing = node.outputs.map(() => poisoned);
    const operands = node.inputs.map((name) => this.read(name));
    const place = this.listing.nodes[node.index];
    const handler = node.domain === "" ? operators.get(node.op) : undefined;
    const folded = this.fold(node, operands);
    if (folded !== undefined) return [folded];
    if (handler === undefined) {
      this.reporter.report(unknownOperator(node, this.model.functions), place.op);
      return nothing;
    }
    if (operands.some((operand) => operand?.kind === "poison")) return nothing;
    const arity = wrongArity(node, handler);
    if (arity !== undefined) {
      this.reporter.report(arity, place.op);
      return nothing;
    }
    const { opset } = this.model;
    const parts = { node, place, operands, opset };
    if (operands.every((operand) => operand === undefined || operand.kind === "constant")) {
      const constants = foldConstants(parts, handler);
      if (constants !== undefined) return constants;
    }
    return this.emit(parts, handler) ?? nothing;
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
    const sizes = foldSizes({ node, opset: this.model.opset, inputs: known });
    return sizes && { kind: "sizes", sizes };
  }

  private read(name: string): Operand | undefined {
    if (name === "") return undefined;
    const operand = this.operands.get(name) ?? poisoned;
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
        this.listing.nodes[node.index].op,
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
      this.compareDeclared(port, value);
    }
    return outputs;
  }

  private outputValue(port: Port, operand: Operand | undefined): TensorValue | undefined {
    if (operand?.kind === "flow") {
      const node = placeholder(port.name);
      return this.emission.own(operand, node, this.listing.model);
    }
    if (operand !== undefined && operand.kind !== "poison") {
      const facts = { node: excerpt(port.name), op: "the model's output" };
      const found = "it does not depend on the input";
      this.reporter.report(problem("CNN6015", { ...facts, found }), this.listing.model);
    }
    return undefined;
  }

  private compareDeclared({ name, shape }: Port, { type }: TensorValue): void {
    const differs =
      shape !== undefined &&
      (shape.length !== type.shape.length ||
        shape.some((size, axis) => {
          const computed = type.shape[axis];
          return typeof size === "number" && isKnown(computed) && size !== computed;
        }));
    if (!differs) return;
    const declared = `[${shape.map((size) => excerpt(String(size ?? "?"))).join(", ")}]`;
    const facts = { value: excerpt(name), declared, computed: formatShape(type.shape) };
    this.reporter.report(problem("CNN6014", facts), this.listing.model);
  }
}

function unknownOperator(node: OnnxNode, functions: OnnxModel["functions"]): Problem {
  const op = operatorName(node);
  const facts = { node: excerpt(nodeLabel(node)), op: excerpt(op) };
  const remedy = functions.has(op)
    ? "write out the model's own functions: `onnx.inliner.inline_local_functions(model)`"
    : remedyFor(node, operators.keys());
  return problem("CNN6001", { ...facts, remedy });
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
    inputs: [],
    outputs: [name],
    attributes: new Map(),
  };
}
