import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson } from "./answer.ts";
import type { FeedbackMetrics } from "./feedback.ts";
import type { Traffic } from "./traffic.ts";

/** A batch of 1,000 items with names and labels of a sensible length. */
const MOST_BODY_BYTES = 256 * 1024;

/** Who may send feedback, and who takes it. */
export interface FeedbackSettings {
  readonly traffic: Traffic;
  /** The credential that feedback needs: it decides rollouts, so not everybody who may ask for predictions may send it. */
  readonly token: string;
  /** Metrics that feedback may name. */
  readonly metrics: () => FeedbackMetrics;
}

/** `POST /feedback`. */
export function receiveFeedback(
  { traffic, token, metrics }: FeedbackSettings,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refuse = (status: number, error: string, headers: readonly string[] = []): void => {
    answerJson(response, status, { error }, headers);
    request.resume();
  };
  if (!isAuthorised(request, token)) {
    refuse(401, "the feedback token is missing or wrong; it stands in feedback.token beside the gateway's files", [
      ...["www-authenticate", "Bearer"],
    ]);
    return;
  }
  const tooLarge = `the body exceeds ${MOST_BODY_BYTES} bytes; send fewer items at once`;
  if (Number(request.headers["content-length"] ?? 0) > MOST_BODY_BYTES) {
    refuse(413, tooLarge);
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  request.on("data", (part: Buffer) => {
    const fitted = size <= MOST_BODY_BYTES;
    size += part.length;
    if (size <= MOST_BODY_BYTES) parts.push(part);
    else if (fitted) refuse(413, tooLarge);
  });
  // A client that breaks off gets no answer; without a listener the error would end the process.
  request.on("error", () => {});
  request.on("end", () => {
    if (size > MOST_BODY_BYTES) return;
    try {
      const document: unknown = JSON.parse(Buffer.concat(parts).toString());
      const answer = traffic.feedback.receive(document, metrics(), (item) => traffic.takeFeedback(item));
      // Who sends nothing but values out of range has another unit, or the guard another range: no success to log.
      answerJson(response, answer.accepted === 0 && answer.outOfRange !== undefined ? 422 : 202, answer);
    } catch (error) {
      answerJson(response, 400, { error: error instanceof Error ? error.message.slice(0, 200) : String(error) });
    }
  });
}

function isAuthorised({ headers: { authorization = "" } }: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}
