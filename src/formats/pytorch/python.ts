/** Values and calls as Python writes them. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { AttributeValue, Attributes } from "../../graph/attributes.ts";
import { isList } from "../../graph/print.ts";

/** An argument of a module's constructor. */
export interface Argument {
  /** PyTorch's. */
  readonly name: string;
  readonly value: string;
  /** Absent where the argument stands by position. */
  readonly default?: string;
}

export interface ModuleCall {
  /** `nn.Conv2d`. */
  readonly type: string;
  readonly arguments: readonly Argument[];
}

export function callText(type: string, given: readonly Argument[]): string {
  return `${type}(${argumentTexts(given).join(", ")})`;
}

/** Arguments that have their default are left out. */
export function argumentTexts(given: readonly Argument[]): readonly string[] {
  return given.flatMap(({ name, value, default: usual }) => {
    if (usual === undefined) return [value];
    return value === usual ? [] : [`${name}=${value}`];
  });
}

export function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return `float("${value > 0 ? "inf" : "-inf"}")`;
}

export function bool(value: boolean): string {
  return value ? "True" : "False";
}

export function tuple(values: readonly (number | string)[]): string {
  const texts = values.map((value) => (typeof value === "number" ? number(value) : value));
  return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(", ")})`;
}

/** `3` for `(3, 3)`. */
export function pair([first, second]: readonly number[]): string {
  return first === second ? number(first) : tuple([first, second]);
}

const KEYWORDS = new Set(
  `False None True and as assert async await break class continue def del elif else except finally
   for from global if import in is lambda nonlocal not or pass raise return try while with yield
   self super torch nn F`.split(/\s+/),
);

/** A name that Python takes: `conv1`; undefined for `0` and for its words. */
export function identifier(name: string): string | undefined {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name) ? name : undefined;
}

/** Attributes by their types, which the checker has made sure of. */
export class Reader {
  readonly #attributes: Attributes;
  /** Names that were asked for. */
  readonly read = new Set<string>();
  constructor(attributes: Attributes) {
    this.#attributes = attributes;
  }

  number(name: string): number {
    const value = this.value(name);
    if (typeof value !== "number") throw new InternalFault(`${name} is no number`);
    return value;
  }

  /** Undefined for null. */
  optional(name: string): number | undefined {
    return this.value(name) === null ? undefined : this.number(name);
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  text(name: string): string {
    return String(this.value(name));
  }

  isNull(name: string): boolean {
    return this.value(name) === null;
  }

  value(name: string): AttributeValue {
    this.read.add(name);
    return this.#attributes[name];
  }

  numbers(name: string): readonly number[] {
    const value = this.value(name);
    if (value === null || typeof value !== "object" || !isList(value)) {
      throw new InternalFault(`${name} is no list`);
    }
    return value.map((item) => {
      if (typeof item !== "number") throw new InternalFault(`${name} holds no numbers`);
      return item;
    });
  }
}
