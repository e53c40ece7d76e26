import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerJson } from "./answer.ts";
import { keepsUp } from "./answers-ahead.ts";
import { answerClientError } from "./client-error.ts";
import { Exchange } from "./exchange.ts";
import { type FeedbackSettings, receiveFeedback } from "./feedback-port.ts";
import { HeldReply } from "./held-reply.ts";
import { mostConnections } from "./open-files.ts";
import { createReadiness } from "./readiness.ts";
import { KeptBodies, readBody } from "./request-body.ts";
import { type Asked, pathOf, readAsked } from "./request-path.ts";
import { answerGet, refusalOf, refuse, refuseMethod } from "./request-refusal.ts";
import type { Traffic } from "./traffic.ts";

/** What the data port needs. */
export interface DataPortSettings {
  readonly traffic: Traffic;
  /** The name of this process, as readiness tells it. */
  readonly instance: string;
  /** Metrics that feedback may name. */
  readonly metrics: FeedbackSettings["metrics"];
  /** The credential that feedback needs. */
  readonly feedbackToken: string;
  /** The longest a client may take over its headers, in ms. @default 10,000 */
  readonly headersTimeoutMs?: number;
  /** The longest a client may take over its whole request, in ms. @default 30,000 */
  readonly requestTimeoutMs?: number;
}

/** The port that clients talk to. */
export interface DataPort {
  /** Not yet listening. */
  readonly server: Server;
  /** Closes the connections that no request is on. */
  readonly closeIdle: () => void;
}

/** More connections are turned away, before the process runs out of files. */
const MOST_CONNECTIONS = 4_000;
/** The longest head of a request, in bytes. */
const MOST_HEAD_BYTES = 16 * 1024;

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
  const exchange = new Exchange(traffic, routing, question, new HeldReply(response), asked, source);
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

function takeFeedback(settings: FeedbackSettings, request: IncomingMessage, response: ServerResponse): void {
  const refusal = refusalOf(request);
  if (request.method !== "POST") refuseMethod(response, "POST");
  else if (refusal !== undefined) refuse(request, response, refusal);
  else receiveFeedback(settings, request, response);
}

const EMPTY = Buffer.alloc(0);
