/**
 * Counts the work of a function without a clock: the steps of iterators, the calls that array
 * methods make, the characters and elements that copies and searches pass, and the questions to
 * maps and sets. The same work has the same count on every machine.
 */

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What one call of a method counts beside the calls that it makes. */
type Cost = (receiver: unknown, result: unknown, args: readonly unknown[]) => number;

const one: Cost = () => 1;

/** Text or elements of the receiver, from where a search began as far as it had to look. */
const passed: Cost = (receiver, result, args) => {
  const end = typeof result === "number" && result >= 0 ? result : lengthOf(receiver);
  return end - (typeof args[1] === "number" ? args[1] : 0);
};

/** Text or elements that are made. */
const made: Cost = (_, result) => lengthOf(result);

function lengthOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 1;
}

const iteratorOf = (iterable: Iterable<unknown>): object =>
  Object.getPrototypeOf(iterable[Symbol.iterator]());

const ARRAY = {
  ...all("filter map flatMap forEach reduce find findIndex findLast some every", one),
  ...all("sort toSorted concat slice splice", made),
  ...all("includes indexOf", passed),
};

const COUNTED: readonly (readonly [object, Readonly<Record<string, Cost>>])[] = [
  [iteratorOf([]), { next: one }],
  [iteratorOf(new Set()), { next: one }],
  [iteratorOf(new Map()), { next: one }],
  [Array.prototype, ARRAY],
  [Set.prototype, all("has add", one)],
  [Map.prototype, all("has get set", one)],
  [
    String.prototype,
    { ...all("slice replaceAll split", made), ...all("indexOf includes", passed) },
  ],
];

function all(names: string, cost: Cost): Readonly<Record<string, Cost>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, cost]));
}

export function stepsOf(work: () => void): number {
  let steps = 0;
  const counted = (callback: Function): Method =>
    function (...args) {
      steps++;
      return Reflect.apply(callback, this, args);
    };
  const restore: (() => void)[] = [];
  for (const [target, methods] of COUNTED) {
    for (const [name, cost] of Object.entries(methods)) {
      const descriptor = Object.getOwnPropertyDescriptor(target, name);
      const original: Method | undefined = descriptor?.value;
      if (descriptor === undefined || original === undefined) throw new Error(`no ${name}`);
      const value: Method = function (...args) {
        // Without destructuring, which would count as steps itself.
        if (typeof args[0] === "function" && target === Array.prototype) args[0] = counted(args[0]);
        const result = Reflect.apply(original, this, args);
        steps += cost(this, result, args);
        return result;
      };
      Object.defineProperty(target, name, { ...descriptor, value });
      restore.push(() => void Object.defineProperty(target, name, descriptor));
    }
  }
  try {
    work();
  } finally {
    for (const undo of restore) undo();
  }
  return steps;
}

/**
 * The share of the steps for size `4n` that grows with the square of the size. With
 * `s(n) = a + b·n + c·n²`, the sum `s(4n) - 3·s(2n) + 2·s(n)` is `6·c·n²`.
 */
export function squareShare(n: number, work: (size: number) => void): number {
  // What is made once and kept belongs to no size.
  work(n);
  const [small, middle, large] = [n, 2 * n, 4 * n].map((size) => stepsOf(() => work(size)));
  return (16 * (large - 3 * middle + 2 * small)) / 6 / large;
}
