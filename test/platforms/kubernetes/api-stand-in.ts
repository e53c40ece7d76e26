import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A stand-in for an API server, over HTTP: objects by path, `resourceVersion` compared on every write, merge patches,
 * lists by label. It proves what is asked and in which order, and what happens at each refusal; it proves nothing about
 * schemas, defaults, admission or permissions, for which the lane `cluster` has a real one.
 */
export interface ApiStandIn extends AsyncDisposable {
  readonly url: string;
  /** Every request that came, as `GET /path`, in order. */
  readonly asked: string[];
  /** Puts an object there without being asked. */
  readonly put: (path: string, object: object) => void;
  /** The object as it stands. @throws Error when there is none */
  readonly read: <Body>(path: string) => Body;
  /** Somebody else writes, without asking what is there. */
  readonly edit: (path: string, change: (object: Stored) => void) => void;
  readonly remove: (path: string) => void;
  /** Whether who asks may do something, as a review of access asks for it. */
  allows: (spec: unknown) => boolean;
  /** Decides what becomes of a request before it is looked at; undefined: it is answered. */
  fault: (request: Asked) => Fault | undefined;
}

export interface Asked {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/** `before`: it is not carried out; `after`: it is carried out, and the answer is another one. Status 0: the line goes dead. */
export interface Fault {
  readonly when: "before" | "after";
  readonly status: number;
}

/** An object, as far as the stand-in looks at it. */
interface Stored {
  metadata: {
    resourceVersion?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

export async function startApiStandIn(): Promise<ApiStandIn> {
  const objects = new Map<string, Stored>();
  const asked: string[] = [];
  let version = 1;
  const store = (path: string, object: Stored): Stored => {
    const before = objects.get(path);
    const isEdited = JSON.stringify(before?.spec) !== JSON.stringify(object.spec);
    const generation = (before?.metadata.generation ?? 0) + Number(isEdited);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version), generation } };
    objects.set(path, stored);
    return stored;
  };
  const answer = (method: string, url: URL, body: Stored | undefined): readonly [number, object] => {
    const path = url.pathname;
    const found = objects.get(path);
    if (method === "POST") {
      const name = String((body?.metadata as { name?: string } | undefined)?.name ?? "");
      if (path.endsWith("/selfsubjectaccessreviews")) return [201, { status: { allowed: api.allows(body?.spec) } }];
      if (name === "") return [201, body ?? {}];
      return objects.has(`${path}/${name}`)
        ? failure(409, "AlreadyExists")
        : [201, store(`${path}/${name}`, body as Stored)];
    }
    if (method === "GET" && found === undefined && isList(path)) return [200, { items: listed(objects, url) }];
    if (found === undefined) return failure(404, "NotFound");
    if (method === "GET") return [200, found];
    const wanted = body?.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== found.metadata.resourceVersion) return failure(409, "Conflict");
    return [200, store(path, (method === "PATCH" ? merged(found, body) : body) as Stored)];
  };
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const url = new URL(request.url ?? "/", "http://stand.in");
      const method = request.method ?? "";
      asked.push(`${method} ${url.pathname}`);
      const fault = api.fault({ method, path: url.pathname });
      const [status, object] =
        fault?.when === "before" ? failure(fault.status, "Fault") : answer(method, url, body as Stored | undefined);
      const told = fault?.when === "after" ? failure(fault.status, "Fault") : ([status, object] as const);
      if (told[0] === 0) response.destroy();
      else response.writeHead(told[0], { "content-type": "application/json" }).end(JSON.stringify(told[1]));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const api: ApiStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    put: (path, object) => void store(path, object as Stored),
    read<Body>(path: string): Body {
      const found = objects.get(path);
      if (found === undefined) throw new Error(`there is no ${path}`);
      return found as Body;
    },
    edit(path, change) {
      const object = structuredClone(api.read<Stored>(path));
      change(object);
      store(path, object);
    },
    remove: (path) => void objects.delete(path),
    allows: () => true,
    fault: () => undefined,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return api;
}

const failure = (code: number, reason: string): readonly [number, object] => [
  code,
  { kind: "Status", code, reason, message: `the stand-in says ${reason}` },
];

/** The path ends with the name of a kind. */
const isList = (path: string): boolean => /\/(httproutes|endpointslices|configmaps|pods|deployments)$/.test(path);

function listed(objects: ReadonlyMap<string, Stored>, url: URL): readonly Stored[] {
  const wanted = (url.searchParams.get("labelSelector") ?? "").split(",").map((term) => term.split("="));
  const isMeant = ({ metadata: { labels = {} } }: Stored): boolean =>
    wanted.every(
      ([label = "", value]) => label === "" || (label in labels && labels[label] === (value ?? labels[label])),
    );
  return [...objects].flatMap(([path, object]) =>
    path.startsWith(`${url.pathname}/`) && isMeant(object) ? [object] : [],
  );
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === "object" && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? undefined : JSON.parse(text);
}
