import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerJson } from "./answer.ts";
import { countFeedback } from "./counters.ts";
import { type Asked, Exchange, MOST_BODY_BYTES } from "./exchange.ts";
import type { FeedbackItem } from "./feedback.ts";
import { HttpReply, type Reply } from "./reply.ts";
import { ShortPath, type ShortRequest } from "./short-path.ts";
import type { Traffic } from "./traffic.ts";

export interface DataPortSettings {
  readonly traffic: Traffic;
  readonly instance: string;
  /** Metrics that feedback may name. */
  readonly metrics: () => ReadonlySet<string>;
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

/** What clients talk to: predictions, Open Inference Protocol v2, feedback. */
export function createDataPort(settings: DataPortSettings): DataPort {
  const { traffic, instance, metrics, headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = settings;
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs / 2),
    keepAliveTimeout: 65_000,
    noDelay: true,
  });
  // A client may close its half of the connection when it has said everything; it still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on("request", (request, response) => {
    if (traffic.draining) response.shouldKeepAlive = false;
    const path = pathOf(request.url ?? "/");
    if (path === "/feedback") return receiveFeedback(traffic, metrics, request, response);
    if (path === "/v2/health/ready") return answerReady(traffic, instance, request, response);
    if (path === "/v2/health/live") return answerGet(request, response, 200, { live: true });
    if (path === "/v2") return answerGet(request, response, 200, { name: "model-lifecycle-gateway", extensions: [] });
    const asked = readAsked(path, traffic.routing?.model);
    if (asked === undefined) return answerJson(response, 404, { error: `no such path: ${path.slice(0, 200)}` });
    receivePrediction(traffic, request, response, asked);
  });
  server.on("clientError", answerClientError);
  const shortPath = takeShortPath(server, traffic);
  return {
    server,
    closeIdle: () => {
      server.closeIdleConnections();
      shortPath.closeIdle(0);
    },
  };
}

/** Puts the short path before the HTTP server: that one gets a connection when the short path gives it up. */
function takeShortPath(server: Server, traffic: Traffic): ShortPath {
  const listeners = server.listeners("connection");
  server.removeAllListeners("connection");
  const shortPath = new ShortPath({
    take: (request, reply) => takeShortRequest(traffic, request, reply),
    handOver: (socket) => {
      for (const listener of listeners) listener.call(server, socket);
    },
    draining: () => traffic.draining,
  });
  server.on("connection", (socket) => shortPath.accept(socket));
  setInterval(() => shortPath.closeIdle(), 1_000).unref();
  return shortPath;
}

function takeShortRequest(traffic: Traffic, request: ShortRequest, reply: Reply): boolean {
  const { routing } = traffic;
  const asked = routing === undefined ? undefined : readAsked(pathOf(request.path), routing.model);
  if (routing === undefined || asked?.prediction !== true) return false;
  new Exchange(traffic, routing, request, reply, asked).begin(request.body);
  return true;
}

const PREDICT: Asked = { prediction: true };

const pathOf = (url: string): string => {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
};

/** `/predict`, or `/v2/models/<model>[/versions/<version>][/ready|/infer]`, for the model that is served here. */
function readAsked(path: string, model: string | undefined): Asked | undefined {
  if (path === "/predict") return PREDICT;
  const parts = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/infer|\/ready)?$/.exec(path);
  if (parts === null || model === undefined) return undefined;
  const [, name = "", version, verb] = parts.map((part) => (part === undefined ? undefined : decode(part)));
  if (name !== model) return undefined;
  return { prediction: verb === "/infer", ...(version !== undefined && { version }) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function receivePrediction(traffic: Traffic, request: IncomingMessage, response: ServerResponse, asked: Asked): void {
  const allowed = asked.prediction ? "POST" : "GET";
  if (request.method !== allowed) {
    refuseMethod(response, allowed);
    return;
  }
  const { routing } = traffic;
  if (routing === undefined) {
    const hint = "run `pulumi up`, or see `mlc status`";
    answerJson(response, 503, { error: "this endpoint has no traffic plan yet", hint });
    return;
  }
  const question = { method: request.method, path: request.url ?? "/", headers: request.rawHeaders };
  const exchange = new Exchange(traffic, routing, question, new HttpReply(response), asked);
  if (!asked.prediction) {
    exchange.begin(EMPTY);
    return;
  }
  readBody(request, response, (body) => exchange.begin(body));
}

function receiveFeedback(
  traffic: Traffic,
  metrics: () => ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== "POST") {
    refuseMethod(response, "POST");
    return;
  }
  readBody(request, response, (body) => {
    try {
      const document: unknown = JSON.parse(body.toString());
      const answer = traffic.feedback.receive(document, metrics(), (item) => recordFeedback(traffic, item));
      answerJson(response, 202, answer);
    } catch (error) {
      answerJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  });
}

function recordFeedback(traffic: Traffic, { prediction: { arm }, metric, value }: FeedbackItem): void {
  traffic.countFeedback(metric, arm);
  if (arm !== "excluded") countFeedback(traffic.comparison[arm], metric, value);
}

function answerReady(traffic: Traffic, instance: string, request: IncomingMessage, response: ServerResponse): void {
  const ready = traffic.routing !== undefined;
  answerGet(request, response, ready ? 200 : 503, { ready, instance });
}

function answerGet(request: IncomingMessage, response: ServerResponse, status: number, document: unknown): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuseMethod(response, "GET");
    return;
  }
  answerJson(response, status, document);
}

function refuseMethod(response: ServerResponse, allowed: string): void {
  answerJson(response, 405, { error: `method not allowed; use ${allowed}` }, ["allow", allowed]);
}

/** Calls back with the whole body; a body that is too large, or breaks off, is dealt with here. */
function readBody(request: IncomingMessage, response: ServerResponse, done: (body: Buffer) => void): void {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > MOST_BODY_BYTES) {
    refuseSize(request, response);
    return;
  }
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) {
      if (size - chunk.length <= MOST_BODY_BYTES) refuseSize(request, response);
      more = undefined;
      first = undefined;
    } else if (first === undefined) first = chunk;
    else {
      more ??= [first];
      more.push(chunk);
    }
  });
  request.on("end", () => {
    if (size <= MOST_BODY_BYTES) done(more === undefined ? (first ?? EMPTY) : Buffer.concat(more, size));
  });
  // A client that breaks off gets no answer; without a listener the error would end the process.
  request.on("error", () => {});
}

const EMPTY = Buffer.alloc(0);

/** The rest is read and dropped: closing at once could reset the connection before the answer is read. */
function refuseSize(request: IncomingMessage, response: ServerResponse): void {
  answerJson(response, 413, { error: `the body exceeds ${MOST_BODY_BYTES} bytes` });
  request.resume();
}

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
