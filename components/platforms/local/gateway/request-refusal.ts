import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson } from "./answer.ts";

/** Why a request is not read further. */
export interface RequestRefusal {
  readonly status: number;
  readonly error: string;
}

/** What is refused by its headers alone. */
export function refusalOf({ headers }: IncomingMessage): RequestRefusal | undefined {
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

/** The rest is read and dropped: closing at once could reset the connection before the answer is read. */
export function refuse(request: IncomingMessage, response: ServerResponse, { status, error }: RequestRefusal): void {
  answerJson(response, status, { error }, status === 503 ? ["retry-after", "1"] : []);
  request.resume();
}

/** Answers what is only read, with a JSON document. */
export function answerGet(request: IncomingMessage, response: ServerResponse, status: number, document: unknown): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuseMethod(response, "GET, HEAD");
    return;
  }
  answerJson(response, status, document);
}

/** @param allowed the methods, with commas */
export function refuseMethod(response: ServerResponse, allowed: string): void {
  answerJson(response, 405, { error: `method not allowed; use ${allowed}` }, ["allow", allowed]);
}
