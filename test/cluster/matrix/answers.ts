import { fetch } from "undici";
import type { Answer } from "../control-plane/api.ts";
import type { Request } from "./cases.ts";
import type { Json } from "./subjects.ts";

/** What two servers have to say alike. */
export interface Comparable {
  readonly status: number;
  /** Of a refusal. */
  readonly reason?: string;
  /** Fields that a refusal names, in alphabetical order. */
  readonly fields?: readonly string[];
  /** The object as it is kept, without what each server chooses: ids, times, versions, addresses, owners of fields. */
  readonly object?: Json;
}

/** Chosen by each server, or written later by a controller. */
const CHOSEN = [
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "annotations",
  "selfLink",
];
const CHOSEN_OF_SPEC = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "volumeName"];
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export function comparable({ method }: Request, { status, body }: Answer): Comparable {
  if (status >= 300) {
    const causes: readonly { readonly field?: string; readonly message?: string }[] = body?.details?.causes ?? [];
    const told = causes.filter(({ field, message = "" }) => field !== NOT_ALL && !NOT_ASKED.test(message));
    const fields = [...new Set(told.map(({ field }) => field ?? ""))].toSorted();
    return { status, reason: body?.reason ?? "", fields };
  }
  if (method === "DELETE") return { status };
  // A Job's pods are told from others by its id.
  const named = JSON.parse(JSON.stringify(body).replaceAll(ID, "id"));
  const { metadata, status: _status, spec, ...rest } = named as { metadata: Json; status: unknown; spec?: Json };
  return {
    status,
    object: { ...rest, metadata: without(metadata, CHOSEN), ...(spec && { spec: without(spec, CHOSEN_OF_SPEC) }) },
  };
}

const without = (object: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

/** No field: a server's word that it has not asked every rule of a schema, as the object was invalid before. */
const NOT_ALL = "<nil>";

/** Nor is this a word on the field: an expression that came to nothing, as an object of another kind gets no defaults. */
const NOT_ASKED = /no such key: \w+ evaluating rule: /;

/** Puts requests to one server, one after the other. */
export type Put = (request: Request) => Promise<Answer>;

/** A server that answers plain HTTP. */
export const putTo =
  ({ url, token }: { readonly url: string; readonly token: string }): Put =>
  async ({ method, path, body, type = "application/json" }) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
