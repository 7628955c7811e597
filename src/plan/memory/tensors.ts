/**
 * Where every tensor of a graph lies: who reads it decides its margin, views and parts of a
 * concat lie in the buffer of another tensor, everything else gets a buffer of its own.
 */
import { knownShape, valueOf } from "../../graph/access.ts";
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { type Margin, noMargin } from "../../kernels/loops/layout.ts";
import { fastestAxis } from "../../kernels/loops/operand.ts";
import type { PlanDraft } from "../draft.ts";
import {
  type Arranged,
  CHANNEL,
  type MapShape,
  type Order,
  type Placed,
  arranged,
  hasMargin,
  joinMargins,
  rowMajorArranged,
  usualOrder,
} from "./placed.ts";

/** The tensor that another is a range of, along one axis. */
export interface Part {
  readonly whole: ValueId;
  readonly axis: number;
  readonly start: number;
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

  /** Of a map, or of `[N, F]` as a map of one pixel. */
  mapShapeOf(id: ValueId): MapShape {
    const [batch, channels, height = 1, width = 1, ...others] = this.shapeOf(id);
    if (channels === undefined || others.length > 0) {
      throw new InternalFault(`${valueOf(this.#graph, id).name} is neither a map nor a vector`);
    }
    return [batch, channels, height, width];
  }

  /** Notes that a reader needs a margin around a map; before the map is placed. */
  needMargin(id: ValueId, margin: Margin): void {
    this.#margins.set(id, joinMargins(this.marginOf(id), margin));
  }

  /**
   * Gives maps of one size one margin, where they have any, so that layers which differ in who
   * reads them have one kernel; before any is placed.
   */
  alignMargins(): void {
    const joined = new Map<string, Margin>();
    const sizeOf = (id: ValueId): string => this.shapeOf(id).join(" ");
    for (const [id, margin] of this.#margins) {
      joined.set(sizeOf(id), joinMargins(joined.get(sizeOf(id)) ?? noMargin, margin));
    }
    for (const [id, margin] of this.#margins) {
      if (hasMargin(margin)) this.#margins.set(id, joined.get(sizeOf(id)) ?? margin);
    }
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
  placeAt(id: ValueId, placed: Placed): Placed {
    this.#placed.set(id, placed);
    return placed;
  }

  /** Lets a tensor lie inside another, unless it lies in a third one already. */
  makePart(id: ValueId, part: Part): void {
    if (!this.#parents.has(id)) this.#parents.set(id, part);
  }

  /** The tensor in whose buffer this one lies, itself unless it is part of another. */
  wholeOf(id: ValueId): ValueId {
    const part = this.#parents.get(id);
    return part === undefined ? id : this.wholeOf(part.whole);
  }

  /** Whether a tensor lies in another from this place on, or both do so in a third one. */
  isPartAt(id: ValueId, { whole, axis, start }: Part): boolean {
    const [own, other] = [this.#startsOf(id), this.#startsOf(whole)];
    const starts = other.map((from, along) => from + (along === axis ? start : 0));
    return (
      this.wholeOf(id) === this.wholeOf(whole) && own.every((from, along) => from === starts[along])
    );
  }

  /** Along each axis, where a tensor begins in the one in whose buffer it lies. */
  #startsOf(id: ValueId): readonly number[] {
    const part = this.#parents.get(id);
    if (part === undefined) return this.shapeOf(id).map(() => 0);
    return this.#startsOf(part.whole).map(
      (from, axis) => from + (axis === part.axis ? part.start : 0),
    );
  }

  /**
   * A buffer of its own, or a part of another's. With its channels last a map has the margin
   * that its readers need.
   * @param order of the axes; of a part, that of the whole counts where it is placed already
   */
  allocate(id: ValueId, order: Order): Placed {
    const known = this.#placed.get(id);
    if (known !== undefined) return known;
    const part = this.#parents.get(id);
    if (part !== undefined) {
      const whole = this.allocate(part.whole, order);
      return this.placeAt(id, this.partOf(whole, part, this.shapeOf(id)));
    }
    const shape = this.shapeOf(id);
    const margin = isUsualMap(shape, order) ? this.marginOf(id) : noMargin;
    return this.placeAt(id, this.own(shape, arranged(shape, order, this.#vectorWidth, margin)));
  }

  /**
   * A part that is written by itself: what stands behind its end is not its own, and beside some
   * rows or columns are others, no zeros.
   */
  partOf(whole: Placed, { axis, start }: Omit<Part, "whole">, shape: readonly number[]): Placed {
    const { operand } = whole;
    const along = axis === fastestAxis(whole.shape, operand);
    const ends = shape[axis] % this.#vectorWidth === 0;
    return {
      ...whole,
      shape,
      operand: { ...operand, wholeVectors: along ? ends : operand.wholeVectors },
      margin: axis < 2 ? whole.margin : noMargin,
      first: whole.first + start * operand.strides[axis],
    };
  }

  /** Intermediate memory of its own. */
  own(shape: readonly number[], { operand, margin, first, elements }: Arranged): Placed {
    return { shape, operand, margin, first, buffer: this.#draft.buffer("intermediate", elements) };
  }

  /** A row-major buffer that users write or read. */
  port(shape: readonly number[], role: "input" | "output"): Placed {
    const { operand, margin, first, elements } = rowMajorArranged(shape);
    return { shape, operand, margin, first, buffer: this.#draft.buffer(role, elements) };
  }
}

/** Whether a map lies with its channels last; of a single one it makes no difference where it stands. */
function isUsualMap([, channels]: readonly number[], order: Order): boolean {
  const named = (axes: Order): string =>
    axes.filter((axis) => channels > 1 || axis !== CHANNEL).join();
  return order.length === 4 && named(usualOrder(4)) === named(order);
}
