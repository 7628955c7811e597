/** The files of a stand-alone package: what `cnn build` writes. */
import type { PackagedModule } from "./make-package.ts";
import { LOADER, modelModule } from "./model-js.ts";
import { modelTypes } from "./model-types.ts";

export interface PackageFile {
  readonly name: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

export interface PackageText {
  /** The first line of the text files: what wrote them. */
  readonly header: string;
  /** The model's own comment. */
  readonly doc?: string;
  /** Whether the module stands in `model.js` too, as base64. */
  readonly singleFile: boolean;
}

/** `model.js` comes last, so that it never stands without the files that it reads. */
export function packageFiles(
  { description, wasm, weights }: PackagedModule,
  { header, doc, singleFile }: PackageText,
): readonly PackageFile[] {
  const declared = { model: description, ...(doc !== undefined && { doc }) };
  const types = { name: "model.d.ts", content: modelTypes([declared], header) };
  const script = (module: string): PackageFile => ({
    name: "model.js",
    content: modelModule(
      description,
      { wasm: module, ...(weights && { weights: fileBeside("model.weights") }) },
      header,
    ),
  });
  if (singleFile) {
    const text = JSON.stringify(encodeBase64(wasm));
    return [types, script(`${LOADER}.decodeBase64(${text})`)];
  }
  return [
    { name: "model.wasm", content: wasm },
    ...(weights ? [{ name: "model.weights", content: weights }] : []),
    types,
    script(fileBeside("model.wasm")),
  ];
}

/** Bundlers know this form, and carry the file along. */
function fileBeside(name: string): string {
  return `new URL(${JSON.stringify(name)}, import.meta.url)`;
}

/** In pieces, since a call takes only so many arguments. */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x6000) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return parts.join("");
}
