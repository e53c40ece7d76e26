import type { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError } from "../errors.ts";
import type { OnnxManifest } from "../manifest.ts";
import { createReader } from "../runtimes/numbers.ts";
import type { ModelInput } from "../runtimes/scorer.ts";
import type { OnnxRuntime } from "./library.ts";

/** How requests become the tensors of a graph. */
export interface Feeds {
  readonly readsText: boolean;
  /** Rows that it takes at a time. */
  readonly most: number;
  /** @throws InputError when an input does not fit */
  readonly feed: (inputs: readonly ModelInput[]) => Readonly<Record<string, Tensor>>;
  /** An input that says nothing: zeros, or no text. */
  readonly nothing: ModelInput;
}

type TensorMetadata = InferenceSession.TensorValueMetadata;

/** One input of a graph. */
interface GraphInput {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/**
 * What a graph calls its features: its tensors where there are several or one of text, and else its columns by number.
 * @throws Error when it does not say how many columns it has
 */
export function inputNames(metadata: readonly InferenceSession.ValueMetadata[]): readonly string[] {
  const inputs = metadata.map(asInput);
  const [first] = inputs;
  if (first === undefined || inputs.length > 1 || first.type === "string") return inputs.map(({ name }) => name);
  const [, columns = 1] = first.shape;
  if (typeof columns === "number" && columns > 0) return Array.from({ length: columns }, (_, column) => `f${column}`);
  throw new Error(`${first.name} does not say how many columns it has: name them with --inputs`);
}

/** How the features of a graph are called, and whether they may be missing. */
type Features = Pick<OnnxManifest, "inputs" | "missing">;

/**
 * A graph reads one text, one tensor with a column for each feature, or a tensor for each feature.
 * @throws Error when it reads something else than `model.json` says
 */
export function createFeeds(
  { Tensor }: OnnxRuntime,
  metadata: readonly InferenceSession.ValueMetadata[],
  manifest: Features,
): Feeds {
  const inputs = metadata.map(asInput);
  const [first, ...others] = inputs;
  if (first === undefined) throw new Error("the graph has no input");
  const most = rowsAtATime(inputs);
  if (first.type === "string" && others.length === 0) {
    if (manifest.inputs.length !== 1) {
      throw new Error(`does not fit model.json: inputs: seen ${manifest.inputs.length}; ${first.name} takes one text`);
    }
    return {
      ...{ readsText: true, most, nothing: { text: "" } },
      feed: (rows) => ({ [first.name]: new Tensor("string", rows.map(textOf), dimsOf(first, rows.length, 1)) }),
    };
  }
  const { names, columnsOf } = others.length === 0 ? asRows(first, manifest) : asColumns(inputs, manifest);
  const read = createReader({ inputs: names, precision: "float64", missing: manifest.missing === "allowed" });
  return {
    ...{ readsText: false, most, nothing: { features: Object.fromEntries(names.map((name) => [name, 0])) } },
    feed(rows) {
      const values = rows.map(({ features }) => read(features));
      return Object.fromEntries(
        inputs.map((input) => {
          const columns = columnsOf(input);
          const cells = values.flatMap((row) => columns.map((column) => row[column] ?? 0));
          const make = makers[input.type] as Maker;
          return [input.name, make(Tensor, cells, dimsOf(input, rows.length, columns.length), input.name)];
        }),
      );
    },
  };
}

function asInput(metadata: InferenceSession.ValueMetadata): GraphInput {
  const { name } = metadata;
  if (!metadata.isTensor) throw new Error(`input ${name} is no tensor; a graph of tensors is served`);
  const { type, shape } = metadata as TensorMetadata;
  if (type !== "string" && !Object.hasOwn(makers, type)) {
    throw new Error(`input ${name} takes ${type}; allowed are ${Object.keys(makers).join(", ")} and string`);
  }
  if (shape.length !== 1 && shape.length !== 2) {
    throw new Error(`input ${name} has ${shape.length} dimensions; allowed are rows, and rows with columns`);
  }
  return { name, type, shape };
}

/** A graph that was written for one row at a time says so. */
function rowsAtATime(inputs: readonly GraphInput[]): number {
  const fixed = inputs.flatMap(({ shape: [rows] }) => (typeof rows === "number" && rows >= 0 ? [rows] : []));
  const other = fixed.find((rows) => rows !== 1);
  if (other !== undefined) throw new Error(`the graph takes ${other} rows at a time; allowed are 1 or any number`);
  return fixed.length > 0 ? 1 : Number.POSITIVE_INFINITY;
}

interface Layout {
  readonly names: readonly string[];
  /** The features of an input, by their place among the names. */
  readonly columnsOf: (input: GraphInput) => readonly number[];
}

/** One tensor, with the features in the order of `model.json`. */
function asRows({ name, shape }: GraphInput, { inputs }: Features): Layout {
  const [, columns = 1] = shape;
  if (typeof columns === "number" && columns >= 0 && columns !== inputs.length) {
    throw new Error(`does not fit model.json: inputs: seen ${inputs.length}; ${name} has ${columns} columns`);
  }
  const all = inputs.map((_, at) => at);
  return { names: inputs, columnsOf: () => all };
}

/** A tensor for each feature, by its name. */
function asColumns(graph: readonly GraphInput[], { inputs }: Features): Layout {
  const text = graph.find(({ type }) => type === "string");
  if (text !== undefined) {
    throw new Error(`input ${text.name} takes text beside other inputs; one text, or numbers alone, are allowed`);
  }
  const wide = graph.find(({ shape: [, columns = 1] }) => columns !== 1);
  if (wide !== undefined) throw new Error(`input ${wide.name} has several columns beside other inputs; one is allowed`);
  const names = graph.map(({ name }) => name);
  if (names.toSorted().join("\n") !== inputs.toSorted().join("\n")) {
    throw new Error(`does not fit model.json: inputs: seen ${inputs.join(", ")}; the graph takes ${names.join(", ")}`);
  }
  return { names: inputs, columnsOf: ({ name }) => [inputs.indexOf(name)] };
}

const dimsOf = ({ shape }: GraphInput, rows: number, columns: number): readonly number[] =>
  shape.length === 1 ? [rows] : [rows, columns];

function textOf({ text }: ModelInput): string {
  if (typeof text !== "string") throw new InputError('expected "text", a string');
  return text;
}

type Maker = (make: OnnxRuntime["Tensor"], cells: readonly number[], dims: readonly number[], name: string) => Tensor;

/** A tensor of each type that numbers are taken in. */
const makers: Readonly<Record<string, Maker>> = {
  float32: (Tensor, cells, dims, name) => new Tensor("float32", Float32Array.from(cells, asFloat32(name)), dims),
  float64: (Tensor, cells, dims) => new Tensor("float64", Float64Array.from(cells), dims),
  int32: (Tensor, cells, dims, name) => new Tensor("int32", Int32Array.from(cells, asWhole(name, 2 ** 31)), dims),
  int64: (Tensor, cells, dims, name) =>
    new Tensor("int64", BigInt64Array.from(cells.map(asWhole(name, 2 ** 53)), BigInt), dims),
};

/** A number that float32 has no room for is none that the model was made for. */
const asFloat32 =
  (name: string) =>
  (value: number): number => {
    const rounded = Math.fround(value);
    if (Number.isFinite(rounded) || Number.isNaN(value)) return rounded;
    throw new InputError(`${name}: seen ${value}; allowed is a number that float32 holds`);
  };

const asWhole =
  (name: string, bound: number) =>
  (value: number): number => {
    if (Number.isInteger(value) && Math.abs(value) < bound) return value;
    throw new InputError(`${name}: seen ${Number.isNaN(value) ? "null" : value}; allowed is a whole number`);
  };
