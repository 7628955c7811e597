/**
 * What a user of the package can see: the exports of its entry points, and every declaration that
 * their signatures mention. Read from the sources, in which the comments stand.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseAst } from "vite";

const ROOT = join(import.meta.dirname, "..");

export interface Declaration {
  /** From the root of the project. */
  readonly file: string;
  readonly name: string;
  /** The comment in front of it, without its stars; undefined where there is none. */
  readonly doc: string | undefined;
  /** The declaration itself, without the bodies of functions. */
  readonly text: string;
}

/** A node of the tree, of which only what is asked for is known. */
interface Tree {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [part: string]: unknown;
}

/** Where a name of a file comes from. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

interface Module {
  readonly text: string;
  readonly declared: ReadonlyMap<string, { readonly tree: Tree; readonly start: number }>;
  /** Imported names, and exported ones that other files declare. */
  readonly foreign: ReadonlyMap<string, Origin>;
  /** Exported names by what they are called inside. */
  readonly exported: ReadonlyMap<string, string>;
}

/** The sources of the package's entry points. */
export function entryPoints(): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const exported = isRecord(manifest) && isRecord(manifest["exports"]) ? manifest["exports"] : {};
  return Object.values(exported).flatMap((entry) => {
    const types = isRecord(entry) ? entry["types"] : undefined;
    return typeof types === "string" ? [types.replace("./dist/", "").replace(".d.ts", ".ts")] : [];
  });
}

/** The exports of the entry points and all that they mention, each once. */
export function publicDeclarations(): readonly Declaration[] {
  const modules = new Map<string, Module>();
  const moduleOf = (file: string): Module => {
    const known = modules.get(file) ?? readModule(file);
    modules.set(file, known);
    return known;
  };
  const queue: Origin[] = entryPoints().flatMap((file) =>
    [...moduleOf(file).exported.values()].map((name) => ({ file, name })),
  );
  const found = new Map<string, Declaration>();
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { file, name } = next;
    const module = moduleOf(file);
    const foreign = module.foreign.get(name);
    const declared = module.declared.get(name);
    const key = `${file} ${name}`;
    if (foreign !== undefined) {
      const inside = moduleOf(foreign.file).exported.get(foreign.name) ?? foreign.name;
      queue.push({ file: foreign.file, name: inside });
    } else if (declared !== undefined && !found.has(key)) {
      const signature = signatureOf(declared.tree);
      const text = textOf(module.text, declared.tree);
      found.set(key, { file, name, doc: docBefore(module.text, declared.start), text });
      for (const mentioned of signature.flatMap(namesIn)) queue.push({ file, name: mentioned });
    }
  }
  return [...found.values()].sort((a, b) => (a.file + a.name < b.file + b.name ? -1 : 1));
}

function readModule(file: string): Module {
  const text = readFileSync(join(ROOT, file), "utf8");
  const declared = new Map<string, { tree: Tree; start: number }>();
  const foreign = new Map<string, Origin>();
  const exported = new Map<string, string>();
  for (const statement of treesIn(parseAst(text, { lang: "ts" }).body)) {
    const source = sourceOf(file, statement);
    if (statement.type === "ImportDeclaration") {
      if (source === undefined) continue;
      for (const specifier of treesIn(statement["specifiers"])) {
        const local = nameOf(specifier["local"]);
        const imported = nameOf(specifier["imported"]) ?? "default";
        if (local !== undefined) foreign.set(local, { file: source, name: imported });
      }
      continue;
    }
    const isExport = statement.type.startsWith("Export");
    const [declaration] = isExport ? treesIn([statement["declaration"]]) : [statement];
    for (const specifier of treesIn(statement["specifiers"] ?? [])) {
      const [local, name] = [nameOf(specifier["local"]), nameOf(specifier["exported"])];
      if (local === undefined || name === undefined) continue;
      exported.set(name, local);
      if (source !== undefined) foreign.set(local, { file: source, name: local });
    }
    if (declaration === undefined) continue;
    for (const [name, tree] of namesOf(declaration)) {
      declared.set(name, { tree, start: statement.start });
      const isDefault = statement.type === "ExportDefaultDeclaration";
      if (isExport) exported.set(isDefault ? "default" : name, name);
    }
  }
  return { text, declared, foreign, exported };
}

/** The file of `from "./other.ts"`; packages are not followed. */
function sourceOf(file: string, { source }: Tree): string | undefined {
  const path = isRecord(source) ? source["value"] : undefined;
  if (typeof path !== "string" || !path.startsWith(".")) return undefined;
  return relative(ROOT, join(ROOT, dirname(file), path));
}

function namesOf(declaration: Tree): readonly (readonly [string, Tree])[] {
  if (declaration.type === "VariableDeclaration") {
    return treesIn(declaration["declarations"]).flatMap((tree) => {
      const name = nameOf(tree["id"]);
      return name === undefined ? [] : [[name, tree] as const];
    });
  }
  const name = nameOf(declaration["id"]);
  return name === undefined ? [] : [[name, declaration]];
}

/** The parts of a declaration that a user sees: no bodies, no private members. */
function signatureOf(tree: Tree): readonly Tree[] {
  switch (tree.type) {
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      return treesIn([tree["typeParameters"], tree["params"], tree["returnType"]].flat());
    case "VariableDeclarator": {
      const { id } = tree;
      return isRecord(id) ? treesIn([id["typeAnnotation"]]) : [];
    }
    case "ClassDeclaration": {
      const body = isRecord(tree["body"]) ? treesIn(tree["body"]["body"]) : [];
      const open = body.filter((member) => member["accessibility"] !== "private");
      return open.flatMap((member) =>
        isTree(member["value"]) && member.type === "MethodDefinition"
          ? signatureOf({ ...member["value"], type: "FunctionDeclaration" })
          : treesIn([member["typeAnnotation"]]),
      );
    }
    default:
      return [tree];
  }
}

/** Names of types that a part mentions. */
function namesIn(tree: Tree): readonly string[] {
  const own =
    tree.type === "TSTypeReference"
      ? nameOf(tree["typeName"])
      : tree.type === "TSInterfaceHeritage"
        ? nameOf(tree["expression"])
        : tree.type === "TSTypeQuery"
          ? nameOf(tree["exprName"])
          : undefined;
  const inner = Object.values(tree).flatMap((part) => treesIn([part].flat()).flatMap(namesIn));
  return own === undefined ? inner : [own, ...inner];
}

function docBefore(text: string, start: number): string | undefined {
  const before = text.slice(0, start).trimEnd();
  if (!before.endsWith("*/")) return undefined;
  const comment = before.slice(before.lastIndexOf("/*"));
  // The first comment of a file speaks of the file.
  const isFirst = text.slice(0, before.length - comment.length).trim() === "";
  if (!comment.startsWith("/**") || isFirst) return undefined;
  return comment.replaceAll(/^\s*\/?\*+\/? ?|\s*\*\/$/gm, "").trim();
}

function textOf(text: string, { type, start, end, body }: Tree): string {
  const isFunction = type === "FunctionDeclaration" && isTree(body);
  return text.slice(start, isFunction ? body.start : end).trim();
}

function nameOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { name } = value;
  return typeof name === "string" ? name : undefined;
}

function treesIn(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.filter(isTree) : [];
}

function isTree(value: unknown): value is Tree {
  return isRecord(value) && typeof value["type"] === "string" && typeof value["start"] === "number";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
