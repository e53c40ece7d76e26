import { type PathSegment, type Problem, renderPath, renderSeen } from "../release/problems.ts";

/** A JSON object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member that stands in a JSON object itself: `__proto__` and `constructor` are names like any other. */
export const member = (fields: Fields, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** A number that can be reckoned with, 0 or more. */
export const isAmount = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

const CURE = "get the document again from where it was made";

/** One problem of a document of evidence. @param seen the value that stands there */
export const problem = (at: readonly PathSegment[], seen: unknown, allowed: string, cure: string = CURE): Problem => ({
  ...{ path: renderPath("evidence", at), seen: renderSeen(seen), allowed, cure },
});
