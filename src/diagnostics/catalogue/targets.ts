/** CNN506x: what stands between a checked model and a network that runs. */
import { entry } from "../entry.ts";

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

export const targetErrors = {
  CNN5060: entry<{
    model: string;
    what: "weights" | "weights and tensors";
    bytes: number;
    limit: number;
  }>({
    severity: "error",
    title: ({ model }) => `\`${model}\` needs more memory than WebAssembly has`,
    label: ({ what, bytes, limit }) =>
      what === "weights"
        ? `its weights alone take ${gigabytes(bytes)}; ${gigabytes(limit)} is the most`
        : `weights and tensors take ${gigabytes(bytes)} at these sizes; ${gigabytes(limit)} is the most`,
    help: ({ what }) => [
      what === "weights" ? "give layers fewer channels" : "take a smaller batch or image",
    ],
    explain: `
Addresses in WebAssembly have 32 bits, so that a module has at most 4 GiB of memory for its packed
weights and the arena in which all tensors lie. \`cnn plan\` shows what each of them takes. Weights of
Winograd's algorithm are up to four times as large as plain ones: \`--precise\` does without it. Run large batches in several parts, or cut large images
into tiles.`,
  }),

  CNN5061: entry<{ model: string; bytes: number }>({
    severity: "error",
    title: ({ bytes }) => `there is no room for ${gigabytes(bytes)} of memory`,
    label: ({ model }) => `\`${model}\` needs them for its weights and tensors`,
    help: () => ["take a smaller batch or image, or close other programs"],
    explain: `
The network's memory is taken in one piece before it first runs, so that nothing is allocated later.
The machine, or a limit of the browser or container, did not grant it.`,
  }),

  CNN5062: entry<{ model: string }>({
    severity: "error",
    title: () => "this JavaScript engine has no WebAssembly SIMD",
    label: ({ model }) => `\`${model}\` is compiled to vector instructions`,
    help: () => [
      "use a newer engine: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later",
      'or take the slow interpreter: `--target reference`, in the library `target: "reference"`',
    ],
    explain: `
Kernels are written for vectors of four numbers (WebAssembly SIMD128), which all current engines
have. Some switch it off, for example in Safari's lockdown mode, or run on a processor that has no
such instructions.`,
  }),

  CNN5065: entry<{
    threads: number;
    reason: string;
    /** A page to which the browser gives no shared memory, since others may look into it. */
    needsIsolation: boolean;
  }>({
    severity: "warning",
    title: ({ threads }) => `there is one thread instead of ${threads}`,
    label: ({ reason }) => reason,
    help: ({ needsIsolation }) => [
      needsIsolation
        ? "a page gets shared memory with the headers `Cross-Origin-Opener-Policy: same-origin` and " +
          "`Cross-Origin-Embedder-Policy: require-corp`"
        : "the answers are the same; ask for one thread where there are no more",
    ],
    explain: `
Threads need shared memory and workers. Browsers grant shared memory only to pages that are isolated
from others by two headers, some hosts have no workers, and a page's policy may forbid them. The
network gives the same answers on one thread, later.`,
  }),

  CNN5066: entry<{ layer: string; model: string; layers: readonly string[]; nearest?: string }>({
    severity: "error",
    title: ({ model, layer }) => `\`${model}\` has no convolution called \`${layer}\``,
    label: ({ layers }) =>
      layers.length === 0 ? "it has none at all" : `it has ${layers.slice(0, 8).join(", ")}`,
    help: ({ nearest }) => (nearest === undefined ? [] : [`did you mean \`${nearest}\`?`]),
    explain: `
\`--algorithm conv3=winograd4\` chooses how one convolution is computed. Layers are called as in the
table of \`cnn summary\`: by their labels, or by kind and order.`,
  }),

  CNN5067: entry<{ layer: string; algorithm: string; applicable: readonly string[] }>({
    severity: "error",
    title: ({ layer, algorithm }) => `\`${layer}\` cannot be computed by ${algorithm}`,
    label: ({ applicable }) => `possible here: ${applicable.join(", ")}`,
    explain: `
Winograd's algorithm, with tiles of 2 to 6 outputs, takes no more than 8 points along an axis: of
every s-th tap of a kernel with stride s at most 7 for 2 outputs, 3 for 6. It does not compute a
stride and a dilation together, nor kernels no larger than their stride. \`winograd1d\` works along rows alone,
without strides, dilations or groups, and takes longer rows of taps. \`depthwise\` is for one group
a channel; \`direct\` computes everything.`,
  }),

  CNN5068: entry<{ reason: string }>({
    severity: "warning",
    title: () => "vectors have 128 bits instead of 256",
    label: ({ reason }) => reason,
    help: () => ["leave `--wide` out, in the library `wide: true`"],
    explain: `
WebAssembly's vectors have 128 bits. With an experimental flag, V8 joins pairs of them on processors
of the x86-64 family that have AVX2, and only there. The network gives the same answers without.`,
  }),
};
