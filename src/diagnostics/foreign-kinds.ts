/** Files of other programs that people give where weights or a program belong. */

/** What belongs in the file's place. */
export type Wanted = "weights" | "program";

export type ForeignKind =
  "checkpoint" | "hdf5" | "keras" | "tflite" | "onnx" | "npy" | "tensors" | "image";

/** What the file is, and what to do in which place. */
export const FOREIGN: Readonly<
  Record<ForeignKind, Readonly<Record<Wanted, readonly string[]>> & { readonly what: string }>
> = {
  checkpoint: {
    what: "a PyTorch checkpoint, a pickle",
    weights: [
      'save its weights in PyTorch: `numpy.savez("net.npz", **{k: w.numpy() for k, w in net.state_dict().items()})`',
      'or with the safetensors package: `save_file(net.state_dict(), "net.safetensors")`',
    ],
    program: [
      'load it in PyTorch, and `torch.onnx.export(net, example, "net.onnx")` writes a model that `cnn import` takes',
    ],
  },
  hdf5: {
    what: "an HDF5 file, as Keras writes it",
    weights: [
      "bring the whole network over: `python -m tf2onnx.convert --keras net.h5 --output net.onnx`",
    ],
    program: [
      "`python -m tf2onnx.convert --keras net.h5 --output net.onnx` writes a model that `cnn import` takes",
    ],
  },
  keras: {
    what: "a Keras model",
    weights: ['bring the whole network over: `model.export("net.onnx", format="onnx")` in Keras'],
    program: [
      '`model.export("net.onnx", format="onnx")` in Keras writes a model that `cnn import` takes',
    ],
  },
  tflite: {
    what: "a TensorFlow Lite model",
    weights: [
      "bring the whole network over: `python -m tf2onnx.convert --tflite net.tflite --output net.onnx`",
    ],
    program: [
      "`python -m tf2onnx.convert --tflite net.tflite --output net.onnx` writes a model that `cnn import` takes",
    ],
  },
  onnx: {
    what: "an ONNX model",
    weights: [
      "`cnn import` writes its program and its weights; or use the model itself, without a program",
    ],
    program: [],
  },
  npy: {
    what: "a single NumPy array",
    weights: [
      "weights have names: `numpy.savez(path, **arrays)` writes several arrays with theirs",
    ],
    program: ["the program stands first: `cnn run net.cnn x.npy`"],
  },
  tensors: {
    what: "a file of tensors",
    weights: [],
    program: ["the program stands first, and weights behind `--weights`"],
  },
  image: {
    what: "an image",
    weights: [],
    program: ["the program stands first: `cnn run net.cnn digit.png`"],
  },
};
