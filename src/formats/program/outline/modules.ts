/**
 * Regions from the graph itself, for layers whose names say nothing: what lies between two values
 * through which everything flows is a module, such as a residual block, and so is a branch of it
 * where that stands alone elsewhere.
 */
import { layerOf } from "../../../analysis/table.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { type LayerPart, type Part, type Region, layersOf } from "./region.ts";
import { allArguments, formOf } from "./slots.ts";

export function withModules(region: Region): Region {
  const inner = region.parts.map((part) => (part.kind === "region" ? withModules(part) : part));
  if (region.inputs.length !== 1 || region.outputs.length !== 1) return { ...region, parts: inner };
  return { ...region, parts: withBareBodies(structured(inner, region.inputs[0], region.outputs)) };
}

/** The parts between two values, those that belong together as regions. */
function structured(
  parts: readonly Part[],
  entry: ValueId,
  exits: readonly ValueId[],
): readonly Part[] {
  const segments = segmentsOf(parts, entry, exits);
  const result: Part[] = [];
  let flowing = entry;
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at];
    const last = segment[segment.length - 1];
    if (segment.length === 1 || !segment.every(isAnonymous)) result.push(...segment);
    else {
      const inside = withBranches(segment, flowing);
      const next = segments.at(at + 1);
      const follower = next?.length === 1 && follows(last, next[0]) ? next[0] : undefined;
      if (follower !== undefined) at++;
      const whole = follower === undefined ? inside : [...inside, follower];
      const { outputs } = follower ?? last;
      // The way down and up again of a U-Net lies around another one, and is no module.
      if (isShell(whole)) result.push(...whole);
      else result.push({ kind: "region", inputs: [flowing], outputs, parts: whole });
    }
    [flowing] = result[result.length - 1].outputs;
  }
  return result;
}

/** Whether most of it is a module inside. */
function isShell(parts: readonly Part[]): boolean {
  const sizes = parts.map((part) => layersOf(part).length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return parts.some((part, at) => part.kind === "region" && sizes[at] * 2 > all);
}

/** Layers whose names are their own affair. */
function isAnonymous(part: Part): boolean {
  return part.label === undefined && layersOf(part).every(({ label }) => label === undefined);
}

/** The activation behind a sum belongs to it. */
function follows(join: Part, next: Part): boolean {
  return (
    join.kind === "layer" &&
    join.node.kind === "add" &&
    next.kind === "layer" &&
    layerOf(next.node).category === "activation" &&
    Object.keys(next.node.weights).length === 0
  );
}

/** Cut after each part behind which only what it made is still read. */
function segmentsOf(
  parts: readonly Part[],
  entry: ValueId,
  exits: readonly ValueId[],
): readonly (readonly Part[])[] {
  const reads = new Map<ValueId, number>();
  for (const id of [...parts.flatMap(({ inputs }) => inputs), ...exits]) {
    reads.set(id, (reads.get(id) ?? 0) + 1);
  }
  const live = new Set([entry]);
  const segments: Part[][] = [[]];
  for (const part of parts) {
    segments[segments.length - 1].push(part);
    for (const id of part.inputs) {
      const left = (reads.get(id) ?? 0) - 1;
      reads.set(id, left);
      if (left === 0) live.delete(id);
    }
    for (const id of part.outputs) if (reads.has(id)) live.add(id);
    if (live.size === 1 && live.has(part.outputs[0])) segments.push([]);
  }
  return segments.filter((segment) => segment.length > 0);
}

/** The branches that meet in the last part, each structured by itself. */
function withBranches(segment: readonly Part[], entry: ValueId): readonly Part[] {
  const join = segment[segment.length - 1];
  const makers = new Map(segment.flatMap((part) => part.outputs.map((id) => [id, part])));
  const order = new Map(segment.map((part, at) => [part, at]));
  const readers = new Map<ValueId, Part[]>();
  for (const part of segment) {
    for (const id of part.inputs) readers.set(id, [...(readers.get(id) ?? []), part]);
  }
  let result = segment;
  for (const id of new Set(join.inputs)) {
    const branch = branchTo(id, entry, makers);
    const isOwn = [...branch].every((part) =>
      part.outputs.every((out) =>
        (readers.get(out) ?? []).every(
          (reader) => branch.has(reader) || (reader === join && out === id),
        ),
      ),
    );
    if (branch.size < 2 || !isOwn) continue;
    const ordered = segment.filter((part) => branch.has(part));
    const inner = structured(ordered, entry, [id]);
    if (inner.length === ordered.length) continue;
    for (const part of inner) {
      if (part.kind !== "region") continue;
      order.set(part, Math.max(...part.parts.map((own) => order.get(own) ?? 0)));
    }
    result = [...result.filter((part) => !branch.has(part)), ...inner].toSorted(
      (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
    );
  }
  return result;
}

function branchTo(
  id: ValueId,
  entry: ValueId,
  makers: ReadonlyMap<ValueId, Part>,
): ReadonlySet<Part> {
  const found = new Set<Part>();
  const waiting = [id];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const maker = at === entry ? undefined : makers.get(at);
    if (maker === undefined || found.has(maker)) continue;
    found.add(maker);
    waiting.push(...maker.inputs);
  }
  return found;
}

/** What residual modules add to what flows past, where it stands without that. */
function withBareBodies(parts: readonly Part[]): readonly Part[] {
  const bodies = bodiesIn(parts);
  if (bodies.size === 0) return parts;
  const lengths = [...new Set([...bodies.values()].map(({ length }) => length))];
  lengths.sort((a, b) => b - a);
  const result: Part[] = [];
  for (let at = 0; at < parts.length;) {
    const length = lengths.find((n) => {
      const run = parts.slice(at, at + n);
      const body = run.length === n && isChain(run) ? bodies.get(sequenceOf(run)) : undefined;
      return body !== undefined && kernelsOf(run).every((kernel, i) => body.kernels[i].has(kernel));
    });
    const run = parts.slice(at, at + (length ?? 1));
    if (length === undefined) result.push(...run);
    else {
      const { outputs } = run[run.length - 1];
      result.push({ kind: "region", inputs: run[0].inputs, outputs, parts: run });
    }
    at += run.length;
  }
  return result;
}

interface Body {
  readonly length: number;
  /** The windows that its layers have, one after the other. */
  readonly kernels: readonly Set<string>[];
}

/** By their layers' forms. */
function bodiesIn(parts: readonly Part[]): ReadonlyMap<string, Body> {
  const bodies = new Map<string, Body>();
  for (const part of parts) {
    const body = part.kind === "region" && part.label === undefined ? bodyOf(part) : undefined;
    if (body === undefined) continue;
    const kernels = kernelsOf(body);
    const key = sequenceOf(body);
    const known = bodies.get(key);
    if (known === undefined) {
      bodies.set(key, { length: body.length, kernels: kernels.map((kernel) => new Set([kernel])) });
    } else kernels.forEach((kernel, at) => known.kernels[at].add(kernel));
  }
  return bodies;
}

/** All but the sum at the end, which must have nothing else on its other side. */
function bodyOf({ inputs: [entry], parts }: Region): readonly Part[] | undefined {
  const join = parts[parts.length - 1];
  const body = parts.slice(0, -1);
  const isSum = join.kind === "layer" && join.node.kind === "add" && join.inputs.includes(entry);
  return isSum && body.length > 2 && isChain(body) ? body : undefined;
}

function isChain(parts: readonly Part[]): boolean {
  return parts.every(
    (part, at) =>
      isAnonymous(part) &&
      part.inputs.length === 1 &&
      part.outputs.length === 1 &&
      (at === 0 || part.inputs[0] === parts[at - 1].outputs[0]),
  );
}

function sequenceOf(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      layersOf(part)
        .map(({ node }) => formOf(node))
        .join("+"),
    )
    .join("\n");
}

function kernelsOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(layersOf).map(kernelOf);
}

function kernelOf({ node }: LayerPart): string {
  const kernel = allArguments(node).get("kernel");
  return kernel === undefined ? "" : JSON.stringify(kernel);
}
