/** Puts functions together into a module: the sections of the WebAssembly binary format. */
import { type Assembler, type FunctionType, typeCode } from "./assembler.ts";
import { Bytes } from "./bytes.ts";

/** A function of the module that others may call. */
export interface Callee {
  readonly index: number;
  readonly type: FunctionType;
}

export interface MemoryOptions {
  /** Pages of 64 KiB. */
  readonly pages: number;
  /** Shared memory is imported as `env.memory`, own memory is exported as `memory`. */
  readonly shared: boolean;
}

const SECTION = { type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10, custom: 0 };
const EXPORTED = { function: 0, memory: 2 };

export class ModuleWriter {
  readonly #types: FunctionType[] = [];
  readonly #functions: {
    readonly name: string;
    readonly type: number;
    readonly body: Assembler;
  }[] = [];
  readonly #exports: { readonly name: string; readonly kind: number; readonly index: number }[] =
    [];
  readonly #memory: MemoryOptions;

  constructor(memory: MemoryOptions) {
    this.#memory = memory;
    if (!memory.shared) this.#exports.push({ name: "memory", kind: EXPORTED.memory, index: 0 });
  }

  /** @param name for readers of the text format */
  add(body: Assembler, name = ""): Callee {
    const type = this.#typeIndex(body.type);
    this.#functions.push({ name, type, body });
    return { index: this.#functions.length - 1, type: body.type };
  }

  export(name: string, { index }: Callee): void {
    this.#exports.push({ name, kind: EXPORTED.function, index });
  }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Bytes().raw([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, items: readonly ((content: Bytes) => void)[]): void => {
      if (items.length === 0) return;
      const content = new Bytes().unsigned(items.length);
      for (const write of items) write(content);
      out.byte(id).sized(content);
    };
    section(
      SECTION.type,
      this.#types.map((type) => (content) => writeType(content, type)),
    );
    const { shared } = this.#memory;
    const importMemory = (content: Bytes) =>
      this.#limits(content.text("env").text("memory").byte(2));
    section(SECTION.import, shared ? [importMemory] : []);
    section(
      SECTION.function,
      this.#functions.map((f) => (content) => content.unsigned(f.type)),
    );
    section(SECTION.memory, shared ? [] : [(content) => this.#limits(content)]);
    section(
      SECTION.export,
      this.#exports.map((e) => (content) => content.text(e.name).byte(e.kind).unsigned(e.index)),
    );
    section(
      SECTION.code,
      this.#functions.map((f) => (content) => content.sized(f.body.finish())),
    );
    return out.finish();
  }

  /** The same module in the text format. */
  text(): string {
    const { pages, shared } = this.#memory;
    const limits = `${pages} ${pages}${shared ? " shared" : ""}`;
    return [
      "(module",
      ...this.#types.map((type, i) => `  (type (;${i};) (func${signatureText(type)}))`),
      shared ? `  (import "env" "memory" (memory ${limits}))` : `  (memory ${limits})`,
      ...this.#functions.flatMap((f, i) => functionText(f, i)),
      ...this.#exports.map(({ name, kind, index }) => {
        const what = kind === EXPORTED.memory ? "memory" : "func";
        return `  (export "${name}" (${what} ${index}))`;
      }),
      ")",
      "",
    ].join("\n");
  }

  /** Fixed size: what a plan needs is known when its module is made. */
  #limits(content: Bytes): void {
    const { pages, shared } = this.#memory;
    content
      .byte(shared ? 0x03 : 0x01)
      .unsigned(pages)
      .unsigned(pages);
  }

  #typeIndex(type: FunctionType): number {
    const key = JSON.stringify(type);
    const known = this.#types.findIndex((t) => JSON.stringify(t) === key);
    return known >= 0 ? known : this.#types.push(type) - 1;
  }
}

function writeType(content: Bytes, { takes, gives }: FunctionType): void {
  content.byte(0x60).unsigned(takes.length).raw(takes.map(typeCode));
  content.unsigned(gives.length).raw(gives.map(typeCode));
}

function signatureText({ takes, gives }: FunctionType): string {
  return typeList("param", takes) + typeList("result", gives);
}

function typeList(keyword: string, types: readonly string[]): string {
  return types.length === 0 ? "" : ` (${keyword} ${types.join(" ")})`;
}

function functionText(
  { name, type, body }: { readonly name: string; readonly type: number; readonly body: Assembler },
  index: number,
): readonly string[] {
  const locals = body.locals.length === 0 ? [] : [`    (local ${body.locals.join(" ")})`];
  const lines = body.lines.map(({ depth, text }) => `    ${"  ".repeat(depth)}${text}`);
  const comment = name === "" ? "" : ` ;; ${name}`;
  return [`  (func (;${index};) (type ${type})${comment}`, ...locals, ...lines, "  )"];
}
