/**
 * Reads a JSON graph back. Receptive fields and costs are not read: they follow from the
 * rest. What is read passes the same verifier as a checked program, so a graph that comes
 * out can be trusted as if the checker had made it.
 */
import { brokenInvariant } from "../../analysis/verify.ts";
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import type { AttributeValue, Attributes } from "../../graph/attributes.ts";
import { type Dim, named } from "../../graph/dim.ts";
import type { Graph, Metadata, Node, Value, ValueId, Weight } from "../../graph/graph.ts";
import { type TensorType, tensorType } from "../../graph/tensor-type.ts";
import { excerpt } from "../excerpt.ts";
import {
  type JsonObject,
  Mismatch,
  countAt,
  decode,
  eachAt,
  memberAt,
  objectAt,
  oneOfAt,
  optionalAt,
  stringAt,
} from "./decode.ts";
import { FORMAT, VERSION } from "./graph.ts";
import { parseSize } from "./size-text.ts";

/**
 * The graph that a JSON text holds, as `graphToJson` made it; a problem where the text is damaged,
 * of another version, or no graph that the layers allow.
 * @param file what messages call the text
 */
export function graphFromJson(text: string, file: string): Graph | Problem {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return problem("CNN5041", { file, path: "", reason: "it is not JSON" });
  }
  const version = decode(() => versionOf(json));
  if (version instanceof Mismatch) return problem("CNN5041", { file, ...factsOf(version) });
  if (version !== VERSION) {
    return problem("CNN5040", { file, version: String(version), known: VERSION });
  }
  const graph = decode(() => new GraphReader().graph(objectAt(json, "")));
  if (graph instanceof Mismatch) return problem("CNN5041", { file, ...factsOf(graph) });
  const fault = brokenInvariant(graph);
  return fault === undefined
    ? graph
    : problem("CNN5041", { file, path: "", reason: excerpt(fault) });
}

function factsOf({ path, reason }: Mismatch): { readonly path: string; readonly reason: string } {
  return { path: excerpt(path), reason: excerpt(reason) };
}

function versionOf(json: unknown): number {
  const graph = objectAt(json, "");
  memberAt(graph, "format", "", (value, path) => oneOfAt([FORMAT], value, path));
  return memberAt(graph, "version", "", countAt);
}

class GraphReader {
  private readonly sizes = new Map<string, Dim>();
  private readonly values: Value[] = [];
  private readonly ids = new Map<string, ValueId>();

  graph(json: JsonObject): Graph {
    memberAt(json, "sizes", "", (list, path) =>
      eachAt(list, path, (item, at) => this.namedSize(item, at)),
    );
    const inputs = memberAt(json, "inputs", "", (list, path) =>
      eachAt(list, path, (item, at) => this.value(item, at)),
    );
    const nodes = memberAt(json, "nodes", "", (list, path) =>
      eachAt(list, path, (item, at) => this.node(item, at)),
    );
    const weights = memberAt(json, "weights", "", (list, path) =>
      eachAt(list, path, (item, at) => this.weight(item, at)),
    );
    if (new Set(weights.map(({ name }) => name)).size !== weights.length) {
      throw new Mismatch("weights", "a name stands twice");
    }
    return {
      name: memberAt(json, "name", "", stringAt),
      inputs,
      outputs: memberAt(json, "outputs", "", (list, path) =>
        eachAt(list, path, (item, at) => this.output(item, at)),
      ),
      values: this.values,
      nodes,
      weights: new Map(weights.map((weight) => [weight.name, weight])),
      metadata: memberAt(json, "metadata", "", metadataAt),
    };
  }

  private namedSize(json: unknown, path: string): void {
    const size = objectAt(json, path);
    const name = memberAt(size, "name", path, stringAt);
    const facts = {
      divisor: optionalAt(size, "divisor", path, countAt) ?? 1,
      offset: optionalAt(size, "offset", path, countAt) ?? 0,
      min: optionalAt(size, "min", path, countAt) ?? 1,
      max: optionalAt(size, "max", path, countAt) ?? Infinity,
    };
    if (facts.divisor < 1 || facts.min > facts.max || !/^[A-Za-z_]\w*$/.test(name)) {
      throw new Mismatch(path, "this describes no size");
    }
    if (this.sizes.has(name)) throw new Mismatch(path, `\`${name}\` stands twice`);
    this.sizes.set(name, named(name, facts));
  }

  private value(json: unknown, path: string): ValueId {
    const object = objectAt(json, path);
    const name = memberAt(object, "name", path, stringAt);
    if (this.ids.has(name)) throw new Mismatch(path, `two values are called \`${name}\``);
    const id = this.values.length;
    this.values.push({ id, name, type: this.type(object, path) });
    this.ids.set(name, id);
    return id;
  }

  private type(object: JsonObject, path: string): TensorType {
    memberAt(object, "dtype", path, (value, at) => oneOfAt(["f32"], value, at));
    return tensorType(
      memberAt(object, "shape", path, (list, at) =>
        eachAt(list, at, (size, sizeAt) => this.size(size, sizeAt)),
      ),
    );
  }

  private size(json: unknown, path: string): Dim {
    if (typeof json !== "string") return countAt(json, path);
    const size = parseSize(json, this.sizes);
    if (size === undefined) throw new Mismatch(path, `\`${json}\` is no size over \`sizes\``);
    return size;
  }

  private reference(json: unknown, path: string): ValueId {
    const name = stringAt(json, path);
    const id = this.ids.get(name);
    if (id === undefined) throw new Mismatch(path, `no value before this is called \`${name}\``);
    return id;
  }

  private output(json: unknown, path: string): Graph["outputs"][number] {
    const object = objectAt(json, path);
    return {
      name: memberAt(object, "name", path, stringAt),
      value: memberAt(object, "value", path, (value, at) => this.reference(value, at)),
    };
  }

  private node(json: unknown, path: string): Node {
    const object = objectAt(json, path);
    return {
      name: memberAt(object, "name", path, stringAt),
      kind: memberAt(object, "kind", path, stringAt),
      attributes: memberAt(object, "attributes", path, (value, at) => this.attributes(value, at)),
      inputs: memberAt(object, "inputs", path, (list, at) =>
        eachAt(list, at, (item, itemAt) => this.reference(item, itemAt)),
      ),
      outputs: memberAt(object, "outputs", path, (list, at) =>
        eachAt(list, at, (item, itemAt) => this.value(item, itemAt)),
      ),
      weights: memberAt(object, "weights", path, rolesAt),
      span: memberAt(object, "source", path, (value, at) => {
        const source = objectAt(value, at);
        return {
          file: memberAt(source, "file", at, stringAt),
          start: memberAt(source, "start", at, countAt),
          end: memberAt(source, "end", at, countAt),
        };
      }),
    };
  }

  private attributes(json: unknown, path: string): Attributes {
    const entries = [...objectAt(json, path)];
    return Object.fromEntries(
      entries.map(([name, value]) => [name, this.attribute(value, `${path}.${name}`, 0)]),
    );
  }

  private attribute(json: unknown, path: string, depth: number): AttributeValue {
    const deepest = 4;
    if (json === null || typeof json === "boolean" || typeof json === "string") return json;
    if (typeof json === "number") return json;
    if (depth > deepest) throw new Mismatch(path, "this is nested too deeply");
    if (Array.isArray(json)) {
      return eachAt(json, path, (item, at) => this.attribute(item, at, depth + 1));
    }
    const object = objectAt(json, path);
    return memberAt(object, "size", path, (value, at) => this.size(stringAt(value, at), at));
  }

  private weight(json: unknown, path: string): Weight {
    const object = objectAt(json, path);
    const roles = ["parameter", "buffer"] as const;
    const { dtype, shape } = this.type(object, path);
    return {
      name: memberAt(object, "name", path, stringAt),
      role: memberAt(object, "role", path, (value, at) => oneOfAt(roles, value, at)),
      dtype,
      shape,
    };
  }
}

function rolesAt(json: unknown, path: string): Readonly<Record<string, string>> {
  const entries = [...objectAt(json, path)];
  return Object.fromEntries(
    entries.map(([role, name]) => [role, stringAt(name, `${path}.${role}`)]),
  );
}

function metadataAt(json: unknown, path: string): Metadata {
  const object = objectAt(json, path);
  const doc = optionalAt(object, "doc", path, stringAt);
  const weights = optionalAt(object, "weights", path, stringAt);
  const labels = optionalAt(object, "labels", path, (list, at) => eachAt(list, at, stringAt));
  return {
    ...(doc === undefined ? {} : { doc }),
    ...(weights === undefined ? {} : { weights }),
    ...(labels === undefined ? {} : { labels }),
  };
}
