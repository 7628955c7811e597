/** Mistakes in what `compile` is asked for beside the program itself: which model, which weights. */
import { entry } from "../entry.ts";

export const compileErrors = {
  CNN5050: entry<{
    file: string;
    /** Absent where none was asked for. */
    model?: string;
    models: readonly string[];
    nearest?: string;
  }>({
    severity: "error",
    title: ({ file, model, models }) => {
      if (models.length === 0) return `${file} declares no model`;
      return model === undefined
        ? `${file} declares several models`
        : `${file} has no model called \`${model}\``;
    },
    label: ({ models }) => {
      if (models.length === 0) return "nothing here can run";
      const names = models.map((name) => `\`${name}\``).join(", ");
      return models.length === 1 ? `its model is ${names}` : `its models are ${names}`;
    },
    help: ({ model, models, nearest }) => {
      if (models.length === 0) {
        return ["declare one: `model Name(image: [N, 3, H, W]) -> [N, 10] { … }`"];
      }
      if (model === undefined) return [`say which one, such as \`${models[0]}\``];
      return nearest === undefined ? [] : [`did you mean \`${nearest}\`?`];
    },
    explain: `
A network is made of one \`model\` of a file; a \`block\` is only a part of one. A file with one model
needs no choice. Where it has several, the one to compile is given by name.`,
  }),

  CNN5051: entry<{ model: string; weights: number; path?: string }>({
    severity: "error",
    title: ({ model }) => `\`${model}\` was given no weights`,
    label: ({ weights }) => `${weights} tensors of weights are needed`,
    help: ({ path }) =>
      path === undefined
        ? [
            'give a safetensors or npz file: `--weights FILE`, or `@weights("FILE")` above the model',
            "networks are trained in PyTorch: `cnn export model.cnn -o model.py` writes the module",
          ]
        : [`give the file that the model names: \`${path}\``],
    explain: `
The program says what a network is made of, a weights file what it has learned. \`@weights\` names
that file, and the command line reads it by itself. The library never opens files: the bytes are
given as \`compile(source, { weights })\`.`,
  }),
};
