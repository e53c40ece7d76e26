import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { NotReady, type ResourceKind } from "../../../provider/kind.ts";
import type { Answer } from "../api/answer.ts";
import { apiVersionOf, type Kind } from "../api/kinds.ts";
import { type Data, isRecord, type KubernetesObject, recordOf } from "../api/object.ts";
import { schemaOf } from "../api/schema.ts";
import { departuresOf } from "../api/shape.ts";
import { annotation, isAutonamed } from "./annotations.ts";
import { awaited } from "./await-ready.ts";
import type { Connection } from "./connection.ts";
import { replacing } from "./force-new.ts";
import { withIgnored } from "./ignored.ts";
import { pathOf } from "./paths.ts";

/** What a program says of an object. */
export type ObjectInputs = KubernetesObject;

/** The object as it is, with what it was asked to be. */
export interface ObjectState extends KubernetesObject {
  readonly __inputs: Data;
  readonly __fieldManager: string;
}

const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";

/** An object whose name is still to be made up has none. */
const nameOf = ({ metadata }: ObjectInputs): string => {
  const { namespace, name = "" } = recordOf(metadata);
  return namespace === undefined ? String(name) : `${String(namespace)}/${String(name)}`;
};

/** One per object, so that two programs are two managers. */
const managerOf = (inputs: ObjectInputs): string =>
  annotation(inputs, "patchFieldManager") ??
  `pulumi-kubernetes-${createHash("sha256").update(nameOf(inputs)).digest("hex").slice(0, 8)}`;

const stateOf = (object: Data, inputs: Data, manager: string): ObjectState => ({
  ...(object as KubernetesObject),
  __inputs: inputs,
  __fieldManager: manager,
});

/** @throws Error with the server's words unless it is a success */
function succeeded({ status, body }: Answer): KubernetesObject {
  if (status < 300) return body as KubernetesObject;
  throw new Error(String(body.message));
}

const unknownKind = (kind: Kind): string =>
  `resource could not be created: no matches for kind "${kind.kind}" in version "${apiVersionOf(kind)}"`;

/** A kind of object as the engine's protocol wants it: created by POST, changed by server-side apply, and waited for. */
export function objectKind(kind: Kind): ResourceKind<ObjectInputs, ObjectState, Connection> {
  const { schema } = schemaOf(kind);
  const pathIn = ({ metadata }: KubernetesObject): string => pathOf(kind, metadata.namespace ?? "", metadata.name);

  async function ready(
    connection: Connection,
    made: KubernetesObject,
    inputs: ObjectInputs,
    verb: string,
  ): Promise<ObjectState> {
    const { object, lacks } = await awaited(kind, made, connection);
    const state = stateOf(object, inputs, managerOf(inputs));
    if (lacks.length === 0) return state;
    const why = `resource ${nameOf(object)} was successfully ${verb}, but the Kubernetes API server reported that it failed to fully initialize or become live: '${object.metadata.name}' timed out waiting to be Ready`;
    throw new NotReady(state, [why, ...lacks]);
  }

  return {
    replaces: [],
    secrets: kind.kind === "Secret" ? ["__inputs", "data", "stringData"] : ["__inputs"],
    nameOf,
    idOf: nameOf,

    checkKnown(known) {
      const { unknown, types } = departuresOf(schema, known);
      const where = `${kind.kind} ${String(recordOf(known.metadata).name ?? "")}`.trim();
      return [
        ...unknown.map((field) => `${where}: ${field} is no field of ${kind.kind}. Take it out, or correct its name.`),
        ...types.map(({ field, message }) => `${where}: ${field}: ${message}`),
      ];
    },

    // What exists already, or is not allowed now, is told when it is made: a replacement deletes the old one first.
    async check(connection, inputs, olds) {
      if (connection === undefined || olds !== undefined) return [];
      const path = `${pathOf(kind, inputs.metadata.namespace ?? "")}?dryRun=All&fieldValidation=Strict`;
      const { status, body } = await connection.send({ method: "POST", path, body: inputs });
      return status === 400 || status === 422 ? [String(body.message)] : [];
    },

    differs(state, inputs) {
      const replaces = [...replacing(kind.kind, state.__inputs, inputs)];
      const isSameName =
        state.metadata.name === inputs.metadata.name && state.metadata.namespace === inputs.metadata.namespace;
      const deletesFirst = replaces.length > 0 && isSameName && !isAutonamed(inputs);
      return {
        changes: !isDeepStrictEqual(state.__inputs, inputs),
        replaces,
        ...(deletesFirst ? { deleteBeforeReplace: true as const } : {}),
      };
    },

    async create(connection, inputs) {
      const path = `${pathOf(kind, inputs.metadata.namespace ?? "")}?fieldManager=${managerOf(inputs)}&fieldValidation=Strict`;
      const answer = await connection.send({ method: "POST", path, body: inputs });
      // What a server says of a path that it does not have is no Status.
      if (answer.status === 404 && answer.body.kind !== "Status") throw new Error(unknownKind(kind));
      return ready(connection, succeeded(answer), inputs, "created");
    },

    async read(connection, state) {
      const answer = await connection.send({ method: "GET", path: pathIn(state) });
      if (answer.status === 404) return undefined;
      const live = succeeded(answer);
      return stateOf(live, recordOf(projected(state.__inputs, live)), state.__fieldManager);
    },

    inputsOf: ({ __inputs }) => __inputs as ObjectInputs,

    async import(connection, id) {
      const [first = "", second] = id.split("/");
      const path = pathOf(kind, second === undefined ? "default" : first, second ?? first);
      const answer = await connection.send({ method: "GET", path });
      if (answer.status === 404) return undefined;
      const { status: _status, metadata, ...content } = succeeded(answer);
      const { name, namespace, labels, annotations } = metadata;
      const said = Object.fromEntries(
        Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined),
      );
      const inputs = { ...content, metadata: said } as unknown as ObjectInputs;
      return { inputs, state: stateOf(answer.body, inputs, managerOf(inputs)) };
    },

    async update(connection, inputs, olds, ignoring = []) {
      const path = pathIn(olds);
      const manager = olds.__fieldManager;
      const live = succeeded(await connection.send({ method: "GET", path }));
      await takeOver(connection, path, live, manager);
      const force = annotation(inputs, "patchForce") === "true";
      const query = `fieldManager=${manager}&fieldValidation=Strict&force=${force}`;
      const body = withIgnored(inputs, live, ignoring, manager);
      const answer = await connection.send({ method: "PATCH", path: `${path}?${query}`, contentType: APPLY, body });
      if (answer.status === 409 && answer.body.reason === "Conflict") {
        throw new Error(
          `Server-Side Apply field conflict detected. The resource managed by field manager "${manager}" had an apply conflict: ${String(answer.body.message)}`,
        );
      }
      return ready(connection, succeeded(answer), inputs, "updated");
    },

    async delete(connection, state) {
      const answer = await connection.send({ method: "DELETE", path: pathIn(state) });
      if (answer.status === 404) return;
      succeeded(answer);
      for (let seconds = 0; seconds < DELETION_SECONDS; seconds += 1) {
        const { status, body } = await connection.send({ method: "GET", path: pathIn(state) });
        if (status === 404 || recordOf(body.metadata).uid !== state.metadata.uid) return;
        await connection.wait(1);
      }
      throw new Error(
        `${kind.kind} ${nameOf(state)} is still there ${DELETION_SECONDS} seconds after its deletion: something holds it by a finalizer.`,
      );
    },
  };
}

const DELETION_SECONDS = 600;

/** What a creation wrote becomes what the same manager applies; else its own next apply would be in conflict with it. */
async function takeOver(connection: Connection, path: string, live: KubernetesObject, manager: string): Promise<void> {
  const { managedFields = [] } = live.metadata;
  const isOwn = (each: (typeof managedFields)[number]): boolean =>
    each.manager === manager && each.operation === "Update" && each.subresource === undefined;
  if (!managedFields.some(isOwn)) return;
  const taken = managedFields.map((each) => (isOwn(each) ? { ...each, operation: "Apply" } : each));
  succeeded(
    await connection.send({ method: "PATCH", path, contentType: MERGE, body: { metadata: { managedFields: taken } } }),
  );
}

/** What the live object has where the program said something. */
function projected(asked: unknown, live: unknown): unknown {
  if (isRecord(asked) && isRecord(live))
    return Object.fromEntries(
      Object.entries(asked)
        .map(([name, each]) => [name, projected(each, live[name])])
        .filter(([, each]) => each !== undefined),
    );
  if (Array.isArray(asked) && Array.isArray(live) && asked.length === live.length)
    return asked.map((each, index) => projected(each, live[index]));
  return live;
}
