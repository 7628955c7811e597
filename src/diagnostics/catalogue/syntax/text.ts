/** CNN1002 to CNN1013: characters, texts, numbers and words that the language does not have. */
import { entry } from "../../entry.ts";

export const textErrors = {
  CNN1002: entry<{ text: string; advice?: string }>({
    severity: "error",
    title: ({ text }) => `\`${text}\` means nothing in this language`,
    label: () => "remove it, or write it inside a text in double quotes",
    help: ({ advice }) => (advice === undefined ? [] : [advice]),
    explain: `
Programs are made of names (\`a\`–\`z\`, \`A\`–\`Z\`, digits and \`_\`), numbers, texts in double
quotes, brackets and these signs: \`-> == != < <= > >= + - * / % = : , . .. @\`. Any other character
may stand only in a text or in a comment.`,
  }),
  CNN1003: entry<{ quote: string }>({
    severity: "error",
    title: () => "this text has no end",
    label: ({ quote }) => `opened here, and no ${quote} follows on this line`,
    help: () => ['close it with `"`; a text ends on the line on which it begins'],
    explain: `
A text begins and ends with a double quote, both on one line. Where a text needs a quote inside,
write \`\\"\`; where it needs a line break, write \`\\n\`.`,
  }),
  CNN1004: entry<{ escape: string }>({
    severity: "error",
    title: ({ escape }) => `\`${escape}\` is no escape that texts know`,
    label: () => "a backslash begins an escape here",
    help: () => ["write `\\\\` for a backslash itself, as in Windows paths"],
    explain: `
In a text, a backslash gives the next character another meaning. Known are \`\\"\` (a quote),
\`\\\\\` (a backslash), \`\\n\` (a line break), \`\\t\` (a tab) and \`\\u{1F600}\` (the character
with this hexadecimal number).`,
  }),
  CNN1005: entry<object>({
    severity: "error",
    title: () => "texts stand in double quotes",
    label: () => "single quotes mean nothing here",
    explain: `
There is one way to write a text: in double quotes, as in \`@weights("lenet5.safetensors")\`. Names
of layers, modes and arguments need no quotes at all: \`padding: same\`.`,
  }),
  CNN1006: entry<{ text: string; reason: string; write?: string }>({
    severity: "error",
    title: ({ text }) => `\`${text}\` is not a number`,
    label: ({ reason }) => reason,
    help: ({ write }) => (write === undefined ? [] : [`write \`${write}\``]),
    explain: `
A whole number is a row of digits: \`64\`. A number with a fraction has digits on both sides of its
dot, \`0.5\` and \`1.0\`, so that \`0..n\` can be a range. An exponent may follow: \`1e-5\`. There is
no hexadecimal form and no \`_\` between digits, and a name does not begin with a digit.`,
  }),
  CNN1007: entry<{ text: string; limit: string }>({
    severity: "error",
    title: ({ text }) => `${text} is too large`,
    label: ({ limit }) => `the largest number is ${limit}`,
    explain: `
Whole numbers are exact up to 2^53 - 1 = 9007199254740991, numbers with a fraction reach about
1.8e308. No tensor comes near either: probably digits were pasted twice.`,
  }),
  CNN1008: entry<object>({
    severity: "error",
    title: () => "this comment has no end",
    label: () => "opened here; all that follows is read as a comment",
    help: () => ["close it with `*/`, or write `//` for a comment of one line"],
    explain: `
A comment that begins with \`/*\` ends with the next \`*/\`, on whatever line that is. Such comments
do not nest. A comment that begins with \`//\` ends with its line.`,
  }),
  CNN1009: entry<{ found: string }>({
    severity: "error",
    title: ({ found }) => `a comment begins with \`//\`, not with \`${found}\``,
    label: () => "read as a comment",
    explain: `
Comments are written as in TypeScript: \`// to the end of the line\`, or \`/* up to here */\`. Lines
that begin with \`///\` document the model or block below them.`,
  }),
  CNN1010: entry<{ found: string; write: string }>({
    severity: "error",
    title: ({ found, write }) => `write \`${write}\` where other languages have \`${found}\``,
    label: ({ write }) => `read as \`${write}\``,
    explain: `
The signs of the language are \`->\` (gives a value to a layer), \`== != < <= > >=\` (compare),
\`+ - * / %\` (calculate), and the words \`and\`, \`or\`, \`not\`. There is no sign for powers: write
\`a * a\`.`,
  }),
  CNN1011: entry<{ sign: string; where: string }>({
    severity: "error",
    title: ({ sign, where }) => `no \`${sign}\` is needed ${where}`,
    label: () => "remove it",
    explain: `
Line breaks mean nothing and nothing ends a line: a \`let\` ends where the next one or the result
begins. Commas stand between arguments, parameters, sizes of a shape and results of a record, and
nowhere else.`,
  }),
  CNN1012: entry<{ word: string; advice: string }>({
    severity: "error",
    title: ({ word }) => `there is no \`${word}\` in this language`,
    label: ({ advice }) => advice,
    explain: `
Programs describe what flows into what; nothing is executed step by step. So there is \`block\`
where Python has \`def\` or \`class\`, \`repeat i in 0..n { … }\` where it has \`for\`, \`let\` to give
a value a name, \`if a { … } else if b { … } else { … }\` for variants, and the last expression of a
body is its result.`,
  }),
  CNN1013: entry<{ word: string; label: boolean }>({
    severity: "error",
    title: ({ word }) => `\`${word}\` is a word of the language and cannot be a name`,
    label: ({ word, label }) =>
      label
        ? `write it in quotes as a label: \`"${word}":\``
        : `call it \`${word}_\`, for instance`,
    explain: `
Reserved are \`import const block model train let if else repeat in where and or not true false\`.
A label may be any of them when it stands in quotes, \`"block": conv(64)\`, so that names of weights
are free: this one is called \`block.weight\`.`,
  }),
  CNN1014: entry<{ lines: number }>({
    severity: "error",
    title: () => "this is Python, not a program of this language",
    label: ({ lines }) =>
      lines === 1 ? "this line was not read" : `${lines} lines from here were not read`,
    help: () => [
      "write what flows through which layers: `image -> conv(16, kernel: 3) -> relu -> flatten -> " +
        "linear(10)`; `cnn init` makes a first program",
      'or bring the network over: `torch.onnx.export(net, image, "net.onnx")` in PyTorch, then ' +
        "`cnn import net.onnx`",
    ],
    explain: `
Programs of this language say which layers a network is made of; they are not executed, and have no
classes, functions or imports of Python. A network of a few layers is quickly written anew:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
            self.fc = nn.Linear(16 * 16 * 16, 10)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            return self.fc(torch.flatten(x, 1))

is

    model Net(x: [N, 3, 32, 32]) -> [N, 10] {
      x -> conv1: conv(16, kernel: 3, padding: 1) -> relu -> max_pool(2) -> flatten -> fc: linear(10)
    }

The labels are the names of the weights, so that a \`state_dict\` saved as safetensors fits. A larger
network is better imported: export it to ONNX, and \`cnn import\` writes the program.`,
  }),
  CNN1015: entry<{ found: string; write: string }>({
    severity: "error",
    title: ({ found }) => `a size that is not fixed has a name here, not \`${found}\``,
    label: ({ write }) => `write \`${write}\``,
    explain: `
Keras declares sizes that may vary as \`None\`, PyTorch as \`-1\`. Here they have names: \`N\` for the batch,
\`H\` and \`W\` for height and width, or any other. One name is one size, so that \`[N, 3, H, W]\` says
that the input \`N\` is also the \`N\` of the result \`[N, 10]\`.`,
  }),
  CNN1016: entry<object>({
    severity: "error",
    title: () => "layers one behind the other are a group in braces",
    label: () => "write `{ conv(16, kernel: 3) -> relu }`",
    explain: `
\`nn.Sequential(a, b)\` and \`Sequential([a, b])\` are \`{ a -> b }\`. With a label, the steps of a group are
numbered as in PyTorch: \`features: { conv(16, kernel: 3) -> relu }\` has the weight \`features.0.weight\`.`,
  }),
};
