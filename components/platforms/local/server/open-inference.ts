import { z } from "zod";
import { InputError } from "./errors.ts";
import type { Route } from "./http-server.ts";
import type { ServedIdentity } from "./identity.ts";
import { parseJsonObject } from "./json-body.ts";
import type { Model } from "./load-model.ts";
import type { ModelManifest } from "./manifest.ts";
import type { ModelInput } from "./runtimes/scorer.ts";

export interface OpenInferenceSettings {
  readonly model: Model;
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
  const infer: Route = { method: "POST", answer: (body) => ({ body: JSON.stringify(inferAll(model, served, body)) }) };
  return [
    ["/v2", fixed({ name: "model-lifecycle-local", version: serverVersion, extensions: [] })],
    ["/v2/health/live", fixed({ live: true })],
    ["/v2/health/ready", fixed({ ready: true, ...served })],
    ...[modelPath, versionPath].flatMap((path): [string, Route][] => [
      [path, fixed(metadataOf(model.manifest, served))],
      [`${path}/ready`, fixed({ name, ready: true })],
      [`${path}/infer`, infer],
    ]),
  ];
}

function fixed(content: object): Route {
  const answer = { body: JSON.stringify(content) };
  return { method: "GET", answer: () => answer };
}

function metadataOf(manifest: ModelManifest, { model, version }: ServedIdentity): object {
  const { inputs, outputs, runtime } = manifest;
  return {
    name: model,
    versions: [version],
    platform: `model-lifecycle_${runtime}`,
    inputs: inputs.map((name) => ({ name, datatype: runtime === "linear" ? "BYTES" : "FP64", shape: [-1] })),
    outputs: [
      { name: outputs.label, datatype: "BYTES", shape: [-1] },
      { name: outputs.score, datatype: "FP64", shape: [-1] },
    ],
  };
}

const tensor = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).min(1).max(8),
  datatype: z.string(),
  data: z.array(z.unknown(), "expected an array (binary tensors are not served)"),
});
const inferRequest = z.object({
  id: z.string().optional(),
  inputs: z.array(tensor).min(1),
  outputs: z.array(z.object({ name: z.string() })).optional(),
});

type Tensor = z.infer<typeof tensor>;

function inferAll(model: Model, { model: name, version }: ServedIdentity, body: string): object {
  const parsed = inferRequest.safeParse(parseJsonObject(body));
  if (!parsed.success) {
    throw new InputError(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  const { id, inputs, outputs: wanted } = parsed.data;
  const predictions = rowsOf(model.manifest, inputs).map((row) => model.predict(row));
  const { label, score } = model.manifest.outputs;
  const shape = [predictions.length];
  const tensors = [
    { name: label, datatype: "BYTES", shape, data: predictions.map((prediction) => prediction.label) },
    { name: score, datatype: "FP64", shape, data: predictions.map((prediction) => prediction.score) },
  ];
  const outputs = wanted?.map((output) => {
    const found = tensors.find((known) => known.name === output.name);
    if (found === undefined) throw new InputError(`unknown output "${output.name}"; the model has ${label}, ${score}`);
    return found;
  });
  return { model_name: name, model_version: version, ...(id !== undefined && { id }), outputs: outputs ?? tensors };
}

/** One model input per row; every tensor is a column, flat or nested. */
function rowsOf({ runtime, inputs: names }: ModelManifest, tensors: readonly Tensor[]): readonly ModelInput[] {
  const stranger = tensors.find(({ name }) => !names.includes(name));
  if (stranger !== undefined)
    throw new InputError(`unknown input "${stranger.name}"; the model has ${names.join(", ")}`);
  const columns = names.map((name) => columnOf(name, tensors, runtime === "linear" ? isText : isNumber));
  const [first = []] = columns;
  if (columns.some((column) => column.length !== first.length)) {
    throw new InputError("expected inputs of equal length");
  }
  if (runtime === "linear") return first.map((text) => ({ text }));
  return first.map((_, row) => ({ features: Object.fromEntries(names.map((name, at) => [name, columns[at]?.[row]])) }));
}

function columnOf(
  name: string,
  tensors: readonly Tensor[],
  accepts: (datatype: string) => boolean,
): readonly unknown[] {
  const found = tensors.filter((candidate) => candidate.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new InputError(`expected input "${name}" once, got ${found.length}`);
  if (!accepts(only.datatype)) throw new InputError(`input "${name}" does not take datatype ${only.datatype}`);
  const column: readonly unknown[] = only.data.flat(only.shape.length);
  const size = only.shape.reduce((product, extent) => product * extent, 1);
  if (column.length !== size) {
    throw new InputError(
      `input "${name}" has ${column.length} values, its shape [${only.shape.join(", ")}] says ${size}`,
    );
  }
  return column;
}

function isText(datatype: string): boolean {
  return datatype === "BYTES";
}

function isNumber(datatype: string): boolean {
  return /^(FP(16|32|64)|U?INT(8|16|32|64))$/.test(datatype);
}
