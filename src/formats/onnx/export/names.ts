/** Names in an ONNX graph, where values, weights and constants share one space. */
export class Names {
  readonly #taken = new Set<string>();

  /** The wish, or the wish with the first free number behind it. */
  take(wish: string): string {
    let name = wish;
    for (let n = 1; this.#taken.has(name); n++) name = `${wish}_${n}`;
    this.#taken.add(name);
    return name;
  }
}
