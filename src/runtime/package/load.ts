/** Brings a packaged model from its files into memory, in the form that the engine runs best. */
import {
  ID_LENGTH,
  type ModelDescription,
  type Program,
  SECTIONS,
} from "../../targets/wasm/package/description.ts";
import { type ModuleInstance, functionOf, openModule } from "../wasm/instance.ts";
import { Team } from "../wasm/team.ts";
import { joinVectorPairs } from "../wide-vectors.ts";
import { type ByteSource, type FilePlace, openSource } from "./byte-source.ts";

export interface OpenOptions {
  /**
   * `model.wasm`, where it does not lie beside `model.js`: its address, its bytes or a response
   * that brings them. Hosts that compile no bytes at run time import it as a module: give that.
   */
  readonly wasm?: FilePlace | WebAssembly.Module;
  /** The same for `model.weights`, of models that have this file. */
  readonly weights?: FilePlace;
  /** As many as the package was built for, unless given; 1 starts no workers. */
  readonly threads?: number;
  /** Gets a text where there are fewer threads than asked for; `console.warn` unless given. */
  readonly warn?: (message: string) => void;
}

/** What `open` reads where it is not told otherwise. */
export interface PackageFiles {
  wasm(): FilePlace;
  /** Absent where the weights are in the module's file. */
  weights?(): FilePlace;
}

export interface LoadedModel {
  readonly program: Program;
  readonly instance: ModuleInstance;
  readonly team: Team | undefined;
}

/** @throws Error that says what is missing or wrong, beginning with the model's name */
export async function load(
  model: ModelDescription,
  files: PackageFiles,
  options: OpenOptions,
): Promise<LoadedModel> {
  try {
    const narrow = model.wide ? joinVectorPairs() : undefined;
    if (narrow !== undefined) warn(options, `${model.name} runs slower than it could: ${narrow}`);
    const { wasm } = options;
    return isModule(wasm)
      ? await fromModule(wasm, model, files, options)
      : await fromFile(wasm ?? files.wasm(), model, files, options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${model.name} cannot be loaded: ${message}`, { cause: error });
  }
}

/** True of modules of other realms too. */
function isModule(wasm: OpenOptions["wasm"]): wasm is WebAssembly.Module {
  return Object.prototype.toString.call(wasm) === "[object WebAssembly.Module]";
}

async function fromFile(
  place: FilePlace,
  model: ModelDescription,
  files: PackageFiles,
  options: OpenOptions,
): Promise<LoadedModel> {
  const { codeBytes, weights, programs, id } = model;
  const isInside = weights.place === "inside";
  const bytes = codeBytes + (isInside ? weights.bytes : 0);
  const source = await openSource(place, { name: "model.wasm", bytes });
  try {
    const code = new Uint8Array(codeBytes);
    await source.read(code);
    checkModule(code, programs[0], id);
    const { program, code: chosen, team } = await chooseProgram(code, model, options);
    try {
      const instance = await instantiate(chosen, program, team);
      const loaded = { program, instance, team };
      await (isInside
        ? fillWeights(source, loaded, model)
        : readWeights(loaded, model, files, options));
      return loaded;
    } catch (error) {
      team?.close();
      throw error;
    }
  } finally {
    await source.close();
  }
}

/** The file begins as modules do, and its id follows on the first program. */
function checkModule(code: Uint8Array, first: Program, id: string): void {
  if (code[0] !== 0 || textOf(code.subarray(1, 4)) !== "asm") {
    const start = textOf(code.subarray(0, 9));
    const hint = start.startsWith("<") ? "; the server answered with a page" : "";
    throw new Error(`model.wasm is no WebAssembly: it begins with ${JSON.stringify(start)}${hint}`);
  }
  // A section's code and length, then its name with a length: a byte each.
  const at = first.end + 3 + SECTIONS.id.length;
  checkId(code.subarray(at, at + ID_LENGTH), id, "model.wasm");
}

function checkId(bytes: Uint8Array, id: string, file: string): void {
  if (textOf(bytes) === id) return;
  throw new Error(`${file} is of another build than model.js: copy all files of one build`);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

async function fromModule(
  module: WebAssembly.Module,
  model: ModelDescription,
  files: PackageFiles,
  options: OpenOptions,
): Promise<LoadedModel> {
  const { programs, weights, id, name } = model;
  const [program] = programs;
  checkId(new Uint8Array(sectionOf(module, SECTIONS.id)), id, "the module");
  if (options.threads !== undefined && options.threads > 1) {
    warn(options, `${name} runs on one thread: a module that is given is for one`);
  }
  const instance = openInstance(module, program, undefined);
  const loaded = { program, instance, team: undefined };
  if (weights.place === "beside") await readWeights(loaded, model, files, options);
  else {
    const expected = { name: SECTIONS.weights, bytes: weights.bytes };
    const section = weights.bytes > 0 ? sectionOf(module, SECTIONS.weights) : new ArrayBuffer();
    await fillWeights(await openSource(section, expected), loaded, model);
  }
  return loaded;
}

function sectionOf(module: WebAssembly.Module, name: string): ArrayBuffer {
  const [section] = WebAssembly.Module.customSections(module, name);
  if (section !== undefined) return section;
  throw new Error(`the module has no section ${name}: it was stripped, or is not model.wasm`);
}

interface Choice {
  readonly program: Program;
  readonly code: Uint8Array<ArrayBuffer>;
  readonly team: Team | undefined;
}

/** The first program that the engine accepts, with threads where they can be had. */
async function chooseProgram(
  code: Uint8Array<ArrayBuffer>,
  { name, programs }: ModelDescription,
  options: OpenOptions,
): Promise<Choice> {
  const single = await firstAccepted(code, programs, 1);
  if (single === undefined) throw new Error(whyNone());
  const most = Math.max(...programs.map(({ threads }) => threads));
  const wanted = options.threads ?? most;
  if (wanted === 1) return { ...single, team: undefined };
  const alone = (reason: string): Choice => {
    warn(options, `${name} runs on one thread instead of ${wanted}: ${reason}`);
    return { ...single, team: undefined };
  };
  if (wanted !== most) {
    return alone(most === 1 ? "it was built for one" : `it was built for 1 or ${most}`);
  }
  if (!canInflate()) return alone("this JavaScript engine has no DecompressionStream");
  const shared = typeof SharedArrayBuffer === "function";
  const threaded = shared ? await firstAccepted(code, programs, wanted) : undefined;
  if (threaded === undefined) {
    return alone(
      "there is no shared memory; a page gets it with the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  try {
    return { ...threaded, team: await Team.start(wanted) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return alone(`workers cannot be started: ${why}`);
  }
}

/** Programs are tried one by one: most engines take the first, and inflate no other. */
async function firstAccepted(
  file: Uint8Array<ArrayBuffer>,
  programs: readonly Program[],
  threads: number,
): Promise<Omit<Choice, "team"> | undefined> {
  for (const program of programs) {
    if (program.threads !== threads) continue;
    const stored = file.subarray(program.start, program.end);
    const code = program === programs[0] ? stored : await inflate(stored);
    if (code !== undefined && WebAssembly.validate(code)) return { program, code };
  }
  return undefined;
}

function canInflate(): boolean {
  return typeof DecompressionStream === "function";
}

/** Undefined where the bytes are damaged, or the engine cannot inflate. */
async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** `i32.const 0; i8x16.splat; drop` in a function without arguments. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0];

function whyNone(): string {
  if (WebAssembly.validate(Uint8Array.of(...SIMD, 253, 15, 26, 11))) {
    return canInflate()
      ? "model.wasm is damaged"
      : "this JavaScript engine has neither relaxed SIMD nor DecompressionStream: build the model " +
          "with --portable";
  }
  return (
    "this JavaScript engine has no WebAssembly SIMD, which Node 16.4, Chrome 91, Firefox 89 and " +
    "Safari 16.4 brought"
  );
}

function warn(options: OpenOptions, message: string): void {
  (options.warn ?? globalThis.console?.warn)?.(message);
}

async function instantiate(
  code: Uint8Array<ArrayBuffer>,
  program: Program,
  team: Team | undefined,
): Promise<ModuleInstance> {
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(code);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the host refuses to compile model.wasm (${why}); where it can import the file as a ` +
        "WebAssembly.Module, give that: open({ wasm: module })",
      { cause: error },
    );
  }
  return openInstance(module, program, team);
}

function openInstance(
  module: WebAssembly.Module,
  { pages, flags }: Program,
  team: Team | undefined,
): ModuleInstance {
  try {
    return openModule(module, { pages, flags }, team);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const size = `${Math.ceil(pages / 16)} MiB`;
    throw new Error(`there is no room for ${size} of memory`, { cause: error });
  }
}

/** Reads the weights to where they go, or to where a function makes them. */
async function fillWeights(
  source: ByteSource,
  { instance: { memory, exports }, program }: LoadedModel,
  { weights: { runs } }: ModelDescription,
): Promise<void> {
  const { arena, weights } = program;
  for (const { to, bytes, count, step, expand } of runs) {
    for (let i = 0; i < count; i++) {
      const place = weights + to + i * step;
      await source.read(new Uint8Array(memory.buffer, expand ? arena : place, bytes));
      if (expand) functionOf(exports, expand)(arena, place);
    }
  }
}

async function readWeights(
  loaded: LoadedModel,
  model: ModelDescription,
  files: PackageFiles,
  options: OpenOptions,
): Promise<void> {
  const name = "model.weights";
  const place = options.weights ?? files.weights?.();
  if (place === undefined) throw new Error(`where is ${name}? open({ weights })`);
  const bytes = ID_LENGTH + model.weights.bytes;
  const source: ByteSource = await openSource(place, { name, bytes });
  try {
    const found = new Uint8Array(ID_LENGTH);
    await source.read(found);
    checkId(found, model.id, name);
    await fillWeights(source, loaded, model);
  } finally {
    await source.close();
  }
}
