import { messageOf } from "../../../host/host-error.ts";
import { InputError } from "../../../models/errors.ts";
import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import { mapAnswer, mapRequest } from "../../../runtimes/command/mapping.ts";
import { type Answer, type Route, Unanswered } from "../server/http-server.ts";
import type { ServedIdentity } from "../server/identity.ts";
import type { Asking, Reply } from "./asking.ts";

/** What answers for a program. */
export interface RouteSettings {
  readonly runtime: ResolvedCommandRuntime;
  readonly served: ServedIdentity;
  readonly asking: Asking;
  /** Where the program takes predictions, with its names filled in. */
  readonly path: string;
  /** Told in one line of an answer that is a failure. */
  readonly report: (line: string) => void;
}

/** The paths of a version behind which a program answers: `/predict` always, the Open Inference Protocol where it speaks that. */
export function routesOf(settings: RouteSettings): ReadonlyMap<string, Route> {
  const { runtime, served } = settings;
  const model = `/v2/models/${encodeURIComponent(served.model)}`;
  const own = [model, `${model}/versions/${encodeURIComponent(served.version)}`];
  const infer = runtime.protocol === "open-inference" ? own.flatMap((path) => inferRoutes(settings, path)) : [];
  const health = get({ live: true });
  return new Map<string, Route>([
    ["/predict", predict(settings)],
    ["/v2/health/live", health],
    ["/v2/health/ready", get({ ready: true, ...served })],
    ...own.map((path): [string, Route] => [`${path}/ready`, get({ name: served.model, ready: true })]),
    ...infer,
  ]);
}

function get(content: object): Route {
  const answer = { body: JSON.stringify(content) };
  return { method: "GET", answer: () => answer };
}

function predict(settings: RouteSettings): Route {
  const { runtime, served, path } = settings;
  return {
    method: "POST",
    async answer(body, gone) {
      const mapped = mapRequest(runtime, body);
      if ("refusal" in mapped) throw new InputError(mapped.refusal);
      const reply = await askOn(settings, path, gone, mapped.body);
      if (reply.status !== 200) return failed(settings, reply);
      const answer = mapAnswer(runtime, reply.text);
      if ("refusal" in answer) return refused(settings, 502, `the model server gave ${answer.refusal}`);
      const headers = printable.test(answer.label) ? { headers: ["x-prediction-label", answer.label] } : {};
      return { body: JSON.stringify({ model: served.model, version: served.version, ...answer }), ...headers };
    },
  };
}

/** What may stand in a header. */
const printable = /^[!-~](?:[ -~]{0,198}[!-~])?$/;

function inferRoutes(settings: RouteSettings, path: string): readonly [string, Route][] {
  const { served } = settings;
  return [
    [
      `${path}/infer`,
      passed(settings, settings.path, "POST", { model_name: served.model, model_version: served.version }),
    ],
    [
      path,
      passed(settings, settings.path.replace(/\/infer$/, ""), "GET", {
        name: served.model,
        versions: [served.version],
      }),
    ],
  ];
}

/** A question that goes on as it is; the answer says who the release says it is. */
function passed(settings: RouteSettings, path: string, method: Route["method"], names: object): Route {
  return {
    method,
    async answer(body, gone) {
      const reply = await askOn(settings, path, gone, method === "POST" ? body : undefined);
      if (reply.status !== 200) return failed(settings, reply);
      const answer = parseObject(reply.text);
      if (answer === undefined) return refused(settings, 502, "the model server gave an answer that is no JSON object");
      return { body: JSON.stringify({ ...answer, ...names }) };
    },
  };
}

async function askOn(
  { asking }: RouteSettings,
  path: string,
  gone: (callback: () => void) => void,
  body?: string,
): Promise<Reply> {
  const hangUp = new AbortController();
  gone(() => hangUp.abort());
  try {
    return await asking.ask({ path, signal: hangUp.signal, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    throw new Unanswered(messageOf(error));
  }
}

const LONGEST_REFUSAL = 1_000;

/** A refusal goes to the client in the server's words; what a failing server says may be a traceback, and goes to the log. */
function failed(settings: RouteSettings, { status, text }: Reply): Answer {
  if (status >= 500) return refused(settings, status, `the model server answered ${status}`, text);
  // A redirection, or another success than 200, is no prediction.
  if (status < 400) return refused(settings, 502, `the model server answered ${status}`);
  return { status, body: JSON.stringify({ error: text.slice(0, LONGEST_REFUSAL) }) };
}

function refused({ report }: RouteSettings, status: number, error: string, text = ""): Answer {
  report(text === "" ? error : `${error}: ${text.slice(0, LONGEST_REFUSAL)}`);
  return { status, body: JSON.stringify({ error }) };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
