/** The body of `forward`: a line for each layer, in as few variables as stay readable. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { identifier } from "./python.ts";
import type { Scope } from "./scopes.ts";

export class ForwardWriter {
  readonly #graph: Graph;
  readonly #scope: Scope;
  readonly #role: "model" | "part";
  readonly #lines: string[] = [];
  readonly #variables = new Map<ValueId, string>();
  /** Index of the last item that reads a value; behind all items for the scope's outputs. */
  readonly #lastUse = new Map<ValueId, number>();
  readonly #arguments: readonly string[];

  constructor(graph: Graph, scope: Scope, role: "model" | "part") {
    this.#graph = graph;
    this.#scope = scope;
    this.#role = role;
    for (const [at, item] of scope.items.entries()) {
      const { inputs } = item.kind === "scope" ? item.scope : item.node;
      for (const id of inputs) this.#lastUse.set(id, at);
    }
    const results = role === "model" ? graph.outputs.map(({ value }) => value) : scope.outputs;
    for (const id of results) this.#lastUse.set(id, scope.items.length);
    const inputs = role === "model" ? graph.inputs : scope.inputs;
    this.#arguments = inputs.map((id) => {
      const label = role === "model" ? identifier(graph.values[id].name) : undefined;
      const name = this.#free(label ?? "x", -1);
      this.#variables.set(id, name);
      return name;
    });
  }

  read(id: ValueId): string {
    const variable = this.#variables.get(id);
    if (variable === undefined) throw new InternalFault(`value ${id} has no variable`);
    return variable;
  }

  /** The outputs of the item at `at` are what the expression gives. */
  assign(at: number, outputs: readonly ValueId[], expression: string, local: string): void {
    const item = this.#scope.items[at];
    const { inputs } = item.kind === "scope" ? item.scope : item.node;
    const [first] = inputs.filter((id) => this.#lastUse.get(id) === at && this.#mayChange(id));
    const names: string[] = [];
    for (const id of outputs) {
      const reused = names.length === 0 && first !== undefined ? this.read(first) : undefined;
      const kept = (this.#lastUse.get(id) ?? -1) > at + 1;
      const label = item.kind === "scope" && kept ? identifier(local) : undefined;
      const name =
        label === undefined ? (reused ?? this.#free("x", at, names)) : this.#free(label, at, names);
      names.push(name);
      this.#variables.set(id, name);
    }
    this.#lines.push(`    ${names.join(", ")} = ${expression}`);
  }

  finish(): readonly string[] {
    const head = `def forward(${["self", ...this.#arguments].join(", ")}):`;
    const [line, ...others] = this.#lines.toReversed();
    const result = this.#result();
    // A last line that only names the result is the result itself.
    if (line !== undefined && line.startsWith(`    ${result} = `)) {
      const expression = line.slice(`    ${result} = `.length);
      return [head, ...others.toReversed(), `    return ${expression}`];
    }
    return [head, ...this.#lines, `    return ${result}`];
  }

  #result(): string {
    if (this.#role === "part") return this.#scope.outputs.map((id) => this.read(id)).join(", ");
    const { outputs } = this.#graph;
    if (outputs.length === 1) return this.read(outputs[0].value);
    return `{${outputs.map(({ name, value }) => `"${name}": ${this.read(value)}`).join(", ")}}`;
  }

  /** The model's arguments keep what they were called for. */
  #mayChange(id: ValueId): boolean {
    return this.#role === "part" || !this.#graph.inputs.includes(id) || this.read(id) === "x";
  }

  /** A name that holds nothing that is read later. */
  #free(wish: string, at: number, others: readonly string[] = []): string {
    const busy = new Set(others);
    for (const [id, name] of this.#variables) {
      if ((this.#lastUse.get(id) ?? -1) > at) busy.add(name);
    }
    if (!busy.has(wish)) return wish;
    const letters = wish === "x" ? ["y", "z"] : [];
    const letter = letters.find((name) => !busy.has(name));
    if (letter !== undefined) return letter;
    let name = wish;
    for (let n = 2; busy.has(name); n++) name = `${wish}${n}`;
    return name;
  }
}
