import { custom } from "./custom.ts";
import { plain } from "./plain.ts";
import type { Json, Subject } from "./subjects.ts";
import { workloads } from "./workloads.ts";

/** One request of a case. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}

/** An object or a change, and the requests that put it to a server. */
export interface Case {
  readonly title: string;
  readonly requests: readonly Request[];
}

const MERGE = "application/merge-patch+json";
const APPLY = "application/apply-patch+yaml";

function casesOf(subject: Subject): readonly Case[] {
  const tried = [...ofAnyKind(subject), ...variationsOf(subject), ...editsOf(subject)];
  return tried.map(([what, make], index) => ({
    title: `${subject.kind} ${what}`,
    requests: make(`case-${subject.kind.toLowerCase()}-${index}`),
  }));
}

type Tried = readonly [what: string, make: (name: string) => readonly Request[]];

function ofAnyKind(subject: Subject): readonly Tried[] {
  const { collection, change, kind } = subject;
  const at = (name: string, query = ""): string => `${collection}/${name}${query}`;
  const create = (name: string, patch: Json = {}, query = ""): Request => ({
    method: "POST",
    path: `${collection}${query}`,
    body: merged(objectOf(subject, name), patch),
  });
  const patch = (name: string, body: Json): Request => ({ method: "PATCH", path: at(name), body, type: MERGE });
  const apply = (name: string, manager: string, body: Json, force = false): Request => ({
    method: "PATCH",
    path: at(name, `?fieldManager=${manager}&force=${force}`),
    body: merged(objectOf(subject, name), body),
    type: APPLY,
  });
  const read = (name: string): Request => ({ method: "GET", path: at(name) });
  return [
    ["as it should be", (name) => [create(name), read(name)]],
    ["a second time", (name) => [create(name), create(name)]],
    ["that is not there", (name) => [read(name)]],
    [
      "with a field that nobody knows, strictly",
      (name) => [create(name, { colour: "red" }, "?fieldValidation=Strict")],
    ],
    ["with a field that nobody knows", (name) => [create(name, { colour: "red" }, "?fieldValidation=Ignore")]],
    ["with an upper-case name", (name) => [create(`${name}-Upper`)]],
    ["with a name of 254", (name) => [create(name.padEnd(254, "x"))]],
    ["with a name of 64", (name) => [create(name.padEnd(64, "x"))]],
    ["with a name with a slash", (name) => [create(`${name}/a`)]],
    ["with a label value of 64", (name) => [create(name, { metadata: { labels: { app: "x".repeat(64) } } })]],
    ["with a label value with a space", (name) => [create(name, { metadata: { labels: { app: "a b" } } })]],
    ["with a label key that is none", (name) => [create(name, { metadata: { labels: { "a/b/c": "1" } } })]],
    ["of another kind", (name) => [create(name, { kind: "Other" })]],
    ["of another namespace", (name) => [create(name, { metadata: { namespace: "elsewhere" } })]],
    ["without a body", (name) => [{ method: "PUT", path: at(name), body: {} }]],
    ["that is changed", (name) => [create(name), patch(name, change), read(name)]],
    [
      "that is changed by an old version",
      (name) => [create(name), patch(name, { ...change, metadata: { resourceVersion: "1" } })],
    ],
    ["that is changed and not there", (name) => [patch(name, change)]],
    ["that is replaced and not there", (name) => [{ ...create(name), method: "PUT", path: at(name) }]],
    [
      "that is replaced by what is invalid, and not there",
      (name) => [{ ...create(name, { metadata: { labels: { app: "a b" } } }), method: "PUT", path: at(name) }],
    ],
    ["that is replaced", (name) => [create(name), { ...create(name, change), method: "PUT", path: at(name) }]],
    ["of no kind", (name) => [create(name, { kind: null })]],
    ["of another version", (name) => [create(name, { apiVersion: "example.com/v1" })]],
    ["that is applied by another name", (name) => [apply(name, "one", { metadata: { name: `${name}-other` } })]],
    ["that is applied without a name", (name) => [apply(name, "one", { metadata: { name: null } })]],
    ["that is renamed", (name) => [create(name), patch(name, { metadata: { name: `${name}-other` } })]],
    ["that is applied", (name) => [apply(name, "one", {}), read(name)]],
    ["that is applied by a second", (name) => [apply(name, "one", {}), apply(name, "two", {})]],
    ["that a second applies differently", (name) => [apply(name, "one", {}), apply(name, "two", change)]],
    [
      "that a second forces to differ",
      (name) => [apply(name, "one", {}), apply(name, "two", change, true), read(name)],
    ],
    ["that is tried", (name) => [create(name, {}, "?dryRun=All"), read(name)]],
    ...(kind === "Namespace" || kind === "PersistentVolumeClaim"
      ? []
      : [
          [
            "that is deleted",
            (name: string) => [create(name), { method: "DELETE", path: at(name) }, read(name)],
          ] as const,
        ]),
    ["that is deleted and not there", (name) => [{ method: "DELETE", path: at(name) }]],
  ];
}

const variationsOf = (subject: Subject): readonly Tried[] =>
  Object.entries(subject.variations ?? {}).map(([what, patch]) => [
    what,
    (name) => [{ method: "POST", path: subject.collection, body: merged(objectOf(subject, name), patch) }],
  ]);

const editsOf = (subject: Subject): readonly Tried[] =>
  Object.entries(subject.edits ?? {}).map(([what, body]) => [
    `with an edit ${what}`,
    (name) => [
      { method: "POST", path: subject.collection, body: objectOf(subject, name) },
      { method: "PATCH", path: `${subject.collection}/${name}`, body, type: MERGE },
    ],
  ]);

const objectOf = ({ apiVersion, kind, body }: Subject, name: string): Json => ({
  apiVersion,
  kind,
  ...body,
  metadata: { name },
});

/** A JSON merge patch (RFC 7396) applied. */
function merged(target: Json, patch: Json): Json {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = isObject(value) ? merged(isObject(result[key]) ? result[key] : {}, value) : value;
  }
  return result;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every object and change of the matrix, each under a name of its own. */
export const cases: readonly Case[] = [...plain, ...workloads, ...custom].flatMap(casesOf);
