import type { GoldenRequest } from "../../../release/golden-file.ts";

type Json = Readonly<Record<string, unknown>>;

/** One of the forms in which clients ask a model server. */
export interface Protocol {
  /** What it is called in a message: `POST /predict`. */
  readonly name: string;
  readonly path: string;
  /** The request's body; undefined when the input has no such form. */
  readonly bodyOf: (request: GoldenRequest) => string | undefined;
  /** An answer as `/predict` gives it; undefined when the answer is not one of this protocol. */
  readonly read: (answer: Json) => Json | undefined;
}

/** The form of the library's own model server: the input as it is, an object with the answer back. */
export const predict: Protocol = {
  name: "POST /predict",
  path: "/predict",
  bodyOf: ({ body }) => body,
  read: (answer) => answer,
};

/** Where a model says what it takes and gives, in the Open Inference Protocol. */
export const metadataPath = (model: string): string => `/v2/models/${encodeURIComponent(model)}`;

/** The Open Inference Protocol: the inputs as tensors of one row, named and typed as the model's metadata says. */
export function openInference(model: string, metadata: Json): Protocol {
  const path = `${metadataPath(model)}/infer`;
  const inputs = tensorsOf(metadata.inputs);
  const datatypeOf = new Map(inputs.map(({ name, datatype }) => [name, datatype]));
  const outputs = tensorsOf(metadata.outputs);
  const label = outputs.find(({ datatype }) => datatype === "BYTES")?.name;
  const score = outputs.find(({ datatype }) => datatype !== "BYTES")?.name;
  const tensor = (name: string, datatype: string, value: unknown) => ({ name, datatype, shape: [1], data: [value] });
  return {
    name: `POST ${path}`,
    path,
    bodyOf({ input: { text, features } }) {
      const [first] = inputs;
      if (text !== undefined && first !== undefined) {
        return JSON.stringify({ inputs: [tensor(first.name, first.datatype, text)] });
      }
      if (!isObject(features)) return undefined;
      const named = Object.entries(features).map(([name, value]) =>
        tensor(name, datatypeOf.get(name) ?? "FP64", value),
      );
      return JSON.stringify({ inputs: named });
    },
    read({ model_name, model_version, outputs: given }) {
      const data = new Map(tensorsOf(given).map(({ name, data: [value] }) => [name, value]));
      if (label === undefined || score === undefined || !data.has(label) || !data.has(score)) return undefined;
      return { model: model_name, version: model_version, label: data.get(label), score: data.get(score) };
    },
  };
}

/** A tensor of a request, an answer, or what a model says of itself. */
export interface NamedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly data: readonly unknown[];
}

/** The tensors of a list; what is none is left out. */
export const tensorsOf = (value: unknown): readonly NamedTensor[] =>
  (Array.isArray(value) ? value : []).flatMap((each: unknown) =>
    isObject(each) && typeof each.name === "string" && typeof each.datatype === "string"
      ? [{ name: each.name, datatype: each.datatype, data: Array.isArray(each.data) ? each.data : [] }]
      : [],
  );

/** True for a JSON object; a list is none. */
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
