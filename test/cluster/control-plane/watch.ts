import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api.ts";

/** What every object of the API has. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
}

export interface ApiObject {
  readonly metadata: Metadata;
}

/** All objects of one kind as the API server has them, followed. */
export interface Watched<Kind extends ApiObject> {
  /** By `namespace/name`. */
  readonly objects: ReadonlyMap<string, Kind>;
  readonly stop: () => Promise<void>;
}

interface List<Kind> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Kind[];
}

interface Event<Kind> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Kind;
}

export const keyOf = ({ metadata }: ApiObject): string => `${metadata.namespace ?? ""}/${metadata.name}`;

/** Lists the objects at this path, and follows them; `changed` is called after each change, and once after the list. */
export async function watch<Kind extends ApiObject>(
  api: Api,
  path: string,
  changed: () => void,
): Promise<Watched<Kind>> {
  const objects = new Map<string, Kind>();
  const ending = new AbortController();
  const relist = async (): Promise<string> => {
    const { items, metadata } = await api.get<List<Kind>>(path);
    objects.clear();
    for (const item of items) objects.set(keyOf(item), item);
    changed();
    return metadata.resourceVersion;
  };
  const first = await relist();
  const follow = async (): Promise<void> => {
    let version = first;
    while (!ending.signal.aborted) {
      try {
        for await (const { type, object } of api.watch<Event<Kind>>(path, version, ending.signal)) {
          if (type === "ERROR") throw new Error(`the watch of ${path} has expired`);
          version = object.metadata.resourceVersion ?? version;
          // Says how far the watch is, each minute; it is no object of the kind.
          if (type === "BOOKMARK") continue;
          if (type === "DELETED") objects.delete(keyOf(object));
          else objects.set(keyOf(object), object);
          changed();
        }
      } catch {
        // A server that is away, or a version it no longer knows: everything is read again.
        if (ending.signal.aborted) return;
        await sleep(200, undefined, { signal: ending.signal }).catch(() => {});
        version = await relist().catch(() => version);
      }
    }
  };
  const following = follow();
  return {
    objects,
    stop: () => {
      ending.abort();
      return following;
    },
  };
}
