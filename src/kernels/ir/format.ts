/**
 * Kernels as text: one statement a line, addresses as sums of their counters. `--emit kernels`
 * shows it, and equal kernels give equal texts.
 */
import type { Address, Counter, Index, Kernel, Mask, Statement, Vector } from "./ir.ts";

export function formatKernel({ name, buffers, body }: Kernel): string {
  const parameters = buffers.map(({ name: buffer, elementsPerThread }) =>
    elementsPerThread === undefined ? buffer : `${buffer}: scratch ${elementsPerThread}`,
  );
  const formatter = new Formatter();
  return [
    `kernel ${name} (${parameters.join(", ")}) {`,
    ...formatter.statements(body, "  "),
    "}",
    "",
  ].join("\n");
}

class Formatter {
  /** Counters of one name are told apart by a number. */
  readonly #names = new Map<Counter, string>();

  statements(body: readonly Statement[], indent: string): readonly string[] {
    return body.flatMap((statement) => this.#statement(statement, indent));
  }

  #statement(statement: Statement, indent: string): readonly string[] {
    switch (statement.op) {
      case "loop": {
        const { counter, parallel, body } = statement;
        const head = `for ${this.#nameOf(counter)} in 0..${counter.extent} {`;
        const inner = this.statements(body, `${indent}  `);
        return [`${indent}${parallel ? "parallel " : ""}${head}`, ...inner, `${indent}}`];
      }
      case "lookup": {
        const { counter, from, body } = statement;
        const head = `with ${this.#nameOf(counter)} = integer ${this.#address(from)} {`;
        return [`${indent}${head}`, ...this.statements(body, `${indent}  `), `${indent}}`];
      }
      case "unless": {
        const masks = statement.masks.map((mask) => this.#mask(mask)).join(" and ");
        const inner = this.statements(statement.body, `${indent}  `);
        return [`${indent}unless ${masks} {`, ...inner, `${indent}}`];
      }
      case "assign":
        return [`${indent}${statement.variable.name} = ${this.#vector(statement.value)}`];
      case "store": {
        const { to, value, lanes } = statement;
        return [`${indent}${this.#address(to)}${lanesText(lanes)} = ${this.#vector(value)}`];
      }
      case "storeLane": {
        const { to, value, lane } = statement;
        return [`${indent}${this.#address(to)} = lane ${lane} of ${value.name}`];
      }
      case "prefetch":
        return [`${indent}prefetch ${this.#address(statement.from)}`];
      case "barrier":
        return [`${indent}barrier`];
      default:
        return statement satisfies never;
    }
  }

  #vector(vector: Vector): string {
    switch (vector.op) {
      case "constant":
        return String(vector.value);
      case "read":
        return vector.variable.name;
      case "load":
        return this.#address(vector.from) + lanesText(vector.lanes);
      case "splat":
        return `splat ${this.#address(vector.from)}`;
      case "fma":
        return this.#call("fma", [vector.a, vector.b, vector.c]);
      case "select":
        return `select(${this.#mask(vector.mask)}, ${this.#vector(vector.yes)}, ${this.#vector(vector.no)})`;
      case "shuffle": {
        const operands = [vector.left, vector.right].map((part) => this.#vector(part));
        return `shuffle(${operands.join(", ")}, [${vector.pattern.join(" ")}])`;
      }
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "min":
      case "max":
      case "or":
      case "scale":
        return this.#call(vector.op, [vector.left, vector.right]);
      default:
        return this.#call(vector.op, [vector.value]);
    }
  }

  #mask({ op, left, right }: Mask): string {
    return this.#call(op, [left, right]);
  }

  #call(name: string, operands: readonly Vector[]): string {
    return `${name}(${operands.map((operand) => this.#vector(operand)).join(", ")})`;
  }

  #address({ buffer, index }: Address): string {
    return `${buffer.name}[${this.#index(index)}]`;
  }

  #index({ terms, constant }: Index): string {
    const parts = terms.list.map(({ counter, stride }) =>
      stride === 1 ? this.#nameOf(counter) : `${stride}·${this.#nameOf(counter)}`,
    );
    if (constant !== 0 || parts.length === 0) parts.push(String(constant));
    return parts.join(" + ").replaceAll("+ -", "- ");
  }

  #nameOf(counter: Counter): string {
    const known = this.#names.get(counter);
    if (known !== undefined) return known;
    const taken = [...this.#names.keys()].filter(({ name }) => name === counter.name).length;
    const name = taken === 0 ? counter.name : `${counter.name}${taken + 1}`;
    this.#names.set(counter, name);
    return name;
  }
}

/** How many lanes of a vector are meant, where not all. */
function lanesText(lanes: number | undefined): string {
  return lanes === undefined ? "" : ` (${lanes} lanes)`;
}
