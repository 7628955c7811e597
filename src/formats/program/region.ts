/**
 * The parts that a program is written in: layers, and regions of the graph that become groups or
 * blocks of their own.
 */
import type { Node, ValueId } from "../../graph/graph.ts";

export type Part = LayerPart | Region;

export interface LayerPart {
  readonly kind: "layer";
  readonly node: Node;
  /** What the names of its weights ask for, inside of the region around it. */
  readonly label?: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

export interface Region {
  readonly kind: "region";
  readonly label?: string;
  /** What flows in: first the value that the region works on. */
  readonly inputs: readonly ValueId[];
  /** One, except for the whole model. */
  readonly outputs: readonly ValueId[];
  /** In an order in which every part stands behind the makers of its inputs. */
  readonly parts: readonly Part[];
}

/** The same part under another label. */
export function relabelled<P extends Part>(part: P, label: string | undefined): P {
  const { label: _, ...rest } = part;
  return { ...part, ...rest, ...(label === undefined ? {} : { label }) };
}

/** Whether every part works on what the one before it makes: such a region needs no names. */
export function isPipeline({ inputs, outputs, parts }: Region): boolean {
  let [flowing] = inputs;
  for (const part of parts) {
    if (part.inputs.length !== 1 || part.outputs.length !== 1) return false;
    if (part.inputs[0] !== flowing) return false;
    [flowing] = part.outputs;
  }
  return inputs.length === 1 && outputs.length === 1 && flowing === outputs[0];
}
