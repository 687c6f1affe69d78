/**
 * Writes variable-length integers: seven bits a byte, low bits first, signed ones zigzag, as Protocol Buffers' sint64.
 * Numbers up to 2^53; signed ones up to 2^52 in either direction.
 */
export class IntegerWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(expectedBytes);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  signed(value: number): void {
    // Claimed times and arrivals stay below 1e14 ms, so that twice a difference is still a safe integer.
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  bytes(values: Uint8Array): void {
    for (const value of values) this.byte(value);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what {@link IntegerWriter} wrote. Every method throws an Error when the bytes end too early. */
export class IntegerReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) throw new Error("packed readings end too early");
    return value;
  }

  /** A copy of the next bytes. */
  bytes(length: number): Uint8Array {
    const from = this.#position;
    this.#position += length;
    if (this.#position > this.#bytes.length) throw new Error("packed readings end too early");
    return this.#bytes.slice(from, this.#position);
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
