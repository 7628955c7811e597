/**
 * Holds two graphs against each other from their results backwards: whether they compute the
 * same, node by node, and which weight of one is which of the other. Order of nodes and names do
 * not matter.
 */
import { sameAttribute } from "../../analysis/attributes.ts";
import { valueOf } from "../../graph/access.ts";
import type { Attributes } from "../../graph/attributes.ts";
import type { Graph, Node, ValueId } from "../../graph/graph.ts";
import { formatType, sameShape } from "../../graph/tensor-type.ts";

export type Match =
  | {
      /** For each weight of the second graph, its name in the first. */
      readonly weights: ReadonlyMap<string, string>;
    }
  /** The first difference in words. */
  | { readonly difference: string };

export function matchGraphs(first: Graph, second: Graph): Match {
  return new Matcher(first, second).match();
}

class Matcher {
  private readonly first: Graph;
  private readonly second: Graph;
  private readonly makers: readonly [Makers, Makers];
  private readonly pairs = new Map<ValueId, ValueId>();
  private readonly waiting: (readonly [ValueId, ValueId])[] = [];
  private readonly weights = new Map<string, string>();

  constructor(first: Graph, second: Graph) {
    this.first = first;
    this.second = second;
    this.makers = [makersOf(first), makersOf(second)];
  }

  match(): Match {
    const { first, second } = this;
    if (first.inputs.length !== second.inputs.length) return { difference: "inputs" };
    if (first.outputs.length !== second.outputs.length) return { difference: "outputs" };
    first.inputs.forEach((id, at) => this.waiting.push([id, second.inputs[at]]));
    first.outputs.forEach(({ value }, at) => this.waiting.push([value, second.outputs[at].value]));
    for (let pair = this.waiting.pop(); pair !== undefined; pair = this.waiting.pop()) {
      const difference = this.matchValues(...pair);
      if (difference !== undefined) return { difference };
    }
    return { weights: this.weights };
  }

  private matchValues(a: ValueId, b: ValueId): string | undefined {
    const known = this.pairs.get(b);
    if (known !== undefined) return known === a ? undefined : this.differ(a, "shared otherwise");
    this.pairs.set(b, a);
    const [left, right] = [valueOf(this.first, a).type, valueOf(this.second, b).type];
    if (!sameShape(left.shape, right.shape)) {
      return this.differ(a, `${formatType(left)} is ${formatType(right)}`);
    }
    const [makerOfA, makerOfB] = [this.makers[0].get(a), this.makers[1].get(b)];
    if (makerOfA === undefined || makerOfB === undefined) {
      return makerOfA === makerOfB ? undefined : this.differ(a, "an input is a result");
    }
    return this.matchNodes(a, makerOfA, makerOfB, b);
  }

  private matchNodes(id: ValueId, a: Node, b: Node, other: ValueId): string | undefined {
    if (a.kind !== b.kind) return this.differ(id, `${a.kind} is ${b.kind}`);
    if (a.outputs.indexOf(id) !== b.outputs.indexOf(other)) return this.differ(id, "its place");
    if (a.inputs.length !== b.inputs.length) return this.differ(id, "its inputs");
    const attribute = differentAttribute(a.attributes, b.attributes);
    if (attribute !== undefined) return this.differ(id, `its \`${attribute}\``);
    a.inputs.forEach((input, at) => this.waiting.push([input, b.inputs[at]]));
    for (const [role, name] of Object.entries(b.weights)) {
      const original = this.weights.get(name) ?? a.weights[role];
      if (original !== a.weights[role]) return this.differ(id, `its \`${role}\` is shared`);
      this.weights.set(name, original);
    }
    return undefined;
  }

  private differ(id: ValueId, what: string): string {
    return `${valueOf(this.first, id).name}: ${what}`;
  }
}

type Makers = ReadonlyMap<ValueId, Node>;

function makersOf({ nodes }: Graph): Makers {
  return new Map(nodes.flatMap((node) => node.outputs.map((id) => [id, node])));
}

function differentAttribute(a: Attributes, b: Attributes): string | undefined {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].find(
    (name) =>
      !Object.hasOwn(a, name) || !Object.hasOwn(b, name) || !sameAttribute(a[name], b[name]),
  );
}
