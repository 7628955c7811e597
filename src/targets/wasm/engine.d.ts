/**
 * The part of the WebAssembly JavaScript API that is used here. TypeScript declares it only
 * together with the whole browser (`lib.dom`), which would let the core use the DOM unseen.
 * https://webassembly.github.io/spec/js-api/
 */
declare namespace WebAssembly {
  function validate(bytes: ArrayBufferView | ArrayBuffer): boolean;

  class Module {
    constructor(bytes: ArrayBufferView | ArrayBuffer);
    static customSections(module: Module, name: string): ArrayBuffer[];
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }

  function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>;

  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  function instantiate(module: Module, imports?: Imports): Promise<Instance>;

  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
}
