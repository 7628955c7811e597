/** The values of a graph by their names; a branch sees those of the graphs around it too. */
import type { Operand } from "./operand.ts";

export class Scope {
  private readonly own = new Map<string, Operand>();
  private readonly around: Scope | undefined;

  constructor(around?: Scope) {
    this.around = around;
  }

  get(name: string): Operand | undefined {
    return this.own.get(name) ?? this.around?.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  set(name: string, operand: Operand): void {
    this.own.set(name, operand);
  }
}
