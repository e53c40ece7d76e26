import { InputError } from "./errors.ts";

/** Smaller bodies are bounded by their size. */
const SMALL_BODY_CHARACTERS = 64 * 1024;
/** What a list or an object takes in memory is many times what `[]` takes in a body. */
const MOST_CONTAINERS = 250_000;
const MOST_DEPTH = 64;

/**
 * A request body as a JSON object.
 * @throws InputError when it is anything else, or holds too much to be looked at
 */
export function parseJsonObject(body: string): object {
  if (body.length > SMALL_BODY_CHARACTERS) checkContainers(body);
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new InputError("the body is not valid JSON");
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new InputError("expected the body to be a JSON object");
  }
  return content;
}

/** Counts lists and objects without making any. What is no JSON is counted somehow, and refused afterwards. */
function checkContainers(body: string): void {
  let [containers, depth] = [0, 0];
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (code === QUOTE) at = endOfString(body, at);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      containers++;
      depth++;
      if (containers > MOST_CONTAINERS) {
        throw new InputError(`the body has more than ${MOST_CONTAINERS} lists and objects`);
      }
      if (depth > MOST_DEPTH) throw new InputError(`the body is nested deeper than ${MOST_DEPTH}`);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
}

function endOfString(body: string, start: number): number {
  let at = start + 1;
  while (at < body.length && body.charCodeAt(at) !== QUOTE) at += body.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];
