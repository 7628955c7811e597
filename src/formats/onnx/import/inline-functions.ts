/**
 * Operators that a model defines itself, as PyTorch's newer exporter writes every layer, in place of
 * the nodes that call them: the function's own nodes, with the call's values and attributes.
 */
import { problem } from "../../../diagnostics/diagnostic.ts";
import { excerpt } from "../../excerpt.ts";
import {
  MOST_NODES,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  functionKey,
  nodeLabel,
  operatorName,
} from "./model.ts";
import type { PlacedProblem } from "./order.ts";

export interface Inlined {
  /** Without functions; the model as it was after a problem. */
  readonly model: OnnxModel;
  readonly problem?: PlacedProblem;
}

export function inlineFunctions(model: OnnxModel): Inlined {
  if (model.functions.size === 0) return { model };
  try {
    const graph = new Inliner(model).graph(model, ROOT);
    return { model: { ...model, ...graph, functions: new Map() } };
  } catch (error) {
    if (error instanceof NotInlined) return { model, problem: error.found };
    throw error;
  }
}

/** Ends the inlining: functions that would never end, or calls that do not fit them. */
class NotInlined extends Error {
  readonly found: PlacedProblem;
  constructor(found: PlacedProblem) {
    super("the functions are not written out");
    this.found = found;
  }
}

/** Modules in modules: no network is deeper. */
const DEEPEST = 100;

/** Longer names are cut; nobody reads them. */
const LONGEST = 120;

/** What nodes are read in: the model, or one call of a function. */
interface Frame {
  /** The functions that are open, from the outermost call inwards. */
  readonly calls: readonly { readonly node: OnnxNode; readonly key: string }[];
  /** Before the names of the nodes and values of a call. */
  readonly prefix: string;
  /** The model's names of the function's values; undefined in the model, whose names stay. */
  readonly values: Map<string, string> | undefined;
  /** What the function's nodes may refer to. */
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

const ROOT: Frame = { calls: [], prefix: "", values: undefined, attributes: new Map() };

class Inliner {
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  private readonly names: Names;
  private readonly isOneCall: boolean;
  private count = 0;

  constructor(model: OnnxModel) {
    this.isOneCall = model.nodes.length === 1;
    this.functions = model.functions;
    this.names = new Names(model);
  }

  graph({ inputs, outputs, nodes, initializers }: OnnxGraph, frame: Frame): OnnxGraph {
    const renamed = <T extends { readonly name: string }>(ports: readonly T[]): readonly T[] =>
      ports.map((port) => ({ ...port, name: this.nameOf(port.name, frame) }));
    return {
      inputs: renamed(inputs),
      initializers: new Map([...initializers].map(([n, array]) => [this.nameOf(n, frame), array])),
      nodes: nodes.flatMap((node) => this.node(node, frame)),
      outputs: renamed(outputs),
    };
  }

  /** The node in the words of the model, or what its function makes of it. */
  private node(node: OnnxNode, frame: Frame): readonly OnnxNode[] {
    this.count++;
    if (this.count > MOST_NODES) {
      const reason = `its functions make more than ${MOST_NODES} nodes`;
      const [outermost] = frame.calls;
      throw refused(outermost?.node ?? node, reason);
    }
    const name = (value: string): string => this.nameOf(value, frame);
    const own: OnnxNode = {
      ...node,
      // In a function each call has nodes of its own.
      ...(frame.values && { index: this.names.index(), name: nameWithin(node, frame) }),
      inputs: node.inputs.map(name),
      outputs: node.outputs.map(name),
      attributes: this.attributes(node, frame),
    };
    const key = functionKey(node);
    const body = this.functions.get(key);
    return body === undefined
      ? [own]
      : this.call(own, body, { ...frame, calls: [...frame.calls, { node, key }] });
  }

  private call(node: OnnxNode, body: OnnxFunction, { calls }: Frame): readonly OnnxNode[] {
    const open = calls.slice(0, -1).findIndex(({ key }) => key === calls.at(-1)?.key);
    if (open >= 0) {
      const names = calls.slice(open).map((one) => excerpt(operatorName(one.node)));
      throw refused(calls[0].node, `its function calls itself: ${names.join(" → ")}`);
    }
    if (calls.length > DEEPEST) {
      throw refused(calls[0].node, `its functions call each other ${DEEPEST} deep`);
    }
    if (node.inputs.length > body.inputs.length || node.outputs.length > body.outputs.length) {
      throw wrongArity(calls[0].node, node, body);
    }
    const values = new Map(body.inputs.map((input, at) => [input, node.inputs[at] ?? ""]));
    // A result that is an input, or another result, has both names.
    const copies: (readonly [from: string, to: string])[] = [];
    body.outputs.forEach((output, at) => {
      const wanted = node.outputs[at] ?? "";
      const known = values.get(output);
      if (known === undefined && wanted !== "") values.set(output, wanted);
      else if (known !== undefined && wanted !== "") copies.push([known, wanted]);
    });
    const frame: Frame = {
      calls,
      // A graph of one call is the function's: its name says nothing.
      prefix: calls.length === 1 && this.isOneCall ? "" : nodeLabel(node).slice(0, LONGEST),
      values,
      attributes: new Map([...body.defaults, ...node.attributes]),
    };
    return [
      ...body.nodes.flatMap((inner) => this.node(inner, frame)),
      ...copies.map(([from, to]): OnnxNode => ({
        ...node,
        index: this.names.index(),
        op: "Identity",
        domain: "",
        inputs: [from],
        outputs: [to],
        attributes: new Map(),
      })),
    ];
  }

  private attributes({ attributes }: OnnxNode, frame: Frame): OnnxNode["attributes"] {
    const own = new Map<string, OnnxAttribute>();
    for (const [name, attribute] of attributes) {
      const value =
        attribute.kind === "reference" && frame.values !== undefined
          ? frame.attributes.get(attribute.value)
          : attribute;
      // A reference to what the call leaves out leaves the attribute out.
      if (value === undefined) continue;
      own.set(
        name,
        value.kind === "graph" && value === attribute
          ? { kind: "graph", value: this.graph(value.value, frame) }
          : value,
      );
    }
    return own;
  }

  private nameOf(value: string, { values, prefix }: Frame): string {
    if (value === "" || values === undefined) return value;
    const known = values.get(value);
    if (known !== undefined) return known;
    const name = this.names.fresh(`${prefix}/${value}`);
    values.set(value, name);
    return name;
  }
}

function nameWithin(node: OnnxNode, { prefix }: Frame): string {
  return `${prefix}/${node.name === "" ? node.op : node.name}`.slice(0, 2 * LONGEST);
}

function refused(node: OnnxNode, reason: string): NotInlined {
  const remedy = "export the model again, with ONNX's own operators";
  const facts = { node: excerpt(nodeLabel(node)), op: excerpt(operatorName(node)) };
  return new NotInlined({ problem: problem("CNN6002", { ...facts, reason, remedy }), node });
}

function wrongArity(
  place: OnnxNode,
  node: OnnxNode,
  { inputs, outputs }: OnnxFunction,
): NotInlined {
  const what = node.inputs.length > inputs.length ? "inputs" : "outputs";
  const most = what === "inputs" ? inputs : outputs;
  const facts = { node: excerpt(nodeLabel(node)), op: excerpt(operatorName(node)) };
  const takes = `at most ${most.length}`;
  return new NotInlined({
    problem: problem("CNN6013", { ...facts, gets: node[what].length, takes, what }),
    node: place,
  });
}

/** Names of values and numbers of nodes that the model does not have yet. */
class Names {
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();
  private next = 0;

  constructor(model: OnnxModel) {
    this.note(model);
  }

  private note({ inputs, initializers, nodes, outputs }: OnnxGraph): void {
    for (const { name } of [...inputs, ...outputs]) this.taken.add(name);
    for (const name of initializers.keys()) this.taken.add(name);
    for (const node of nodes) {
      this.next = Math.max(this.next, node.index + 1);
      for (const name of [...node.inputs, ...node.outputs]) this.taken.add(name);
      for (const { kind, value } of node.attributes.values())
        if (kind === "graph") this.note(value);
    }
  }

  index(): number {
    return this.next++;
  }

  fresh(wanted: string): string {
    const stem = wanted.slice(0, 2 * LONGEST);
    for (;;) {
      const count = (this.counts.get(stem) ?? 0) + 1;
      this.counts.set(stem, count);
      const name = count === 1 ? stem : `${stem}~${count}`;
      if (this.taken.has(name)) continue;
      this.taken.add(name);
      return name;
    }
  }
}
