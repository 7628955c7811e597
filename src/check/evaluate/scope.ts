/** What a name means where it is mentioned. */
import type { Block, Const, Model } from "../../syntax/ast.ts";
import type { Layer } from "../../layers/layer.ts";
import { layers } from "../../layers/index.ts";
import type { Module } from "../modules.ts";
import type { Value } from "./values.ts";

export type Binding =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "layer"; readonly layer: Layer }
  | { readonly kind: "block"; readonly block: Block | Model; readonly module: Module }
  | { readonly kind: "const"; readonly declaration: Const; readonly module: Module };

/** A body's names inside those of its surroundings; the outermost are a file's, then the layers. */
export class Scope {
  readonly module: Module;
  private readonly parent: Scope | undefined;
  private readonly values = new Map<string, Value>();

  private constructor(module: Module, parent?: Scope) {
    this.module = module;
    this.parent = parent;
  }

  static of(module: Module): Scope {
    return new Scope(module);
  }

  inner(): Scope {
    return new Scope(this.module, this);
  }

  bind(name: string, value: Value): void {
    this.values.set(name, value);
  }

  lookup(name: string): Binding | undefined {
    const value = this.values.get(name);
    if (value !== undefined) return { kind: "value", value };
    if (this.parent !== undefined) return this.parent.lookup(name);
    return this.module.declarations.get(name) ?? builtin(name);
  }
}

function builtin(name: string): Binding | undefined {
  const layer = layers.get(name);
  return layer && { kind: "layer", layer };
}
