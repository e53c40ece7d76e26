import { MetricSourceError } from "../metric-source.ts";

/** Who asks; from the environment, never from an address. */
export type Credentials = { readonly token: string } | { readonly user: string; readonly password: string };

/** Where a server of Prometheus's HTTP API is, and how it is asked. */
export interface Server {
  /** Its address, with the path in front of `/api/v1` where there is one. */
  readonly url: string;
  readonly credentials?: Credentials;
  /** How long an answer may take. Unit: ms. @default 30,000 */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks the server.
 * @param endpoint the path behind `/api/v1/`
 * @returns the `data` of the answer
 * @throws MetricSourceError (unreachable) on everything else than a whole answer
 */
export async function ask(
  server: Server,
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { url, credentials, timeoutMs = TIMEOUT_MS } = server;
  const response = await fetch(`${url.replace(/\/+$/, "")}/api/v1/${endpoint}`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(parameters),
    headers: credentials === undefined ? {} : { authorization: authorizationOf(credentials) },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw refusal(url, seenOf(error, timeoutMs), "Look whether the server runs and the address is right");
  });
  const text = await response.text().catch((error: unknown) => {
    throw refusal(url, seenOf(error, timeoutMs), "Ask for less: a shorter time, fewer series");
  });
  return dataOf(server, response, text);
}

const authorizationOf = (credentials: Credentials): string =>
  "token" in credentials
    ? `Bearer ${credentials.token}`
    : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`;

function seenOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  // What went wrong below stands in the cause: fetch itself says no more than that it failed.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `no answer (${cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : String(cause)})`;
}

function dataOf({ url, credentials }: Server, response: Response, text: string): unknown {
  const { status } = response;
  if (status === 401 || status === 403) {
    const who = credentials === undefined ? "nobody" : "token" in credentials ? "a bearer token" : credentials.user;
    const cure = "Set MLC_PROMETHEUS_TOKEN, or MLC_PROMETHEUS_USER and MLC_PROMETHEUS_PASSWORD, to who may read";
    throw refusal(url, `status ${status} for ${who}`, cure);
  }
  if (status >= 300 && status < 400) {
    throw refusal(url, `a redirect to ${response.headers.get("location")}`, "Give the address that it leads to");
  }
  const answer = parse(text);
  if (answer?.status === "error") {
    throw refusal(
      url,
      `${String(answer.errorType)}: ${String(answer.error)}`,
      "Look at the query, or at the server's limits",
    );
  }
  if (answer?.status !== "success") {
    const kind = response.headers.get("content-type") ?? "no type";
    throw refusal(
      url,
      `status ${status} with ${kind}`,
      "Give the address in front of /api/v1, with its path if it has one",
    );
  }
  const { warnings } = answer;
  if (Array.isArray(warnings) && warnings.length > 0) {
    throw refusal(
      url,
      `a part of an answer: ${warnings.join("; ")}`,
      "Mend what does not answer behind it, and ask again",
    );
  }
  return answer.data;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? (answer as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

const refusal = (path: string, seen: string, cure: string): MetricSourceError =>
  new MetricSourceError("unreachable", [{ path, seen, allowed: "an answer of Prometheus's HTTP API", cure }]);
