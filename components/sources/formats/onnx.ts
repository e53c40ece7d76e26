import { posix } from "node:path";
import { type Field, openWire, type Wire, WireError } from "./protobuf.ts";
import type { ReadableFile, SizeOf } from "./readable-file.ts";

// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto: which fields lead to a tensor. A tensor may say that its numbers are
// in another file (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md); whoever wrote the graph chose its name.

type Kind = "model" | "graph" | "node" | "function" | "training" | "attribute" | "sparse" | "tensor";

const LEADS: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: "graph", 20: "training", 25: "function" },
  training: { 1: "graph", 2: "graph" },
  function: { 7: "node", 11: "attribute" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
};

const GRAPH_OF_MODEL = 7;
const TENSOR = { name: 8, externalData: 13, dataLocation: 14 } as const;
const EXTERNAL = 1;

/** Deeper no graph is nested: where protobuf's own readers give up. */
const DEEPEST = 100;

/** Beyond so many, the others are of the same kind. */
const MOST_PROBLEMS = 5;

/**
 * What is wrong with the frame of a graph, and with the files that its tensors name, a sentence each. No tensor's numbers
 * are read.
 * @param path of the graph in the content: files that it names are beside it
 */
export function onnxProblems(file: ReadableFile, path: string, sizeOf: SizeOf): readonly string[] {
  const wire = openWire(file);
  const problems = new Set<string>();
  try {
    let graphs = 0;
    for (const tensor of tensorsIn(wire, { kind: "model", from: 0, to: file.bytes, depth: 0 }, () => (graphs += 1))) {
      const problem = externalProblem(tensor, posix.dirname(path), sizeOf);
      if (problem !== undefined) problems.add(problem);
      if (problems.size === MOST_PROBLEMS) break;
    }
    return graphs === 0 ? ["is no ONNX: there is no graph in it"] : [...problems];
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return [`is no ONNX, or not whole: it ${error.message}`];
  }
}

interface Message {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** A tensor, as far as it says where its numbers are. */
interface ExternalTensor {
  readonly name: string;
  /** By their keys: location, offset, length. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Every tensor whose numbers are elsewhere. */
function* tensorsIn(wire: Wire, { kind, from, to, depth }: Message, sawGraph: () => void): Generator<ExternalTensor> {
  if (depth > DEEPEST) throw new WireError(`is nested deeper than ${DEEPEST} times`);
  if (kind === "tensor") {
    const tensor = readTensor(wire, from, to);
    if (tensor !== undefined) yield tensor;
    return;
  }
  for (const field of wire.fields(from, to)) {
    const next = field.value === undefined ? LEADS[kind][field.number] : undefined;
    if (next === undefined) continue;
    if (kind === "model" && field.number === GRAPH_OF_MODEL) sawGraph();
    yield* tensorsIn(wire, { kind: next, from: field.from, to: field.to, depth: depth + 1 }, sawGraph);
  }
}

function readTensor(wire: Wire, from: number, to: number): ExternalTensor | undefined {
  let [name, isExternal] = ["", false];
  const entries = new Map<string, string>();
  for (const field of wire.fields(from, to)) {
    if (field.number === TENSOR.name) name = wire.text(field);
    else if (field.number === TENSOR.dataLocation) isExternal = field.value === EXTERNAL;
    else if (field.number === TENSOR.externalData) entries.set(...readEntry(wire, field));
  }
  return isExternal ? { name, entries } : undefined;
}

function readEntry(wire: Wire, { from, to }: Field): [key: string, value: string] {
  const [key, value] = [1, 2].map((number) => [...wire.fields(from, to)].findLast((field) => field.number === number));
  return [key === undefined ? "" : wire.text(key), value === undefined ? "" : wire.text(value)];
}

function externalProblem({ name, entries }: ExternalTensor, folder: string, sizeOf: SizeOf): string | undefined {
  const location = entries.get("location") ?? "";
  const leads = `has numbers of ${JSON.stringify(name)} in ${JSON.stringify(location)}`;
  const isInside = location !== "" && !/^(?:\/|[a-z]:)|[\\\0]/i.test(location) && !location.split("/").includes("..");
  if (!isInside) return `${leads}, which is no file beside it`;
  const bytes = sizeOf(posix.join(folder, location));
  if (bytes === undefined) return `${leads}, which is not among the files`;
  const [offset, length] = ["offset", "length"].map((key) => entries.get(key) ?? "0");
  if (![offset, length].every((number) => /^\d{1,15}$/.test(number ?? ""))) return `${leads} at no place of it`;
  return Number(offset) + Number(length) <= bytes
    ? undefined
    : `${leads} up to byte ${Number(offset) + Number(length)}, of ${bytes} that there are`;
}
