import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { messageOf } from "../../../host/host-error.ts";
import { InputError } from "../../../models/errors.ts";

/** One path of the server. Paths are known at start, so routing is one look-up. */
export interface Route {
  readonly method: "GET" | "POST";
  /**
   * Receives the whole request body (empty for GET).
   * @param gone calls back when nobody waits for the answer any more
   * @throws InputError for status 400, Unanswered for a connection that breaks; anything else becomes a 500
   */
  readonly answer: (body: string, gone: (callback: () => void) => void) => Answer | Promise<Answer>;
}

/** What is sent back. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  /** JSON text. */
  readonly body: string;
  /** Names and values in turn, beside those that every response carries. */
  readonly headers?: readonly string[];
}

/** Who answers which path, by method and path. */
export type Routes = ReadonlyMap<string, Route>;

/** What a server listens on, and what it answers. */
export interface HttpServerSettings {
  readonly routes: Routes;
  /** Headers of every response, names and values in turn. */
  readonly headers: readonly string[];
  /** Told of every error that became a 500. */
  readonly onFailure: (error: unknown) => void;
}

/** Largest accepted request body in bytes; more is answered with 413. */
export const maxBodyBytes: number = 4 * 1024 * 1024;

interface Outcome extends Answer {
  readonly status: number;
}

/** There is no answer, as the one who had to give it ended: the connection breaks, as it does when a server ends. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** An HTTP server that is not yet listening. Every response is JSON and says who gave it. */
export function createHttpServer({ routes, headers, onFailure }: HttpServerSettings): Server {
  const baseHeaders = ["content-type", "application/json", ...headers];

  // Longer than any client keeps an idle connection, so that the server is never the one to close it under a request.
  const timeouts = { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000 };
  const server = createServer(timeouts, (request, response) => {
    const send = ({ status, body, headers: extra = [] }: Outcome): void => {
      // While draining, a connection ends with the answer that is under way on it.
      if (!server.listening) response.shouldKeepAlive = false;
      response.writeHead(status, [...baseHeaders, ...extra, "content-length", String(Buffer.byteLength(body))]);
      response.end(body);
    };
    const route = routes.get(canonicalPath(request.url ?? "/"));
    if (route === undefined) return send(failure(404, "no such path"));
    const { method = "" } = request;
    if (!allowed[route.method].includes(method)) return send(notAllowed(route));
    const gone = (callback: () => void): void => {
      response.once("close", () => {
        if (!response.writableFinished) callback();
      });
    };
    const reply = (body: string): void => {
      const outcome = outcomeOf(() => route.answer(body, gone), onFailure);
      if (outcome instanceof Promise) void outcome.then(send, () => response.destroy());
      else send(outcome);
    };
    if (route.method === "GET") return reply("");
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
      request.resume();
      return send(failure(415, `content-encoding ${encoding.slice(0, 40)} is not read; send the body as it is`));
    }
    readBody(request, (body) => {
      if (body === undefined) send(tooLarge);
      else if (isUtf8(body)) reply(body.toString());
      else send(failure(400, "the body is not UTF-8"));
    });
  });
  return server;
}

const allowed: Readonly<Record<Route["method"], readonly string[]>> = { GET: ["GET", "HEAD"], POST: ["POST"] };
const tooLarge = failure(413, `the body exceeds ${maxBodyBytes} bytes`);

function outcomeOf(
  ask: () => Answer | Promise<Answer>,
  onFailure: HttpServerSettings["onFailure"],
): Outcome | Promise<Outcome> {
  const failed = (error: unknown): Outcome => {
    if (error instanceof Unanswered) throw error;
    if (error instanceof InputError) return failure(400, error.message);
    onFailure(error);
    return failure(500, messageOf(error));
  };
  try {
    const answer = ask();
    if (!(answer instanceof Promise)) return { status: 200, ...answer };
    return answer.then((later) => ({ status: 200, ...later }), failed);
  } catch (error) {
    return failed(error);
  }
}

function notAllowed({ method }: Route): Outcome {
  const allow = allowed[method].join(", ");
  return failure(405, `method not allowed; use ${allow}`, ["allow", allow]);
}

function failure(status: number, error: string, headers: readonly string[] = []): Outcome {
  return { status, body: JSON.stringify({ error }), headers };
}

/** The path of a request target, which may name a host (RFC 9112 §3.2.2), with each part encoded as routes are. */
function canonicalPath(url: string): string {
  const target = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? url;
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  if (!path.includes("%")) return path;
  try {
    return path
      .split("/")
      .map((part) => encodeURIComponent(decodeURIComponent(part)))
      .join("/");
  } catch {
    return path;
  }
}

/** Calls back once: with the body, or with nothing as soon as it is too large. A request that breaks off never calls back. */
function readBody(request: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    if (size > maxBodyBytes) return;
    size += chunk.length;
    chunks.push(chunk);
    if (size <= maxBodyBytes) return;
    // The rest is read and dropped until requestTimeout: closing now could reset the connection before the answer arrives.
    chunks = [];
    done(undefined);
  });
  request.on("end", () => {
    if (size > maxBodyBytes) return;
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  });
}
