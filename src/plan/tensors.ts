/**
 * Where every tensor of a graph lies: who reads it decides its margin, views and parts of a
 * concat lie in the buffer of another tensor, everything else gets a buffer of its own.
 */
import { knownShape, valueOf } from "../graph/access.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { type Margin, noMargin } from "../kernels/layout.ts";
import type { PlanDraft } from "./draft.ts";
import type { Placed } from "./plan.ts";
import {
  type MapShape,
  channelsLastRegion,
  joinMargins,
  mapShape,
  rowMajorRegion,
  wholeVectors,
} from "./region.ts";

/** The tensor that another is a range of channels of. */
interface Part {
  readonly whole: ValueId;
  readonly firstChannel: number;
}

export class Tensors {
  readonly #graph: Graph;
  readonly #draft: PlanDraft;
  readonly #vectorWidth: number;
  readonly #margins = new Map<ValueId, Margin>();
  readonly #placed = new Map<ValueId, Placed>();
  readonly #parents = new Map<ValueId, Part>();

  constructor(graph: Graph, draft: PlanDraft, vectorWidth: number) {
    this.#graph = graph;
    this.#draft = draft;
    this.#vectorWidth = vectorWidth;
  }

  shapeOf(id: ValueId): readonly number[] {
    return knownShape(valueOf(this.#graph, id).type.shape);
  }

  mapShapeOf(id: ValueId): MapShape {
    const shape = mapShape(this.shapeOf(id));
    if (shape === undefined) {
      throw new InternalFault(`${valueOf(this.#graph, id).name} is neither a map nor a vector`);
    }
    return shape;
  }

  /** Notes that a reader needs a margin around a tensor; before the tensor is placed. */
  needMargin(id: ValueId, margin: Margin): void {
    this.#margins.set(id, joinMargins(this.#margins.get(id) ?? noMargin, margin));
  }

  marginOf(id: ValueId): Margin {
    return this.#margins.get(id) ?? noMargin;
  }

  isPlaced(id: ValueId): boolean {
    return this.#placed.has(id);
  }

  placeOf(id: ValueId): Placed {
    const placed = this.#placed.get(id);
    if (placed === undefined) {
      throw new InternalFault(`${valueOf(this.#graph, id).name} is read before it is placed`);
    }
    return placed;
  }

  /** Puts a tensor where another step has made room for it. */
  placeAt(id: ValueId, placed: Placed): void {
    this.#placed.set(id, placed);
  }

  /** Lets a tensor lie among the channels of another, unless it lies in a third one already. */
  makePart(id: ValueId, part: Part): void {
    if (!this.#parents.has(id)) this.#parents.set(id, part);
  }

  /** The tensor in whose buffer this one lies, itself unless it is part of another. */
  wholeOf(id: ValueId): ValueId {
    const part = this.#parents.get(id);
    return part === undefined ? id : this.wholeOf(part.whole);
  }

  isPartOf(id: ValueId, whole: ValueId): boolean {
    return this.#parents.get(id)?.whole === whole;
  }

  /** Channels last, with the margin that its readers need: a buffer of its own or a part of one. */
  allocate(id: ValueId): Placed {
    const known = this.#placed.get(id);
    if (known !== undefined) return known;
    const part = this.#parents.get(id);
    if (part !== undefined)
      return this.#place(id, this.#partOf(this.allocate(part.whole), id, part));
    const shape = this.mapShapeOf(id);
    // Less than a vector of channels lies close together, so that rows are one run in memory.
    const few = shape[1] < this.#vectorWidth;
    const pitch = few ? shape[1] : wholeVectors(shape[1], this.#vectorWidth);
    const region = channelsLastRegion(shape, pitch, this.marginOf(id));
    return this.#place(id, {
      region,
      buffer: this.#draft.buffer("arena", region.elements),
      offset: 0,
    });
  }

  #partOf({ region, buffer, offset }: Placed, id: ValueId, { firstChannel }: Part): Placed {
    const shape = this.mapShapeOf(id);
    const wholeParts = shape[1] % this.#vectorWidth === 0;
    return {
      region: {
        ...region,
        shape,
        layout: { ...region.layout, wholeVectors: wholeParts },
      },
      buffer,
      offset: offset + firstChannel,
    };
  }

  /** Places a tensor where users write or read it. */
  allocatePort(id: ValueId, role: "input" | "output"): Placed {
    return this.#place(id, this.portBuffer(this.mapShapeOf(id), role));
  }

  /** A row-major buffer that users write or read. */
  portBuffer(shape: MapShape, role: "input" | "output"): Placed {
    const region = rowMajorRegion(shape);
    return { region, buffer: this.#draft.buffer(role, region.elements), offset: 0 };
  }

  #place(id: ValueId, placed: Placed): Placed {
    this.#placed.set(id, placed);
    return placed;
  }
}
