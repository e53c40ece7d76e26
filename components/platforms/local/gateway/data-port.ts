import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerJson } from "./answer.ts";
import { type Asked, Exchange, MOST_BODY_BYTES } from "./exchange.ts";
import { type FeedbackSettings, receiveFeedback } from "./feedback-port.ts";
import { mostConnections } from "./open-files.ts";
import { HttpReply } from "./reply.ts";
import type { Traffic } from "./traffic.ts";

export interface DataPortSettings {
  readonly traffic: Traffic;
  readonly instance: string;
  /** Metrics that feedback may name. */
  readonly metrics: () => ReadonlySet<string>;
  /** The credential that feedback needs. */
  readonly feedbackToken: string;
  /** The longest a client may take over its headers, in ms. @default 10,000 */
  readonly headersTimeoutMs?: number;
  /** The longest a client may take over its whole request, in ms. @default 30,000 */
  readonly requestTimeoutMs?: number;
}

export interface DataPort {
  /** Not yet listening. */
  readonly server: Server;
  /** Closes the connections that no request is on. */
  readonly closeIdle: () => void;
}

/** More connections are turned away, before the process runs out of files. */
const MOST_CONNECTIONS = 4_000;
/** Requests that one connection may have sent ahead of its answers. */
const MOST_AHEAD = 64;
/** The same for all connections together. */
const MOST_AHEAD_TOGETHER = 512;
/** What is still answered when a client says that it has said everything: nobody can tell whether it is there to listen. */
const MOST_AFTER_END = 8;
const MOST_HEAD_BYTES = 16 * 1024;
/** Bodies that are kept at once, in bytes: until they are answered. More have to come again. */
const MOST_BODIES_BYTES = 48 * 1024 * 1024;
/** Small bodies are let in beyond that: they are not what fills it. */
const SMALL_BODY_BYTES = 16 * 1024;

/** What clients talk to: predictions, Open Inference Protocol v2, feedback. */
export function createDataPort(settings: DataPortSettings): DataPort {
  const { traffic, instance, metrics, feedbackToken, headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = settings;
  const bodies = new KeptBodies();
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs / 2),
    keepAliveTimeout: 65_000,
    maxHeaderSize: MOST_HEAD_BYTES,
    noDelay: true,
  });
  server.maxConnections = mostConnections(MOST_CONNECTIONS);
  // A client may close its half of the connection when it has said everything; it still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  const readiness = createReadiness(traffic);
  server.on("request", (request, response) => {
    if (traffic.draining) response.shouldKeepAlive = false;
    if (!keepsUp(request, response)) return;
    const path = pathOf(request.url ?? "/");
    if (path === "/feedback") return takeFeedback({ traffic, token: feedbackToken, metrics }, request, response);
    if (path === "/v2/health/ready") return void readiness(instance, request, response);
    if (path === "/v2/health/live") return answerGet(request, response, 200, { live: true });
    if (path === "/v2") return answerGet(request, response, 200, { name: "model-lifecycle-gateway", extensions: [] });
    const asked = readAsked(path, traffic.routing?.model);
    if (asked === undefined) return answerJson(response, 404, { error: `no such path: ${path.slice(0, 200)}` });
    receivePrediction(traffic, bodies, request, response, asked);
  });
  server.on("clientError", answerClientError);
  return { server, closeIdle: () => server.closeIdleConnections() };
}

/** The answers that each connection waits for. */
const ahead = new WeakMap<Socket, Set<ServerResponse>>();
/** Of all connections, those behind the first. */
let aheadTogether = 0;

/** False when a connection sends and sends and takes no answer: it is closed. */
function keepsUp({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const waiting = ahead.get(socket) ?? watched(socket);
  const isAhead = waiting.size > 0;
  waiting.add(response);
  if (isAhead) aheadTogether++;
  response.once("close", () => {
    waiting.delete(response);
    if (isAhead) aheadTogether--;
  });
  if (waiting.size <= MOST_AHEAD && aheadTogether <= MOST_AHEAD_TOGETHER) return true;
  socket.destroy();
  return false;
}

/** Node tells the end of a connection to the answer whose turn it is, and to none behind it. */
function watched(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  ahead.set(socket, waiting);
  socket.once("end", () => {
    if (waiting.size > MOST_AFTER_END) socket.destroy();
  });
  socket.once("close", () => {
    for (const response of waiting) {
      response.destroy();
      response.emit("close");
    }
  });
  return waiting;
}

/** How much of the memory the bodies of unanswered requests take. */
class KeptBodies {
  #bytes = 0;

  /** False when there is no room. @param before what of the same body is kept already */
  add(bytes: number, before: number): boolean {
    if (before + bytes > SMALL_BODY_BYTES && this.#bytes + bytes > MOST_BODIES_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** The path of a request target, which may name the host as well (RFC 9112 §3.2.2). */
function pathOf(url: string): string {
  const from = url.startsWith("/") ? 0 : (/^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0);
  const query = url.indexOf("?", from);
  const path = query < 0 ? url.slice(from) : url.slice(from, query);
  return path === "" ? "/" : path;
}

const PREDICT: Asked = { prediction: true, path: "/predict" };

/** `/predict`, or `/v2/models/<model>[/versions/<version>][/ready|/infer]`, for the model that is served here. */
function readAsked(path: string, model: string | undefined): Asked | undefined {
  if (path === "/predict") return PREDICT;
  const parts = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/infer|\/ready)?$/.exec(path);
  if (parts === null || model === undefined) return undefined;
  const [, encoded = "", version, verb = ""] = parts;
  const name = decode(encoded);
  if (name !== model) return undefined;
  const decoded = version === undefined ? undefined : decode(version);
  if (version !== undefined && decoded === undefined) return undefined;
  const tail = decoded === undefined ? "" : `/versions/${encodeURIComponent(decoded)}`;
  return {
    prediction: verb === "/infer",
    path: `/v2/models/${encodeURIComponent(name)}${tail}${verb}`,
    ...(decoded !== undefined && { version: decoded }),
  };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function receivePrediction(
  traffic: Traffic,
  bodies: KeptBodies,
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
): void {
  const allowed = asked.prediction ? ["POST"] : ["GET", "HEAD"];
  const { method = "" } = request;
  if (!allowed.includes(method)) {
    refuseMethod(response, allowed.join(", "));
    return;
  }
  const refusal = asked.prediction ? refusalOf(request) : undefined;
  if (refusal !== undefined) {
    refuse(request, response, refusal);
    return;
  }
  const { routing } = traffic;
  if (routing === undefined) {
    const hint = "run `pulumi up`, or see `mlc status`";
    answerJson(response, 503, { error: "this endpoint has no traffic plan yet", hint });
    return;
  }
  // A server is asked with GET: Node leaves the body out of the answer to HEAD.
  const question = { method: asked.prediction ? "POST" : "GET", path: asked.path, headers: request.rawHeaders };
  const source = request.socket.remoteAddress ?? "";
  const exchange = new Exchange(traffic, routing, question, new HttpReply(response), asked, source);
  response.on("close", () => {
    if (!response.writableFinished) exchange.abandon();
  });
  if (!asked.prediction) {
    request.resume();
    exchange.begin(EMPTY);
    return;
  }
  readBody(bodies, request, response, (body) => {
    if (isUtf8(body)) exchange.begin(body);
    else answerJson(response, 400, { error: "the body is not UTF-8" });
  });
}

interface Refusal {
  readonly status: number;
  readonly error: string;
}

/** What is refused by its headers alone. */
function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    return { status: 415, error: `content-encoding ${encoding.slice(0, 40)} is not read; send the body as it is` };
  }
  const type = headers["content-type"] ?? "";
  // Most say no more than application/json.
  const charset = type.includes(";") ? /charset\s*=\s*"?([^\s";]+)/i.exec(type)?.[1] : undefined;
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    return { status: 415, error: `charset ${charset.slice(0, 40)} is not read; send UTF-8` };
  }
  return isForeignPage(headers) ? { status: 403, error: "requests from other sites' pages are refused" } : undefined;
}

/** A browser says whose page sent a request; programs say nothing. */
function isForeignPage({ origin, host, "sec-fetch-site": site }: IncomingMessage["headers"]): boolean {
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return origin !== undefined && origin !== `http://${host}`;
}

function takeFeedback(settings: FeedbackSettings, request: IncomingMessage, response: ServerResponse): void {
  const refusal = refusalOf(request);
  if (request.method !== "POST") refuseMethod(response, "POST");
  else if (refusal !== undefined) refuse(request, response, refusal);
  else receiveFeedback(settings, request, response);
}

/** Ready means that stable says so; asked at most once a second. */
function createReadiness(
  traffic: Traffic,
): (instance: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let asked: { readonly stable: string; readonly at: number; readonly ready: Promise<boolean> } | undefined;
  return async (instance, request, response) => {
    const stable = traffic.routing?.stable;
    const upstream = stable === undefined ? undefined : traffic.upstreams.get(stable);
    if (stable === undefined || upstream === undefined) {
      answerGet(request, response, 503, { ready: false, instance, reason: "there is no traffic plan yet" });
      return;
    }
    const now = performance.now();
    if (asked === undefined || asked.stable !== stable || now - asked.at > READINESS_KEPT_MS) {
      asked = { stable, at: now, ready: upstream.isReady() };
    }
    const ready = await asked.ready;
    const reason = ready ? {} : { reason: `stable version ${stable} does not answer` };
    answerGet(request, response, ready ? 200 : 503, { ready, instance, ...reason });
  };
}

const READINESS_KEPT_MS = 1_000;

function answerGet(request: IncomingMessage, response: ServerResponse, status: number, document: unknown): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuseMethod(response, "GET, HEAD");
    return;
  }
  answerJson(response, status, document);
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  answerJson(response, 405, { error: `method not allowed; use ${allowed}` }, ["allow", allowed]);
}

/** The rest is read and dropped: closing at once could reset the connection before the answer is read. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, error }: Refusal): void {
  answerJson(response, status, { error }, status === 503 ? ["retry-after", "1"] : []);
  request.resume();
}

const TOO_LARGE: Refusal = { status: 413, error: `the body exceeds ${MOST_BODY_BYTES} bytes` };
const NO_ROOM: Refusal = { status: 503, error: "too many large requests are under way; ask again" };

/** Calls back with the whole body; a body that is too large, or breaks off, is dealt with here. */
function readBody(
  bodies: KeptBodies,
  request: IncomingMessage,
  response: ServerResponse,
  done: (body: Buffer) => void,
): void {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > MOST_BODY_BYTES) {
    refuse(request, response, TOO_LARGE);
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  let refused = false;
  response.once("close", () => bodies.remove(size));
  request.on("data", (part: Buffer) => {
    if (refused) return;
    const isTooLarge = size + part.length > MOST_BODY_BYTES;
    if (isTooLarge || !bodies.add(part.length, size)) {
      refused = true;
      parts.length = 0;
      refuse(request, response, isTooLarge ? TOO_LARGE : NO_ROOM);
      return;
    }
    size += part.length;
    parts.push(part);
  });
  request.on("end", () => {
    if (refused) return;
    const [first = EMPTY] = parts;
    const body = parts.length > 1 ? Buffer.concat(parts, size) : first;
    // This listener lives as long as the answer takes; the parts need not.
    parts.length = 0;
    done(body);
  });
  // A client that breaks off gets no answer; without a listener the error would end the process.
  request.on("error", () => {});
}

const EMPTY = Buffer.alloc(0);

const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
};

function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify({ error: status.slice(4).toLowerCase() });
  const head = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.end(head + body);
}
