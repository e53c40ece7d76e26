import type { ServerResponse } from "node:http";

/** Ends a response with a JSON document. */
export function answerJson(
  response: ServerResponse,
  status: number,
  document: unknown,
  headers: readonly string[] = [],
): void {
  const body = Buffer.from(JSON.stringify(document));
  response.writeHead(status, [
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    "cache-control",
    "no-store",
    ...headers,
  ]);
  response.end(body);
}
