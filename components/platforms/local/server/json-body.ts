import { InputError } from "../../../models/errors.ts";
import { checkJsonParts } from "./json-limits.ts";

/**
 * A request body as a JSON object.
 * @throws InputError when it is anything else
 */
export function parseJsonObject(body: string): object {
  checkJsonParts(body);
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
