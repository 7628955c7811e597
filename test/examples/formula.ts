/**
 * Weights and inputs by a formula that `test/material/make-networks.py` has too, so that large
 * networks are compared with PyTorch without storing what they are made of.
 */
import { type Tensor, sizeOf } from "../../src/graph/tensor.ts";

/** Like a trained network's: matrices keep the size of what flows through, norms are near 1. */
export function values(name: string, shape: readonly number[]): Tensor {
  const data = uniform(name, sizeOf(shape));
  if (shape.length > 1) {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    return { shape, data: data.map((u) => (2 * u - 1) * bound) };
  }
  const nearOne = name.endsWith(".weight") || name.endsWith(".running_var");
  return { shape, data: data.map((u) => (nearOne ? 0.5 + u : (2 * u - 1) * 0.1)) };
}

/** MurmurHash3's finaliser over index and FNV-1a of the name, as numbers in [0, 1). */
function uniform(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let h = Math.imul(i, 0x9e3779b1) ^ seed;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
    numbers[i] = (h >>> 0) / 2 ** 32;
  }
  return numbers;
}
