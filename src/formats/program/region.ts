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
