import { z } from "zod";
import type { Prediction } from "../../../models/decide.ts";
import { InputError } from "../../../models/errors.ts";
import type { ModelManifest } from "../../../models/manifest.ts";
import type { ModelInput } from "../../../models/runtimes/scorer.ts";
import type { ServedModel } from "../../../models/served-model.ts";
import { numericDatatypes } from "./datatypes.ts";
import type { Route } from "./http-server.ts";
import type { ServedIdentity } from "./identity.ts";
import { parseJsonObject } from "./json-body.ts";

/** Which model answers under the Open Inference Protocol, and as what. */
export interface OpenInferenceSettings {
  readonly model: ServedModel;
  readonly served: ServedIdentity;
  /** Version of the server software, shown at `/v2`. */
  readonly serverVersion: string;
}

/**
 * The REST paths of the Open Inference Protocol, version 2.
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export function openInferenceRoutes({
  model,
  served,
  serverVersion,
}: OpenInferenceSettings): readonly [string, Route][] {
  const { model: name, version } = served;
  const modelPath = `/v2/models/${encodeURIComponent(name)}`;
  const versionPath = `${modelPath}/versions/${encodeURIComponent(version)}`;
  const infer: Route = {
    method: "POST",
    answer(body) {
      const answer = inferAll(model, served, body);
      return typeof answer === "string" ? { body: answer } : answer.then((text) => ({ body: text }));
    },
  };
  return [
    ["/v2", fixed({ name: "model-lifecycle-local", version: serverVersion, extensions: [] })],
    ["/v2/health/live", fixed({ live: true })],
    ["/v2/health/ready", fixed({ ready: true, ...served })],
    ...[modelPath, versionPath].flatMap((path): [string, Route][] => [
      [path, fixed(metadataOf(model, served))],
      [`${path}/ready`, fixed({ name, ready: true })],
      [`${path}/infer`, infer],
    ]),
  ];
}

function fixed(content: object): Route {
  const answer = { body: JSON.stringify(content) };
  return { method: "GET", answer: () => answer };
}

/** The datatype in which nothing of an input is lost. */
function inputDatatype({ manifest, readsText }: ServedModel): string {
  if (readsText) return "BYTES";
  return manifest.runtime === "trees" && manifest.precision === "float32" ? "FP32" : "FP64";
}

function metadataOf(model: ServedModel, { model: name, version }: ServedIdentity): object {
  const { inputs, outputs, runtime } = model.manifest;
  const datatype = inputDatatype(model);
  return {
    name,
    versions: [version],
    platform: `model-lifecycle_${runtime}`,
    inputs: inputs.map((input) => ({ name: input, datatype, shape: [-1] })),
    outputs: [
      { name: outputs.label, datatype: "BYTES", shape: [-1] },
      { name: outputs.score, datatype: "FP64", shape: [-1] },
    ],
  };
}

/** What one request may hold, where the model does not take more tensors. A body has at most 4 MiB; these keep its pieces, and what is said about them, few. */
const MOST_TENSORS = 64;
const MOST_ROWS = 100_000;
const MOST_DIMENSIONS = 8;
const MOST_ID_CHARACTERS = 256;

const tensor = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).min(1).max(MOST_DIMENSIONS),
  datatype: z.string().max(16),
  data: z.custom<readonly unknown[]>(Array.isArray, "expected an array (binary tensors are not served)"),
});
const inferRequest = z.object({
  id: z.string().max(MOST_ID_CHARACTERS).optional(),
  inputs: z.array(tensor).min(1),
  outputs: z.array(z.object({ name: z.string() })).optional(),
});

type InferRequest = z.infer<typeof inferRequest>;
type Tensor = z.infer<typeof tensor>;

/** Counted before anything is looked into: a list of a million things is not worth a million complaints. */
function parseInfer(body: string, { inputs }: ModelManifest): InferRequest {
  const document = parseJsonObject(body) as Readonly<Record<string, unknown>>;
  const most = Math.max(MOST_TENSORS, inputs.length);
  for (const list of ["inputs", "outputs"]) {
    const { [list]: items } = document;
    if (Array.isArray(items) && items.length > most) {
      throw new InputError(`${list}: seen ${items.length}; allowed are at most ${most}`);
    }
  }
  const parsed = inferRequest.safeParse(document);
  if (parsed.success) return parsed.data;
  const [first, second, ...others] = parsed.error.issues.map(({ path, message }) =>
    `${path.join(".")}: ${message}`.slice(0, 200),
  );
  const more = others.length > 0 ? [`and ${others.length} more`] : [];
  throw new InputError([first, second, ...more].filter((text) => text !== undefined).join("; "));
}

function inferAll(model: ServedModel, served: ServedIdentity, body: string): string | Promise<string> {
  const request = parseInfer(body, model.manifest);
  const { outputs = [] } = request;
  if (new Set(outputs.map(({ name }) => name)).size < outputs.length) {
    throw new InputError("outputs: each one at most once");
  }
  const predictions = model.predictAll(rowsOf(model, request.inputs));
  return predictions instanceof Promise
    ? predictions.then((all) => render(model, served, request, all))
    : render(model, served, request, predictions);
}

function render(
  model: ServedModel,
  { model: name, version }: ServedIdentity,
  { id, outputs: wanted }: InferRequest,
  predictions: readonly Prediction[],
): string {
  const { label, score } = model.manifest.outputs;
  const shape = [predictions.length];
  const tensors = [
    { name: label, datatype: "BYTES", shape, data: predictions.map((prediction) => prediction.label) },
    { name: score, datatype: "FP64", shape, data: predictions.map((prediction) => prediction.score) },
  ];
  const outputs = wanted?.map((output) => {
    const found = tensors.find((known) => known.name === output.name);
    if (found === undefined) {
      throw new InputError(`unknown output "${output.name.slice(0, 64)}"; the model has ${label}, ${score}`);
    }
    return found;
  });
  return JSON.stringify({
    model_name: name,
    model_version: version,
    ...(id !== undefined && { id }),
    outputs: outputs ?? tensors,
  });
}

/** One model input per row; every tensor is a column, flat or nested. */
function rowsOf(model: ServedModel, tensors: readonly Tensor[]): readonly ModelInput[] {
  const { inputs: names } = model.manifest;
  const stranger = tensors.find(({ name }) => !names.includes(name));
  if (stranger !== undefined)
    throw new InputError(`unknown input "${stranger.name.slice(0, 64)}"; the model has ${names.join(", ")}`);
  const columns = names.map((name) => columnOf(name, tensors, readerOf(model)));
  const [first = []] = columns;
  if (columns.some((column) => column.length !== first.length)) {
    throw new InputError("expected inputs of equal length");
  }
  if (model.readsText) return first.map((text) => ({ text }));
  return first.map((_, row) => ({ features: Object.fromEntries(names.map((name, at) => [name, columns[at]?.[row]])) }));
}

function readerOf({
  manifest,
  readsText,
}: ServedModel): (tensor: Tensor, column: readonly unknown[]) => readonly unknown[] {
  if (readsText) return readTexts;
  return manifest.runtime !== "linear" && manifest.missing === "allowed" ? readNumbersOrNull : readNumbers;
}

function columnOf(
  name: string,
  tensors: readonly Tensor[],
  read: (tensor: Tensor, column: readonly unknown[]) => readonly unknown[],
): readonly unknown[] {
  const found = tensors.filter((candidate) => candidate.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new InputError(`expected input "${name}" once, got ${found.length}`);
  const size = only.shape.reduce((product, extent) => product * extent, 1);
  if (size > MOST_ROWS) {
    throw new InputError(`input "${name}": its shape says ${size} values; allowed are at most ${MOST_ROWS}`);
  }
  const column: readonly unknown[] = only.data.flat(only.shape.length);
  if (column.length !== size) {
    throw new InputError(
      `input "${name}" has ${column.length} values, its shape [${only.shape.join(", ")}] says ${size}`,
    );
  }
  return read(only, column);
}

function readTexts({ name, datatype }: Tensor, column: readonly unknown[]): readonly unknown[] {
  if (datatype !== "BYTES") throw new InputError(`input "${name}" does not take datatype ${datatype}`);
  const at = column.findIndex((value) => typeof value !== "string");
  if (at >= 0) throw new InputError(`input "${name}" at ${at}: seen ${renderValue(column[at])}; allowed are strings`);
  return column;
}

const readNumbers = (tensor: Tensor, column: readonly unknown[]): readonly unknown[] => read(tensor, column, false);
const readNumbersOrNull = (tensor: Tensor, column: readonly unknown[]): readonly unknown[] =>
  read(tensor, column, true);

function read({ name, datatype }: Tensor, column: readonly unknown[], missing: boolean): readonly unknown[] {
  const known = Object.hasOwn(numericDatatypes, datatype) ? numericDatatypes[datatype] : undefined;
  if (known === undefined) throw new InputError(`input "${name}" does not take datatype ${datatype}`);
  return column.map((value, at) => {
    if (missing && value === null) return null;
    const number = known.read(value);
    if (number !== undefined) return number;
    throw new InputError(
      `input "${name}" at ${at}: seen ${renderValue(value)}; allowed for ${datatype} are ${known.allowed}`,
    );
  });
}

function renderValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 64)) : String(value);
}
