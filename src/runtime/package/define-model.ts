/**
 * The code of `model.js`: makes the class of a model from its description. It is bundled into a
 * text that packages carry (`npm run gen`), so it is small and uses nothing but the language.
 */
import type { ModelDescription, PortDescription } from "../../targets/wasm/package/description.ts";
import type { SessionTensors } from "../session.ts";
import { sizeOf } from "../../graph/tensor.ts";
import { fillInputs } from "./given.ts";
import { type LoadedModel, type OpenOptions, type PackageFiles, load } from "./load.ts";

/** The class `LeNet5` of `import { LeNet5 } from "./model.js"`. */
export interface ModelClass {
  open(options?: OpenOptions): Promise<PackagedModel>;
  readonly labels: readonly string[];
}

export interface PackagedModel {
  readonly inputs: SessionTensors;
  readonly outputs: SessionTensors;
  readonly threads: number;
  run(given?: Readonly<Record<string, unknown>>): SessionTensors;
  close(): void;
}

export function defineModel(model: ModelDescription, files: PackageFiles): ModelClass {
  class Model implements PackagedModel {
    static readonly labels = model.labels;

    static async open(options: OpenOptions = {}): Promise<Model> {
      return new Model(await load(model, files, options));
    }

    readonly inputs: SessionTensors;
    readonly outputs: SessionTensors;
    readonly threads: number;
    #loaded: LoadedModel | undefined;

    /** Private for TypeScript only. */
    constructor(loaded: LoadedModel | undefined) {
      if (loaded === undefined)
        throw new TypeError(`${model.name} is made by ${model.name}.open()`);
      const { instance, program } = loaded;
      const views = (ports: readonly PortDescription[], addresses: readonly number[]) =>
        Object.fromEntries(
          ports.map(({ name, shape }, i) => {
            const data = new Float32Array(instance.memory.buffer, addresses[i], sizeOf(shape));
            return [name, { shape, data }];
          }),
        );
      this.inputs = views(model.inputs, program.inputs);
      this.outputs = views(model.outputs, program.outputs);
      this.threads = program.threads;
      this.#loaded = loaded;
    }

    run(given?: Readonly<Record<string, unknown>>): SessionTensors {
      if (this.#loaded === undefined) throw new Error(`${model.name} was closed`);
      if (given !== undefined) fillInputs(model.name, this.inputs, given);
      this.#loaded.instance.run();
      if (given === undefined) return this.outputs;
      return Object.fromEntries(
        Object.entries(this.outputs).map(([name, { shape, data }]) => [
          name,
          { shape, data: new Float32Array(data) },
        ]),
      );
    }

    close(): void {
      this.#loaded?.team?.close();
      this.#loaded = undefined;
    }
  }
  Object.defineProperty(Model, "name", { value: model.name });
  return Model;
}

/** The bytes of a text in base64, for packages that are one file. */
export function decodeBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
