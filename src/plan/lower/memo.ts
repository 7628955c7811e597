/** Makes what equal layers need once: networks repeat themselves. */
export class Memo<Value> {
  readonly #known = new Map<string, Value>();

  /** @param key plain data that says all that `make` depends on */
  of(key: unknown, make: () => Value): Value {
    const text = JSON.stringify(key, withAllNumbers);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(text, made);
    return made;
  }
}

/** JSON has one word, `null`, for the numbers that are not finite. */
function withAllNumbers(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
