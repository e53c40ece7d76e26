import { performance } from "node:perf_hooks";
import { Agent, request } from "undici";
import type { GoldenRequest } from "../../../release/golden-file.ts";
import { withReachableSocket } from "../state-folder/reachable-socket.ts";
import { isObject, metadataPath, openInference, type Protocol, predict } from "./golden-protocols.ts";

/** What a version said to one golden request in one protocol. */
export interface Reply {
  readonly request: GoldenRequest;
  /** How long the answer took. */
  readonly ms: number;
  /** What it answered, in the form of `/predict`; nothing when it did not. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** Why there is no answer. */
  readonly refusal?: string;
  /** Present when no answer came at all: the requests after this one are not sent. */
  readonly isLast?: true;
}

/** What a version said to the golden requests in one protocol, in the order in which it was asked. */
export interface Replies {
  /** What the protocol is called in a message: `POST /predict`. */
  readonly protocol: string;
  readonly replies: readonly Reply[];
}

type Ask = (path: string, body?: string) => Promise<{ readonly status: number; readonly text: string }>;

/** After this many milliseconds without an answer, the version counts as one that does not answer. */
const patienceMs = 30_000;
const MOST_ANSWER_BYTES = 1024 * 1024;

/**
 * Asks a server every golden request, one at a time, in one protocol after the other.
 * @param options.withinMs the longest a request may take, in milliseconds
 * @param options.protocols `predict`: only in that form, where another server's own tensors are passed on as they are
 */
export const askGolden = (
  socket: string,
  model: string,
  requests: readonly GoldenRequest[],
  options: { readonly withinMs?: number; readonly protocols?: "every" | "predict" } = {},
): Promise<readonly Replies[]> => {
  const { withinMs = patienceMs, protocols = "every" } = options;
  return withAsking(socket, withinMs, (ask) => askInTurn(ask, model, requests, protocols));
};

/** The forms that a version's clients use: only `/predict` is the same whoever answers for it. */
export const protocolsOf = ({ serve }: { readonly serve?: object | undefined }): "every" | "predict" =>
  serve === undefined ? "every" : "predict";

/** What a server says that its model takes and gives, in the Open Inference Protocol; undefined when it says nothing. */
export const askMetadata = (socket: string, model: string): Promise<Readonly<Record<string, unknown>> | undefined> =>
  withAsking(socket, patienceMs, async (ask) => {
    const { status, text } = await ask(metadataPath(model));
    return status === 200 ? parseObject(text) : undefined;
  });

const withAsking = <Result>(socket: string, withinMs: number, use: (ask: Ask) => Promise<Result>): Promise<Result> =>
  withReachableSocket(socket, async (socketPath) => {
    const agent = new Agent({ connect: { socketPath }, connections: 1, maxResponseSize: MOST_ANSWER_BYTES });
    try {
      return await use(asking(agent, withinMs));
    } finally {
      await agent.destroy();
    }
  });

async function askInTurn(
  ask: Ask,
  model: string,
  requests: readonly GoldenRequest[],
  protocols: "every" | "predict",
): Promise<readonly Replies[]> {
  const first = await askAll(ask, predict, requests);
  if (first.replies.at(-1)?.isLast || protocols === "predict") return [first];
  const metadata = await ask(metadataPath(model));
  return [first, await askAll(ask, openInference(model, parseObject(metadata.text) ?? {}), requests)];
}

async function askAll(ask: Ask, protocol: Protocol, requests: readonly GoldenRequest[]): Promise<Replies> {
  const replies: Reply[] = [];
  for (const each of requests) {
    const body = protocol.bodyOf(each);
    if (body === undefined) continue;
    const started = performance.now();
    const said = await askOne(ask, protocol, body);
    replies.push({ request: each, ms: performance.now() - started, ...said });
    if (said.isLast) break;
  }
  return { protocol: protocol.name, replies };
}

async function askOne(ask: Ask, { path, read }: Protocol, body: string): Promise<Omit<Reply, "request" | "ms">> {
  try {
    const { status, text } = await ask(path, body);
    const content = parseObject(text);
    if (status !== 200) return { refusal: `status ${status}${reasonIn(content)}` };
    const answer = content && read(content);
    return answer === undefined ? { refusal: "an answer that is none of this protocol" } : { answer };
  } catch (error) {
    return { refusal: `no answer${whyNone(error)}`, isLast: true };
  }
}

function whyNone(error: unknown): string {
  if (!(error instanceof Error)) return ` (${error})`;
  return error.name === "TimeoutError" ? " in time" : ` (${error.message})`;
}

const reasonIn = (content: Readonly<Record<string, unknown>> | undefined): string =>
  typeof content?.error === "string" ? `, ${JSON.stringify(content.error.slice(0, 200))}` : "";

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

const asking =
  (dispatcher: Agent, withinMs: number): Ask =>
  async (path, body) => {
    const { statusCode, body: answer } = await request(`http://server${path}`, {
      dispatcher,
      signal: AbortSignal.timeout(withinMs),
      ...(body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body }),
    });
    return { status: statusCode, text: await answer.text() };
  };
