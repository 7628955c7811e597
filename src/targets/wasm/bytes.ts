/** A growing byte buffer with the number formats of the WebAssembly binary format. */
export class Bytes {
  #data: Uint8Array;
  #length = 0;

  /** @param capacity how many bytes there will be at first, if that is known */
  constructor(capacity = 256) {
    this.#data = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    if (this.#length === this.#data.length) this.#reserve(1);
    this.#data[this.#length++] = value;
    return this;
  }

  raw(values: ArrayLike<number>): this {
    this.#reserve(values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
    return this;
  }

  append(other: Bytes): this {
    return this.raw(other.#data.subarray(0, other.#length));
  }

  equals(other: Bytes): boolean {
    if (other.length !== this.#length) return false;
    for (let at = 0; at < this.#length; at++) {
      if (this.#data[at] !== other.#data[at]) return false;
    }
    return true;
  }

  /** Unsigned LEB128 of an integer below 2^32. */
  unsigned(value: number): this {
    if (value < 0x80) return this.byte(value);
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.byte(rest);
  }

  /** Signed LEB128 of a 32-bit integer. */
  signed(value: number): this {
    let rest = value | 0;
    while (rest < -0x40 || rest >= 0x40) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    return this.byte(rest & 0x7f);
  }

  text(value: string): this {
    const encoded = new TextEncoder().encode(value);
    return this.unsigned(encoded.length).raw(encoded);
  }

  /** Content with its length before it. */
  sized(content: Bytes): this {
    return this.unsigned(content.length).append(content);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#data.length) return;
    const grown = new Uint8Array(Math.max(this.#data.length * 2, this.#length + more));
    grown.set(this.#data.subarray(0, this.#length));
    this.#data = grown;
  }
}
