import type { Answer, Client, Refused } from "../../../../components/platforms/kubernetes/cluster/index.ts";

/**
 * Objects behind the product's own client, with the server's rules that a controller rests on: a resourceVersion that is
 * not the newest is refused, a merge patch leaves what it does not name, nothing is made by a patch. A stand-in: it knows
 * no schema, no permissions and no wire; what a real API server does is asked in test/cluster.
 */
export class StoredCluster {
  readonly #objects = new Map<string, Stored>();
  /** Events that were created. */
  readonly events: { readonly action: string; readonly note: string; readonly type: string }[] = [];
  /** Called before each request; an answer that it gives is given instead. */
  before: (verb: string, path: string) => Promise<Refused | undefined> = async () => undefined;
  /** Called after each request. */
  after: (verb: string, path: string) => Promise<void> = async () => {};
  #version = 100;

  put(path: string, object: object): void {
    this.#objects.set(path, JSON.stringify(stamped(object, ++this.#version)));
  }

  read<Body>(path: string): Body {
    return JSON.parse(this.#objects.get(path) ?? "null") as Body;
  }

  remove(path: string): void {
    this.#objects.delete(path);
  }

  /** Somebody else writes, without asking what is there. */
  edit<Body extends object>(path: string, change: (body: Body) => object): void {
    this.put(path, change(this.read<Body>(path)));
  }

  readonly client: Client = {
    url: "stored:",
    get: (path) => this.#ask("get", path, () => this.#get(path)),
    create: (path, object) =>
      this.#ask("create", path, () => {
        if (!path.endsWith("/events")) return refuse("invalid", 422, "nothing but events is created here");
        this.events.push(object as (typeof this.events)[number]);
        return ok(object);
      }),
    replace: (path, object) =>
      this.#ask("replace", path, () => this.#write(path, object as Versioned, object as object)),
    merge: (path, changes) =>
      this.#ask("merge", path, () =>
        this.#write(path, changes as Versioned, merged(this.read(path), changes) as object),
      ),
    remove: (path) => this.#ask("remove", path, () => refuse("forbidden", 403, "nobody removes anything here")),
    close: () => {},
  };

  #get(path: string): Answer<unknown> {
    // Endpoints of a service nobody has named are an empty list, as a server says.
    if (path.includes("/endpointslices?") && !this.#objects.has(path)) return ok({ items: [] });
    return this.#objects.has(path) ? ok(this.read(path)) : refuse("notFound", 404, `${path} not found`);
  }

  #write(path: string, { metadata }: Versioned, next: object): Answer<unknown> {
    if (!this.#objects.has(path)) return refuse("notFound", 404, `${path} not found`);
    if (metadata.resourceVersion !== this.read<Versioned>(path).metadata.resourceVersion) {
      return refuse("conflict", 409, "the object has been modified");
    }
    this.put(path, next);
    return ok(this.read(path));
  }

  async #ask<Body>(verb: string, path: string, answer: () => Answer<unknown>): Promise<Answer<Body>> {
    const instead = await this.before(verb, path);
    if (instead !== undefined) return instead;
    const given = answer() as Answer<Body>;
    await this.after(verb, path);
    return given;
  }
}

type Stored = string;

interface Versioned {
  readonly metadata: { readonly resourceVersion?: string };
}

const ok = <Body>(body: Body): Answer<Body> => ({ kind: "ok", body });

const refuse = (kind: Refused["kind"], status: number, message: string): Refused => ({
  ...{ kind, status, reason: "", message },
});

const stamped = (object: object, version: number): object => ({
  ...object,
  metadata: { ...(object as Versioned).metadata, resourceVersion: String(version) },
});

/** RFC 7386. */
function merged(target: unknown, changes: unknown): unknown {
  if (typeof changes !== "object" || changes === null || Array.isArray(changes)) return changes;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
