/** Reads what a network is run on: an image, an array, or a file of several arrays. */
import type { Problem } from "../diagnostics/diagnostic.ts";
import { readImage } from "../formats/images/image.ts";
import { isNpy, readNpy } from "../formats/tensors/npy.ts";
import { isNpz, readNpz } from "../formats/tensors/npz.ts";
import { type StoredArray, toTensor } from "../formats/tensors/stored-array.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Net, NetInputs } from "../runtime/net.ts";
import { readBytes } from "../files/read.ts";
import type { Io } from "./io.ts";

export type ReadInputs =
  | { readonly ok: true; readonly inputs: NetInputs }
  | { readonly ok: false; readonly problem: Problem };

/** The inputs of one run, by name. The first bytes of the file tell what it is. */
export function readInputs(path: string, net: Net, io: Io): ReadInputs {
  const bytes = readBytes(path, io);
  if (!(bytes instanceof Uint8Array)) return { ok: false, problem: bytes };
  if (isNpz(bytes)) return arraysFor(net, readNpz(bytes, path));
  const tensor = isNpy(bytes) ? decoded(readNpy(bytes, path)) : imageFor(net, bytes, path);
  if ("code" in tensor) return { ok: false, problem: tensor };
  const [only] = net.inputs;
  return { ok: true, inputs: { [only.name]: tensor } };
}

/** A single array goes to a single input, whatever its name. */
function arraysFor(
  { inputs }: Net,
  arrays: ReadonlyMap<string, StoredArray> | Problem,
): ReadInputs {
  if ("code" in arrays) return { ok: false, problem: arrays };
  const tensors = [...arrays].map(([name, array]) => [name, toTensor(array)] as const);
  const single = inputs.length === 1 && tensors.length === 1;
  const named = single ? [[inputs[0].name, tensors[0][1]] as const] : tensors;
  return { ok: true, inputs: Object.fromEntries(named) };
}

function imageFor({ inputs }: Net, bytes: Uint8Array, path: string): Tensor | Problem {
  const image = inputs.find(({ shape }) => shape.length === 4) ?? inputs[0];
  return readImage(bytes, path, image);
}

function decoded(array: StoredArray | Problem): Tensor | Problem {
  return "code" in array ? array : toTensor(array);
}
