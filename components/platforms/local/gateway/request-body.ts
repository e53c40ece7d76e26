import type { IncomingMessage, ServerResponse } from "node:http";
import { type RequestRefusal, refuse } from "./request-refusal.ts";

/** Largest request body in bytes: it is kept until the answer is sure, so that stable can be asked instead. */
export const MOST_BODY_BYTES: number = 4 * 1024 * 1024;
/** Bodies that are kept at once, in bytes: until they are answered. More have to come again. */
const MOST_BODIES_BYTES = 48 * 1024 * 1024;
/** Small bodies are let in beyond that: they are not what fills it. */
const SMALL_BODY_BYTES = 16 * 1024;

/** How much of the memory the bodies of unanswered requests take. */
export class KeptBodies {
  #bytes = 0;

  /** False when there is no room. @param before what of the same body is kept already */
  add(bytes: number, before: number): boolean {
    if (before + bytes > SMALL_BODY_BYTES && this.#bytes + bytes > MOST_BODIES_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Its request is answered. */
  remove(bytes: number): void {
    this.#bytes -= bytes;
  }
}

const TOO_LARGE: RequestRefusal = { status: 413, error: `the body exceeds ${MOST_BODY_BYTES} bytes` };
const NO_ROOM: RequestRefusal = { status: 503, error: "too many large requests are under way; ask again" };

/** Calls back with the whole body; a body that is too large, or breaks off, is dealt with here. */
export function readBody(
  bodies: KeptBodies,
  request: IncomingMessage,
  response: ServerResponse,
  done: (body: Buffer) => void,
): void {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > MOST_BODY_BYTES) {
    refuse(request, response, TOO_LARGE);
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  let refused = false;
  response.once("close", () => bodies.remove(size));
  request.on("data", (part: Buffer) => {
    if (refused) return;
    const isTooLarge = size + part.length > MOST_BODY_BYTES;
    if (isTooLarge || !bodies.add(part.length, size)) {
      refused = true;
      parts.length = 0;
      refuse(request, response, isTooLarge ? TOO_LARGE : NO_ROOM);
      return;
    }
    size += part.length;
    parts.push(part);
  });
  request.on("end", () => {
    if (refused) return;
    const [first = EMPTY] = parts;
    const body = parts.length > 1 ? Buffer.concat(parts, size) : first;
    // This listener lives as long as the answer takes; the parts need not.
    parts.length = 0;
    done(body);
  });
  // A client that breaks off gets no answer; without a listener the error would end the process.
  request.on("error", () => {});
}

const EMPTY = Buffer.alloc(0);
