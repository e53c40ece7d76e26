import type { Access } from "./access.ts";
import { type Answer, answerOf, away } from "./answer.ts";
import { type Call, openTransport } from "./transport.ts";

/** How a cluster is asked. */
export interface ClientSettings {
  readonly access: Access;
  /** Who writes, as the server remembers it of each field. Not a name that an engine of infrastructure takes over. */
  readonly fieldManager: string;
  /** How long an answer may take. Unit: ms. @default 10,000 */
  readonly timeoutMs?: number;
}

/**
 * Asks an API server, by plain HTTP. Nothing is asked twice: whether something may be tried again depends on what it does.
 * Paths begin with `/api` (`paths.ts`).
 */
export interface Client {
  /** Where it asks, for people. */
  readonly url: string;
  /** Always what a majority of the store has: no `resourceVersion` is asked for. */
  readonly get: <Body>(path: string) => Promise<Answer<Body>>;
  readonly create: <Body>(path: string, object: unknown) => Promise<Answer<Body>>;
  /** The whole object. With `metadata.resourceVersion` it is taken only from who has seen the last one. */
  readonly replace: <Body>(path: string, object: unknown) => Promise<Answer<Body>>;
  /** A merge patch: what is left out stays. With `metadata.resourceVersion` it is taken only from who has seen the last one. */
  readonly merge: <Body>(path: string, changes: unknown) => Promise<Answer<Body>>;
  readonly remove: <Body>(path: string) => Promise<Answer<Body>>;
  /** Gives the connections back. */
  readonly close: () => void;
}

const TIMEOUT_MS = 10_000;

/** Opens the way to a cluster; the first request connects. */
export function createClient({ access, fieldManager, timeoutMs = TIMEOUT_MS }: ClientSettings): Client {
  const { send, close } = openTransport(access, timeoutMs);
  const ask = async <Body>(call: Call): Promise<Answer<Body>> => {
    const asked = `${call.method} ${access.url}${call.path}`;
    try {
      return answerOf(asked, await send(call));
    } catch (error) {
      return away(asked, seenOf(error));
    }
  };
  // A field that the server does not know is an error and no silence.
  const write = (path: string): string => `${path}?fieldManager=${fieldManager}&fieldValidation=Strict`;
  return {
    url: access.url,
    get: (path) => ask({ method: "GET", path }),
    create: (path, body) => ask({ method: "POST", path: write(path), body }),
    replace: (path, body) => ask({ method: "PUT", path: write(path), body }),
    merge: (path, body) => ask({ method: "PATCH", path: write(path), body, type: "application/merge-patch+json" }),
    remove: (path) => ask({ method: "DELETE", path }),
    close,
  };
}

/** An error of a connection to several addresses says nothing by itself. */
function seenOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && first.message !== "" ? first.message : error.name;
}
