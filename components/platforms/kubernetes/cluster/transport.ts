import http from "node:http";
import https from "node:https";
import type { Access } from "./access.ts";
import type { Reply } from "./answer.ts";

/** One request, as it goes over the wire. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Content type of the body. @default application/json */
  readonly type?: string;
}

/** Connections to one server. */
export interface Transport {
  /** @throws Error when no whole answer comes in time */
  readonly send: (call: Call) => Promise<Reply>;
  readonly close: () => void;
}

/** Answers larger than this are no object of ours. Unit: bytes. */
const MOST_BYTES = 16 * 2 ** 20;

/** Opens the way to a server: connections are kept and used again. */
export function openTransport(access: Access, timeoutMs: number): Transport {
  const isPlain = access.url.startsWith("http:");
  const agent = isPlain ? new http.Agent({ keepAlive: true }) : new https.Agent({ keepAlive: true, ...tlsOf(access) });
  const request = isPlain ? http.request : https.request;

  const send = ({ method, path, body, type = "application/json" }: Call): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : JSON.stringify(body);
      const token = access.token?.();
      const headers = {
        accept: "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(content !== undefined && { "content-type": type, "content-length": Buffer.byteLength(content) }),
      };
      const signal = AbortSignal.timeout(timeoutMs);
      const sent = request(`${access.url}${path}`, { method, headers, agent, signal }, (response) => {
        collect(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers["retry-after"] }),
          reject,
        );
      });
      sent.on("error", (error) =>
        reject(signal.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error }) : error),
      );
      sent.end(content);
    });
  return { send, close: () => agent.destroy() };
}

const tlsOf = ({ ca, client, serverName, insecure }: Access): https.AgentOptions => ({
  ...(ca !== undefined && { ca }),
  ...(client !== undefined && { cert: client.certificate, key: client.key }),
  ...(serverName !== undefined && { servername: serverName }),
  ...(insecure === true && { rejectUnauthorized: false }),
});

async function collect(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`an answer of more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
