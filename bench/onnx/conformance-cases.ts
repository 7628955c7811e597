/** ONNX's own backend tests, imported and exported again: the results must stay what they were. */
import { OPSETS } from "../../src/layers/onnx.ts";
import { toTensor } from "../../src/formats/tensors/stored-array.ts";
import { exported, readCase, variantsOf } from "../../test/conformance/case.ts";
import { CASES, runnable } from "../../test/conformance/score.ts";
import type { Case } from "./case.ts";

/** The tests' own numbers are rounded to float32. */
const TOLERANCE = 1e-5;

/** @param words names of cases; all unless there are any */
export function* conformanceCases(words: readonly string[]): Generator<Case> {
  const wanted = runnable().filter((name) => words.length === 0 || words.includes(name));
  for (const name of wanted) {
    const one = readCase(new URL(`${name}/`, CASES));
    for (const { imported, flowing } of variantsOf(one)) {
      const { graph } = imported.model ?? {};
      if (graph === undefined) throw new Error(`${name} is not imported`);
      for (const opset of OPSETS) {
        yield {
          what: `${name}, exported again, opset ${opset}`,
          model: exported(imported, opset),
          opset,
          inputs: new Map(
            graph.inputs.map((id, at) => [graph.values[id].name, toTensor(flowing[at])]),
          ),
          outputs: new Map(
            graph.outputs.map(({ name: output }, at) => [
              output,
              toTensor([...one.outputs.values()][at]),
            ]),
          ),
          tolerance: TOLERANCE,
        };
      }
    }
  }
}
