/**
 * Writes the classes of a module, from the labels of the layers: a numbered chain is an
 * `nn.Sequential`, everything else a class, which parts share that differ in numbers only.
 */
import { sameAttribute } from "../../analysis/attributes.ts";
import { layerOf } from "../../analysis/table.ts";
import { type Diagnostic, problem } from "../../diagnostics/diagnostic.ts";
import { place } from "../../diagnostics/place.ts";
import type { Span } from "../../diagnostics/span.ts";
import { typeOf } from "../../graph/access.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import { classText } from "./class-text.ts";
import {
  type Construct,
  type Member,
  type PartClass,
  argumentsIn,
  shapeKey,
} from "./constructs.ts";
import { type FormCall, Inexpressible } from "./forms/form.ts";
import { HELPERS } from "./forms/helpers.ts";
import { forms } from "./forms/index.ts";
import { ForwardWriter } from "./forward.ts";
import { memberText } from "./members.ts";
import { Reader, identifier } from "./python.ts";
import { type Item, type LayerItem, type Scope, scopeTree } from "./scopes.ts";

export interface PytorchOptions {
  /** The name of the block that a place stands in. */
  readonly blockAt?: (span: Span) => string | undefined;
  /** First lines, as a comment. */
  readonly header?: string;
}

/** Arguments that state what the shapes of inputs and outputs say already. */
const IMPLIED: ReadonlySet<string> = new Set([
  "in_channels",
  "in_features",
  "num_features",
  "num_channels",
  "multiplier",
  "size",
]);

export class ModuleWriter {
  readonly diagnostics: Diagnostic[] = [];
  readonly model: string;
  readonly #graph: Graph;
  readonly #options: PytorchOptions;
  readonly #classes = new Map<string, PartClass>();
  readonly #names = new Set<string>();
  readonly #calls = new Map<Node, FormCall>();
  readonly #helpers = new Set<keyof typeof HELPERS>();

  constructor(graph: Graph, options: PytorchOptions) {
    this.#graph = graph;
    this.#options = options;
    for (const name of ["torch", "nn", "F", ...Object.keys(HELPERS)]) this.#names.add(name);
    this.model = this.#freeName(graph.name);
  }

  write(): string {
    const root = scopeTree(this.#graph);
    const members = this.#members(root);
    const forward = this.#forward(root, "model");
    const model = classText(
      {
        name: this.model,
        wish: this.model,
        members,
        forward,
        parts: [members.flatMap((m) => argumentsIn(m.construct))],
      },
      this.#graph.metadata.doc,
    );
    this.#refuseUnread();
    const { header } = this.#options;
    return `${[
      ...(header === undefined ? [] : [header.replaceAll(/^/gm, "# ")]),
      "import torch\nfrom torch import nn\nfrom torch.nn import functional as F",
      ...[...this.#helpers].map((name) => `\n${HELPERS[name]}`),
      ...[...this.#classes.values()].map((part) => `\n${classText(part)}`),
      `\n${model}`,
    ]
      .join("\n\n")
      .replaceAll("\n\n\n\n", "\n\n\n")}\n`;
  }

  /** Modules of a scope: those of its layers that have any, and of the scopes inside. */
  #members(scope: Scope): readonly Member[] {
    return scope.items.flatMap((item): readonly Member[] => {
      if (item.kind === "scope") {
        const construct = this.#part(item.scope);
        return construct === undefined ? [] : [{ local: item.local, construct }];
      }
      const { module, node } = item;
      if (module === undefined) return [];
      // A layer that is used twice is made where it stands first.
      const first = this.#graph.nodes.find(
        (other) => Object.values(other.weights)[0] === Object.values(node.weights)[0],
      );
      if (first !== node) return [];
      const construct = this.#layer(item);
      const local = scope.path === "" ? module : module.slice(scope.path.length + 1);
      return construct === undefined ? [] : [{ local, construct }];
    });
  }

  #layer(item: LayerItem): Construct | undefined {
    try {
      const made = forms[item.node.kind].module?.(this.#callOf(item));
      return made && { kind: "module", ...made };
    } catch (error) {
      this.#refuse(error, item);
      return undefined;
    }
  }

  /** A sequence or an instance of a class. */
  #part(scope: Scope): Construct | undefined {
    const sequence = this.#sequence(scope);
    if (sequence !== undefined) return { kind: "sequence", items: sequence };
    const members = this.#members(scope);
    const forward = this.#forward(scope, "part");
    const name = this.#nameOf(scope, members);
    const shape = members.map(({ local, construct }) => `${local}: ${shapeKey(construct)}`);
    const key = [name, ...shape, ...forward].join("\n");
    const known = this.#classes.get(key);
    const of: PartClass = known ?? {
      name: this.#freeName(name),
      wish: name,
      members,
      forward,
      parts: [],
    };
    // Parts of one class stand behind the classes that they are made of.
    if (known === undefined) this.#classes.set(key, of);
    of.parts.push(members.flatMap((member) => argumentsIn(member.construct)));
    return { kind: "instance", of, members };
  }

  /** The modules of a chain whose weights are numbered as they stand; else undefined. */
  #sequence(scope: Scope): readonly Construct[] | undefined {
    if (scope.inputs.length !== 1 || scope.outputs.length !== 1) return undefined;
    let [value] = scope.inputs;
    for (const [at, item] of scope.items.entries()) {
      const { inputs, outputs } = item.kind === "scope" ? item.scope : item.node;
      if (inputs.length !== 1 || outputs.length !== 1 || inputs[0] !== value) return undefined;
      [value] = outputs;
      const readers = scope.items.filter((other) => inputsOf(other).includes(value));
      const leaves = scope.outputs.includes(value);
      if (at < scope.items.length - 1 && (readers.length !== 1 || leaves)) return undefined;
      if (hasWeights(item) && item.local !== String(at)) return undefined;
      if (item.kind === "layer" && !this.#isModule(item)) return undefined;
    }
    if (value !== scope.outputs[0]) return undefined;
    const items = scope.items.map((item) =>
      item.kind === "scope" ? this.#part(item.scope) : this.#layer(item),
    );
    return items.every((one) => one !== undefined) ? items : undefined;
  }

  /** Whether a module by itself is the layer. */
  #isModule(item: LayerItem): boolean {
    const form = forms[item.node.kind];
    const call = this.#callOf(item);
    try {
      if (form.module?.(call) === undefined) return false;
      return item.module === undefined || form.expression(call, ["x"], "module") === "module(x)";
    } catch {
      return false;
    }
  }

  #forward(scope: Scope, role: "model" | "part"): readonly string[] {
    const forward = new ForwardWriter(this.#graph, scope, role);
    for (const [at, item] of scope.items.entries()) {
      if (item.kind === "scope") {
        const { inputs, outputs } = item.scope;
        const given = inputs.map((id) => forward.read(id));
        const call = `${memberText(item.local)}(${given.join(", ")})`;
        forward.assign(at, outputs, call, item.local);
        continue;
      }
      const { node, module } = item;
      const form = forms[node.kind];
      const within =
        module === undefined ? "" : module.slice(scope.path === "" ? 0 : scope.path.length + 1);
      try {
        const given = node.inputs.map((id) => forward.read(id));
        const member = memberText(within, node.kind === "parameter" ? "parameter" : "module");
        const text = form.expression(this.#callOf(item), given, member);
        if (form.helper !== undefined && text.includes(`${form.helper}(`))
          this.#helpers.add(form.helper);
        forward.assign(at, node.outputs, text, item.local);
      } catch (error) {
        this.#refuse(error, item);
        forward.assign(at, node.outputs, "None", item.local);
      }
    }
    return forward.finish();
  }

  #callOf({ node }: LayerItem): FormCall {
    const known = this.#calls.get(node);
    if (known !== undefined) return known;
    const shapes = (ids: readonly ValueId[]) => ids.map((id) => typeOf(this.#graph, id).shape);
    const call = {
      attributes: new Reader(node.attributes),
      shapes: shapes(node.inputs),
      outputs: shapes(node.outputs),
    };
    this.#calls.set(node, call);
    return call;
  }

  /** A layer may get arguments that its form does not know of: only their defaults are let through. */
  #refuseUnread(): void {
    for (const [node, { attributes }] of this.#calls) {
      // A form that refuses reads no further.
      if (this.#isRefused(node)) continue;
      const unread = Object.entries(layerOf(node).parameters).find(
        ([name, parameter]) =>
          parameter.default !== undefined &&
          !attributes.read.has(name) &&
          !IMPLIED.has(name) &&
          !sameAttribute(node.attributes[name], parameter.default),
      );
      if (unread === undefined) continue;
      const [name] = unread;
      const facts = { layer: node.kind, reason: `PyTorch's has no \`${name}\`` };
      this.diagnostics.push(place(problem("CNN5081", facts), node.span));
    }
  }

  #refuse(error: unknown, { node }: LayerItem): void {
    if (!(error instanceof Inexpressible)) throw error;
    if (this.#isRefused(node)) return;
    const facts = { layer: node.kind, reason: error.message };
    this.diagnostics.push(place(problem("CNN5081", facts), node.span));
  }

  #isRefused(node: Node): boolean {
    return this.diagnostics.some(({ span }) => span === node.span);
  }

  /** The block that its layers stand in, or its label. */
  #nameOf(scope: Scope, members: readonly Member[]): string {
    const layer = firstLayer(scope);
    const block = layer && this.#options.blockAt?.(layer.node.span);
    // A layer of a part inside may stand in the part's own block.
    const inner = members.some(({ construct }) => namesIn(construct).includes(block ?? ""));
    if (block !== undefined && !inner) return block;
    const label =
      scope.path.split(".").findLast((part) => identifier(part) !== undefined) ?? "Part";
    return label.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  }

  #freeName(wish: string): string {
    let name = wish;
    for (let n = 2; this.#names.has(name); n++) name = `${wish}${n}`;
    this.#names.add(name);
    return name;
  }
}

/** A layer of the scope itself where there is one, else of a scope inside. */
function firstLayer({ items }: Scope): LayerItem | undefined {
  const own = items.find((item) => item.kind === "layer");
  if (own !== undefined) return own;
  for (const item of items) {
    const found = item.kind === "scope" ? firstLayer(item.scope) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Blocks whose classes a construct makes. */
function namesIn(construct: Construct): readonly string[] {
  if (construct.kind === "sequence") return construct.items.flatMap(namesIn);
  return construct.kind === "instance" ? [construct.of.wish] : [];
}

function inputsOf(item: Item): readonly ValueId[] {
  return item.kind === "scope" ? item.scope.inputs : item.node.inputs;
}

function hasWeights(item: Item): boolean {
  return item.kind === "layer" ? item.module !== undefined : item.scope.items.some(hasWeights);
}
