import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf } from "../../../host/host-error.ts";
import { PlanError, type Refusal } from "../../../rollout/index.ts";
import { answerJson } from "./answer.ts";
import type { Controller } from "./controller.ts";
import { EvidencePicture } from "./evidence-picture.ts";
import { renderMetrics } from "./metrics.ts";
import type { RouteDocument } from "./route-document.ts";
import { parseRouteDocument } from "./route-document.ts";
import type { Traffic } from "./traffic.ts";

const MOST_BODY_BYTES = 4 * 1024 * 1024;

/** What the admin port needs. */
export interface AdminPortSettings {
  readonly controller: Controller;
  readonly traffic: Traffic;
  readonly endpoint: string;
  readonly instance: string;
  readonly token: string;
  /** The live page, as HTML. */
  readonly page: string;
  /** True when another process has taken over: it alone may be asked. */
  readonly isReplaced: () => boolean;
  /** Starts the gateway that is wanted in this one's place; its pid, undefined when it cannot be handed over to. */
  readonly startSuccessor: () => number | undefined;
}

interface Operation {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Open to whoever reaches the port: it tells nothing and changes nothing. */
  readonly open?: true;
  /** `rest`: what follows the operation's path. */
  readonly run: (response: ServerResponse, body: unknown, rest: string) => void;
}

/** The server that operators and the provider talk to, on loopback. Not yet listening. */
export function createAdminPort(settings: AdminPortSettings): Server {
  const operations = operationsOf(settings);
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 30_000 }, (request, response) => {
    if (settings.traffic.draining) response.shouldKeepAlive = false;
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const { offered, rest } = offeredAt(operations, path);
    if (!isLoopbackHost(request.headers.host)) return refuse(response, 421, "this port answers to loopback names only");
    if (isCrossSite(request)) return refuse(response, 403, "cross-site requests are refused");
    if (offered === undefined) return refuse(response, 404, `no such path: ${path.slice(0, 200)}`);
    const operation = offered.find(({ method }) => method === request.method);
    if (operation === undefined) {
      const allow = offered.map(({ method }) => method).join(", ");
      return answerJson(response, 405, { error: `method not allowed; use ${allow}` }, ["allow", allow]);
    }
    if (operation.open !== true && !isAuthorised(request, settings.token)) {
      return answerJson(response, 401, { error: "the admin token is missing or wrong; it stands in admin.token" }, [
        "www-authenticate",
        "Bearer",
      ]);
    }
    if (operation.open !== true && settings.isReplaced()) {
      response.shouldKeepAlive = false;
      return refuse(response, 503, "this gateway is being replaced; ask again");
    }
    readJson(request, response, (body) => {
      try {
        operation.run(response, body, rest);
      } catch (error) {
        refuse(response, 500, error instanceof Error ? error.message : String(error));
      }
    });
  });
  return server;
}

function operationsOf({
  controller,
  traffic,
  endpoint,
  instance,
  page,
  startSuccessor,
}: AdminPortSettings): ReadonlyMap<string, readonly Operation[]> {
  const answerStatus = (response: ServerResponse): void => {
    if (controller.plan === undefined) refuse(response, 404, "no plan has been accepted yet");
    else answerJson(response, 200, controller.status());
  };
  const act = (change: (asked: Asked) => Refusal | undefined) => (response: ServerResponse, body: unknown) => {
    if (controller.plan === undefined) return refuse(response, 404, "no plan has been accepted yet");
    const refusal = change(askedIn(body));
    if (refusal === undefined) answerStatus(response);
    else answerJson(response, 409, refusal);
  };
  const abort = ({ reason, by }: Asked): undefined => {
    controller.abort(reason, by);
  };
  const picture = new EvidencePicture();
  return new Map<string, readonly Operation[]>([
    ["/healthz", [{ method: "GET", open: true, run: (response) => answerJson(response, 200, { endpoint, instance }) }]],
    ["/", [{ method: "GET", open: true, run: (response) => answerPage(response, page) }]],
    ["/admin/status", [{ method: "GET", run: answerStatus }]],
    ["/admin/evidence", [{ method: "GET", run: (response) => answerJson(response, 200, controller.evidence()) }]],
    ["/admin/evidence.svg", [{ method: "GET", run: (response) => answerPicture(response, controller, picture) }]],
    ["/admin/history", [{ method: "GET", run: (response) => answerJson(response, 200, controller.history()) }]],
    [HISTORY, [{ method: "GET", run: (response, _body, id) => answerEntry(controller, response, id) }]],
    [
      "/admin/route",
      [
        { method: "PUT", run: (response, body) => putRoute(controller, response, body) },
        {
          method: "DELETE",
          run: (response) => {
            controller.remove();
            answerJson(response, 200, {});
          },
        },
      ],
    ],
    ["/admin/route/check", [{ method: "POST", run: (response, body) => checkRoute(controller, response, body) }]],
    ["/admin/abort", [{ method: "POST", run: act(abort) }]],
    ["/admin/rollback", [{ method: "POST", run: act(({ reason, ...more }) => controller.rollBack(reason, more)) }]],
    ["/admin/successor", [{ method: "POST", run: (response) => answerSuccessor(response, startSuccessor()) }]],
    ["/metrics", [{ method: "GET", run: (response) => answerText(response, renderMetrics(traffic, controller)) }]],
  ]);
}

function answerSuccessor(response: ServerResponse, pid: number | undefined): void {
  if (pid === undefined) refuse(response, 409, "no other gateway is wanted on these ports");
  else answerJson(response, 200, { pid });
}

const HISTORY = "/admin/history/";

function offeredAt(operations: ReadonlyMap<string, readonly Operation[]>, path: string) {
  const isEntry = path.startsWith(HISTORY);
  return { offered: operations.get(isEntry ? HISTORY : path), rest: isEntry ? path.slice(HISTORY.length) : "" };
}

function answerEntry(controller: Controller, response: ServerResponse, id: string): void {
  const entry = controller.historyEntry(id);
  if (entry === undefined) refuse(response, 404, "no such record; GET /admin/history lists them");
  else answerJson(response, 200, entry);
}

function putRoute(controller: Controller, response: ServerResponse, body: unknown): void {
  answerPlan(
    response,
    body,
    (document) => controller.accept(document),
    () => controller.status(),
  );
}

/** Says what PUT /admin/route would say, and changes nothing. */
function checkRoute(controller: Controller, response: ServerResponse, body: unknown): void {
  answerPlan(
    response,
    body,
    (document) => controller.refusalOf(document),
    () => ({}),
  );
}

function answerPlan(
  response: ServerResponse,
  body: unknown,
  refusalOf: (document: RouteDocument) => Refusal | undefined,
  success: () => unknown,
): void {
  try {
    const refusal = refusalOf(parseRouteDocument(body));
    if (refusal === undefined) answerJson(response, 200, success());
    else answerJson(response, 409, refusal);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    refuse(response, 400, error.message);
  }
}

/** What a person asks for: why, who, and the version to go back to. */
interface Asked {
  readonly reason: string;
  readonly by?: string;
  readonly to?: string;
}

function askedIn(body: unknown): Asked {
  const fields: Readonly<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value.slice(0, 500) : undefined;
  const [by, to] = [text(fields.by), text(fields.to)];
  return {
    reason: text(fields.reason) ?? "no reason given",
    ...(by !== undefined && { by }),
    ...(to !== undefined && { to }),
  };
}

const refuse = (response: ServerResponse, status: number, error: string): void =>
  answerJson(response, status, { error });

function answerPage(response: ServerResponse, page: string): void {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(page),
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}

function answerPicture(response: ServerResponse, controller: Controller, picture: EvidencePicture): void {
  const drawing = controller.drawing();
  if (drawing === undefined) {
    refuse(response, 404, "nothing was judged here yet");
    return;
  }
  picture.draw(drawing).then(
    (svg) => answerText(response, svg, "image/svg+xml"),
    (error) => refuse(response, 500, `the evidence cannot be drawn: ${messageOf(error)}`),
  );
}

function answerText(response: ServerResponse, text: string, type = "text/plain; version=0.0.4; charset=utf-8"): void {
  response.writeHead(200, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** A page elsewhere may point a name of its own at 127.0.0.1 (DNS rebinding): the name in the request tells. */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");
}

function isCrossSite({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
}

function isAuthorised({ headers: { authorization = "" } }: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}

function readJson(request: IncomingMessage, response: ServerResponse, done: (body: unknown) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MOST_BODY_BYTES) chunks.push(chunk);
  });
  request.on("error", () => {});
  request.on("end", () => {
    if (size > MOST_BODY_BYTES) return refuse(response, 413, `the body exceeds ${MOST_BODY_BYTES} bytes`);
    let body: unknown;
    try {
      body = size === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      return refuse(response, 400, "the body is not JSON");
    }
    done(body);
  });
}
