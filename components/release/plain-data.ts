import { type PathSegment, type Problem, renderPath } from "./problems.ts";

/** Secrets, outputs, functions and cycles: what must not stand in a release document at any depth. */
export function checkPlainData(data: unknown, root: string): Problem[] {
  const problems: Problem[] = [];
  const visit = (value: unknown, path: readonly PathSegment[], above: readonly unknown[]): void => {
    if (isSecret(value)) {
      problems.push({
        path: renderPath(root, path),
        seen: "a secret",
        allowed: "plain values: the document is shown in plans, logs and reports",
        cure: "Move the secret to a configuration key of its own (pulumi config set --secret KEY) and name that key.",
      });
    } else if (!isPlain(value) || above.includes(value)) {
      problems.push({
        path: renderPath(root, path),
        seen: above.includes(value) ? "an object that contains itself" : `a ${typeof value} that is not plain data`,
        allowed: "plain data: objects, lists and quoted strings",
        cure: "Pass what only the program knows through the platform's arguments, not through the document.",
      });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index], [...above, value]);
    } else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key], [...above, value]);
    }
  };
  visit(data, [], []);
  return problems;
}

/** As stack files write an encrypted value: `{ secure: … }`. */
function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && Object.keys(value).length === 1 && Object.hasOwn(value, "secure")
  );
}

function isPlain(value: unknown): boolean {
  if (typeof value === "function" || typeof value === "symbol") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has a prototype of its own, whose prototype is null as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
