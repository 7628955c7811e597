/** Files and what they declare: imports are followed, each file is parsed once. */
import { problem } from "../diagnostics/diagnostic.ts";
import type { Source } from "../diagnostics/span.ts";
import type { Block, Const, Import, Model, Name, Program, Train } from "../syntax/ast.ts";
import { parse } from "../syntax/parse.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Reporter } from "./reporter.ts";

/** Files that import each other one behind the other. */
const MOST_LEVELS = 100;

/** Finds the file that an import names; undefined where there is none. */
export type Resolve = (path: string, importer: string) => Source | undefined;

export interface Module {
  readonly source: Source;
  readonly program: Program;
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** Names that it declares in parts that could not be read: of what they are, nothing is known. */
  readonly unread: ReadonlySet<string>;
}

export type Declaration =
  | { readonly kind: "block"; readonly block: Block | Model; readonly module: Module }
  | { readonly kind: "const"; readonly declaration: Const; readonly module: Module };

/** Loads a file and all that it imports. Every mistake on the way goes to the reporter. */
export function loadModules(source: Source, resolve: Resolve, reporter: Reporter): Loaded {
  const loaded = new Map<string, Module>();
  const entry = load(source, { resolve, reporter, loaded, loading: [] });
  return { entry, modules: [...loaded.values()] };
}

export interface Loaded {
  readonly entry: Module;
  /** The file and all that it imports. */
  readonly modules: readonly Module[];
}

interface Loading {
  readonly resolve: Resolve;
  readonly reporter: Reporter;
  readonly loaded: Map<string, Module>;
  /** Names of the files from the first to the one that is being loaded. */
  readonly loading: readonly string[];
}

function load(source: Source, state: Loading): Module {
  const known = state.loaded.get(source.name);
  if (known !== undefined) return known;
  const { program, diagnostics, unread } = parse(source);
  for (const diagnostic of diagnostics) state.reporter.add(diagnostic);
  const declarations = new Map<string, Declaration>();
  const module: Module = {
    source,
    program,
    declarations,
    unread: new Set(unread.map(({ text }) => text)),
  };
  state.loaded.set(source.name, module);
  const places = new Map<string, Name>();
  const declare = (name: Name, declaration: Declaration | undefined): void => {
    const first = places.get(name.text);
    if (first !== undefined) {
      state.reporter.report(problem("CNN3002", { name: name.text }), name.span, {
        related: [{ span: first.span, text: "first declared here" }],
      });
      return;
    }
    places.set(name.text, name);
    if (declaration !== undefined) declarations.set(name.text, declaration);
  };
  for (const item of program.items) {
    switch (item.kind) {
      case "import":
        for (const { local, declaration } of imported(item, source.name, state)) {
          declare(local, declaration);
        }
        break;
      case "const":
        declare(item.name, { kind: "const", declaration: item, module });
        break;
      case "block":
      case "model":
        declare(item.name, { kind: "block", block: item, module });
        break;
      case "train":
        break;
      default:
        item satisfies never;
    }
  }
  return module;
}

interface Imported {
  readonly local: Name;
  /** Absent where the import failed: the name is known, but of what it is nothing. */
  readonly declaration: Declaration | undefined;
}

function imported(item: Import, importer: string, state: Loading): readonly Imported[] {
  const nothing = item.names.map(({ local }) => ({ local, declaration: undefined }));
  const path = item.from.value;
  const source = state.resolve(path, importer);
  if (source === undefined) {
    state.reporter.report(problem("CNN3014", { path }), item.from.span);
    return nothing;
  }
  const chain = [...state.loading, importer];
  if (chain.includes(source.name)) {
    const cycle = [...chain.slice(chain.indexOf(source.name)), source.name];
    state.reporter.report(problem("CNN3013", { cycle }), item.from.span);
    return nothing;
  }
  if (chain.length >= MOST_LEVELS && !state.loaded.has(source.name)) {
    state.reporter.report(problem("CNN3029", { limit: MOST_LEVELS }), item.from.span);
    return nothing;
  }
  const module = load(source, { ...state, loading: chain });
  return item.names.map(({ imported: name, local }) => {
    const declaration = module.declarations.get(name.text);
    if (declaration === undefined && !module.unread.has(name.text)) {
      const close = nearest(name.text, module.declarations.keys());
      state.reporter.report(
        problem("CNN3015", { name: name.text, path, ...(close && { nearest: close }) }),
        name.span,
      );
    }
    return { local, declaration };
  });
}

/** The models that a file itself declares. */
export function modelsOf({ program }: Module): readonly Model[] {
  return program.items.filter((item) => item.kind === "model");
}

export function trainsOf({ program }: Module): readonly Train[] {
  return program.items.filter((item) => item.kind === "train");
}
