/** The weights of a model: inside its file, or in one beside it. */
import type { WeightTensor, WeightTensors } from "../../../graph/tensor.ts";
import { TensorProto_DataLocation as DataLocation, type TensorProto } from "../schema/onnx_pb.ts";
import { bytesOf, entries, floatTensorProto } from "./messages.ts";

export interface StoredWeights {
  readonly initializers: readonly TensorProto[];
  /** The content of the file beside the model. */
  readonly parts: readonly Uint8Array[];
}

export function embedded(weights: WeightTensors): StoredWeights {
  const initializers = [...weights].map(([name, { shape, data }]) =>
    floatTensorProto(name, shape, { rawData: float32Bytes(data) }),
  );
  return { initializers, parts: [] };
}

/** Where the numbers lie if they are float32. */
function float32Bytes(data: WeightTensor["data"]): Uint8Array {
  return bytesOf(data instanceof Float32Array ? data : Float32Array.from(data));
}

/** Large tensors start at a page, so that a runtime can map them into memory. */
const PAGE = 4096;
const LARGE = 2 ** 20;

/** @param location the file's name, as the model says it */
export function external(weights: WeightTensors, location: string): StoredWeights {
  const initializers: TensorProto[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    offset += part.byteLength;
  };
  for (const [name, { shape, data }] of weights) {
    const bytes = float32Bytes(data);
    if (bytes.byteLength >= LARGE && offset % PAGE !== 0)
      put(new Uint8Array(PAGE - (offset % PAGE)));
    const range = { offset: String(offset), length: String(bytes.byteLength) };
    initializers.push(
      floatTensorProto(name, shape, {
        dataLocation: DataLocation.EXTERNAL,
        externalData: entries({ location, ...range }),
      }),
    );
    put(bytes);
  }
  return { initializers, parts };
}
