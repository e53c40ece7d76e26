import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";

/** An answer of the API server, whatever its status. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a server says is read field by field in each test
  readonly body: any;
}

/** The lane's own way to the API server: it asks and shows, and knows nothing of the product's client. */
export interface Api extends AsyncDisposable {
  /** Sends a request. @param type content type of a patch; JSON when left out */
  readonly send: (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;
  /** @throws Error that shows the answer unless it is a success */
  readonly get: <Body>(path: string) => Promise<Body>;
  /** @throws Error that shows the answer unless it is a success */
  readonly create: (path: string, object: unknown) => Promise<void>;
  /** Server-side apply by the manager `test`, forced. @throws Error that shows the answer unless it is a success */
  readonly apply: (path: string, object: unknown) => Promise<void>;
  /** Events after this version of a list, until the server or the signal ends them. */
  readonly watch: <Event>(path: string, version: string, signal: AbortSignal) => AsyncIterable<Event>;
}

/** Opens the way to a server. @param ca path of the authority's certificate */
export function openApi(url: string, token: string, ca: string): Api {
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca, "utf8") } });
  const authorization = `Bearer ${token}`;
  const send: Api["send"] = async (method, path, body, type = "application/json") => {
    const answer = await fetch(`${url}${path}`, {
      method,
      dispatcher,
      headers: { authorization, ...(body === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  const succeed = async (...args: Parameters<Api["send"]>) => {
    const { status, body } = await send(...args);
    if (status < 300) return body;
    throw new Error(`${args[0]} ${args[1]}: ${status} ${typeof body === "string" ? body : (body.message ?? "")}`);
  };
  async function* events<Event>(path: string, version: string, signal: AbortSignal): AsyncGenerator<Event> {
    const query = `watch=true&resourceVersion=${version}&allowWatchBookmarks=true`;
    const answer = await fetch(`${url}${path}?${query}`, { dispatcher, headers: { authorization }, signal });
    if (!answer.ok || answer.body === null) throw new Error(`watch ${path}: ${answer.status}`);
    let rest = "";
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as Event;
    }
  }
  return {
    send,
    get: (path) => succeed("GET", path),
    create: (path, object) => succeed("POST", path, object),
    apply: async (path, object) => {
      await succeed("PATCH", `${path}?fieldManager=test&force=true`, object, "application/apply-patch+yaml");
    },
    watch: events,
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}
