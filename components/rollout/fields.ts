/** A plan, or a part of one, that is none. */
export class PlanError extends Error {
  override readonly name = "PlanError";
}

/** The fields of something that should be an object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether something is a text that says something. */
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Whether something is a span of time, in ms. */
export const isSpan = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;

/** @throws PlanError unless it is one of these texts */
export function oneOf(path: string, seen: unknown, allowed: readonly string[]): void {
  expect(path, seen, typeof seen === "string" && allowed.includes(seen), allowed.join(", "));
}

/** @throws PlanError unless it is a list */
export function list(path: string, value: unknown): readonly unknown[] {
  expect(path, value, Array.isArray(value), "a list");
  return value as readonly unknown[];
}

/** @throws PlanError unless it is an object */
export function object(path: string, value: unknown): Fields {
  expect(path, value, typeof value === "object" && value !== null && !Array.isArray(value), "an object");
  return value as Fields;
}

/** @throws PlanError unless a text is the JSON of an object */
export function objectIn(path: string, text: string): Fields {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // What stands there is told as it is.
  }
  return object(path, value);
}

/** @throws PlanError that says where, what was seen, and what is allowed, unless it holds */
export function expect(path: string, seen: unknown, holds: boolean, allowed: string): void {
  if (holds) return;
  throw new PlanError(`${path}: saw ${JSON.stringify(seen)?.slice(0, 200)}; allowed is ${allowed}`);
}
