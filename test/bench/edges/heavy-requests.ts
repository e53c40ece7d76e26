/** The largest body that is taken, in bytes. */
const MOST = 4 * 1024 * 1024;
const ROWS = 100_000;

export interface HeavyRequest {
  readonly name: string;
  readonly model: "linear" | "trees";
  readonly path: "/predict" | "infer";
  /** Made when it is sent: together they are large. */
  readonly body: () => string;
}

/** As many times as fit between the other two. */
function filled(before: string, piece: string, after: string, separator = ""): string {
  const room = MOST - before.length - after.length;
  const count = Math.floor((room + separator.length) / (piece.length + separator.length));
  return `${before}${`${piece}${separator}`.repeat(count).slice(0, count * (piece.length + separator.length) - separator.length)}${after}`;
}

const deep = (before: string, open: string, close: string, after: string): string => {
  const count = Math.floor((MOST - before.length - after.length - 1) / (open.length + close.length));
  return `${before}${open.repeat(count)}1${close.repeat(count)}${after}`;
};

/** An object of as many different keys as fit. */
function manyKeys(before: string, value: string, after: string): string {
  const parts: string[] = [];
  let room = MOST - before.length - after.length;
  for (let at = 0; ; at++) {
    const part = `"k${at}":${value}`;
    room -= part.length + 1;
    if (room < 0) return `${before}${parts.join(",")}${after}`;
    parts.push(part);
  }
}

const column = (name: string, datatype: string, data: string, shape = `[${ROWS}]`): string =>
  `{"name":"${name}","shape":${shape},"datatype":"${datatype}","data":[${data}]}`;
const rowsOf = (value: string): string => `${`${value},`.repeat(ROWS - 1)}${value}`;
const texts = (value: string): string => `{"inputs":[${column("text", "BYTES", rowsOf(JSON.stringify(value)))}]}`;
const numbers = (datatype: string, value: string): string =>
  `{"inputs":[${column("income", datatype, rowsOf(value))},${column("late", datatype, rowsOf(value))}]}`;

/** The largest batch of texts, in the Open Inference Protocol. */
export const heavyBatch: string = texts("a b c not good b c a d");

const JSON_SHAPES: readonly (readonly [string, () => string])[] = [
  ["nested lists", () => deep("", "[", "]", "")],
  ["nested objects", () => deep("", '{"a":', "}", "")],
  ["lists that end nowhere", () => "[".repeat(MOST)],
  ["a string that ends nowhere", () => `"${"a".repeat(MOST - 1)}`],
  ["a list of empty objects", () => filled("[", "{}", "]", ",")],
  ["nothing but spaces", () => " ".repeat(MOST)],
  ["many keys", () => manyKeys("{", "1", "}")],
  ["many keys with objects", () => manyKeys("{", "{}", "}")],
  ["one key again and again", () => filled("{", '"text":"a"', "}", ",")],
];

const TEXTS: readonly (readonly [string, () => string])[] = [
  ["a long text of short words", () => filled('{"text":"', "a ", '"}')],
  ["a long text of two words in turns", () => filled('{"text":"', "not a ", '"}')],
  ["a long text of stops", () => filled('{"text":"', "a.", '"}')],
  ["one long word", () => filled('{"text":"', "a", '"}')],
  ["a long text of escapes", () => filled('{"text":"', "\\u0061 ", '"}')],
  ["a long text that grows in lower case", () => filled('{"text":"', "\\u0130 ", '"}')],
  ["a long text that is a number", () => filled('{"text":', "1", "}")],
  ["a list in place of the text", () => filled('{"text":[', "{}", "]}", ",")],
];

const INFERS: readonly (readonly [string, () => string])[] = [
  ["1,300,000 empty inputs", () => filled('{"inputs":[', "{}", "]}", ",")],
  [
    "many values that are empty objects",
    () => filled('{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":[', "{}", "]}]}", ","),
  ],
  [
    "many values that are lists of lists",
    () =>
      filled(
        '{"inputs":[{"name":"text","shape":[1,1,1,1,1,1,1,1],"datatype":"BYTES","data":[',
        "[[[[[[[]]]]]]]",
        "]}]}",
        ",",
      ),
  ],
  [
    "nested values",
    () => deep('{"inputs":[{"name":"text","shape":[1,1,1,1,1,1,1,1],"datatype":"BYTES","data":', "[", "]", "}]}"),
  ],
  ["a long shape", () => filled('{"inputs":[{"name":"text","datatype":"BYTES","data":[],"shape":[', "1", "]}]}", ",")],
  [
    "a shape of strings",
    () => filled('{"inputs":[{"name":"text","datatype":"BYTES","data":[],"shape":[', '""', "]}]}", ","),
  ],
  ["a long name", () => filled('{"inputs":[{"name":"', "n", '","shape":[1],"datatype":"BYTES","data":["a"]}]}')],
  ["a long datatype", () => filled('{"inputs":[{"datatype":"', "n", '","shape":[1],"name":"text","data":["a"]}]}')],
  ["a long id", () => filled('{"id":"', "n", `","inputs":[${column("text", "BYTES", '"a"', "[1]")}]}`)],
  [
    "a long name of an output",
    () => filled('{"outputs":[{"name":"', "n", `"}],"inputs":[${column("text", "BYTES", '"a"', "[1]")}]}`),
  ],
  [
    "many outputs",
    () => filled('{"outputs":[', '{"name":"label"}', `],"inputs":[${column("text", "BYTES", '"a"', "[1]")}]}`, ","),
  ],
  ["many unknown keys of an input", () => manyKeys('{"inputs":[{', "1", "}]}")],
  [
    "64 inputs with long lists of nothing",
    () =>
      `{"inputs":[${Array.from({ length: 64 }, () => filled('{"data":[', "{}", "]}", ",").slice(0, MOST / 64 - 16))
        .map((part) => `${part.slice(0, part.lastIndexOf(","))}]}`)
        .join(",")}]}`,
  ],
  ["the largest batch of short texts", () => texts("a")],
  ["the largest batch of no text", () => texts("")],
  ["the largest batch of eight words", () => heavyBatch],
  ["the largest batch of eight stops", () => texts("a.a.a.a.a.a.a.a.")],
  [
    "a batch of two long texts",
    () =>
      `{"inputs":[{"name":"text","shape":[2],"datatype":"BYTES","data":["${"a ".repeat(MOST / 4 - 60)}","${"b ".repeat(MOST / 4 - 60)}"]}]}`,
  ],
  [
    "the largest batch but for its last value",
    () => `{"inputs":[${column("text", "BYTES", `${`"a",`.repeat(ROWS - 1)}1`)}]}`,
  ],
];

const DATATYPES = ["FP64", "FP32", "FP16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"];

const FEATURES: readonly (readonly [string, () => string])[] = [
  ["many features", () => manyKeys('{"features":{', "1", "}}")],
  ["many features with objects", () => manyKeys('{"features":{"income":1,"late":1,', "{}", "}}")],
  ["a long text as a feature", () => filled('{"features":{"late":1,"income":"', "a", '"}}')],
  ["a list as a feature", () => filled('{"features":{"late":1,"income":[', "{}", "]}}", ",")],
  ["a long number as a feature", () => filled('{"features":{"late":1,"income":', "9", "}}")],
];

const list = (
  model: HeavyRequest["model"],
  path: HeavyRequest["path"],
  from: typeof JSON_SHAPES,
): readonly HeavyRequest[] => from.map(([name, body]) => ({ name, model, path, body }));

/** The costliest things that a model server may be asked, as far as anybody has found one. */
export const HEAVY_REQUESTS: readonly HeavyRequest[] = [
  ...list("linear", "/predict", [...JSON_SHAPES, ...TEXTS]),
  ...list("linear", "infer", [...JSON_SHAPES, ...INFERS]),
  ...list("trees", "/predict", FEATURES),
  ...list("trees", "infer", [
    ...DATATYPES.map((datatype) => [`the largest batch of ${datatype}`, () => numbers(datatype, "7")] as const),
    ["the largest batch of fractions", () => numbers("FP32", "0.123456789012")],
    ["the largest batch but for its last value", () => numbers("FP64", "7").replace(/7\]\}\]\}$/, '""]}]}')],
    [
      "a long text as a value",
      () => filled('{"inputs":[{"name":"income","shape":[1],"datatype":"FP64","data":["', "a", '"]}]}'),
    ],
  ]),
];
