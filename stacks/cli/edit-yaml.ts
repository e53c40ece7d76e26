import { isDeepStrictEqual } from "node:util";
import { editEntry, type Splice } from "./edit-in-place.ts";
import { parseYaml } from "./parse-yaml.ts";
import { isMapping, renderDocument } from "./render-yaml.ts";
import { type Comment, commentsOf, isSubsequence } from "./yaml-comments.ts";
import { documentEntry, removedStretches, UneditableYaml } from "./yaml-entries.ts";

/**
 * Writes `after` at `path` of a YAML text by replacing only what differs, so that every other byte stays: comments,
 * order, quotes and blank lines. A comment goes with the lines of what is removed, and with nothing else.
 *
 * Each text is read back before it is taken: the whole document has to say what is meant, in YAML that the engine
 * accepts, with every comment. Where replacing the least does not give that, the smallest pair around it is written
 * anew, its comments above it; then the pair around that one; at last the whole document.
 *
 * @throws UneditableYaml when the text is no YAML of which the engine reads a map.
 */
export function editYaml(text: string, path: readonly string[], after: unknown): string {
  const { document, data } = parseYaml(text);
  const source = { text, document };
  const intended = withValue(data, path, after);
  if (data === null) return appended(text, intended);
  const root = documentEntry(source);
  if (!isMapping(data) || root === undefined) throw new UneditableYaml("it is no map");
  const comments = commentsOf(text);
  const stretches = removedStretches(source, root, intended);
  const needed = comments.filter(({ start }) => !stretches.some(([from, to]) => start >= from && start < to));
  const attempt = (rewriteAt: number): string | undefined => {
    const edit = { ...source, comments: needed, step: stepOf(text), rewriteAt };
    const edited = orNothing(() => splice(text, editEntry(edit, root, intended, 0)));
    return edited !== undefined && says(edited, intended) ? edited : undefined;
  };
  for (const rewriteAt of [Number.POSITIVE_INFINITY, ...rungs(intended)]) {
    const edited = attempt(rewriteAt);
    if (edited !== undefined && keeps(edited, comments, needed)) return edited;
  }
  const anew = attempt(0);
  if (anew === undefined) throw new UneditableYaml(`${path.join(".")} stands in a notation that is not known here`);
  return anew;
}

/** A document without anything in it but comments gets its first data. */
function appended(text: string, intended: unknown): string {
  const edited = `${text}${/[^\n]$/.test(text) ? "\n" : ""}${renderDocument(intended, 2)}\n`;
  if (!says(edited, intended)) throw new UneditableYaml("it holds nothing, and ends in a way that is not known here");
  return edited;
}

function withValue(data: unknown, [key, ...path]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const map = isMapping(data) ? data : {};
  return { ...map, [key]: withValue(map[key], path, value) };
}

/** How deep a document goes, from its deepest level up. */
const rungs = (data: unknown): readonly number[] =>
  Array.from({ length: depthOf(data) + 1 }, (_, depth) => depth).reverse();

const depthOf = (data: unknown): number =>
  typeof data === "object" && data !== null ? 1 + Math.max(0, ...Object.values(data).map(depthOf)) : 0;

function says(text: string, intended: unknown): boolean {
  const { data, problems } = parseYaml(text);
  return problems.length === 0 && isDeepStrictEqual(data, intended);
}

function keeps(text: string, before: readonly Comment[], needed: readonly Comment[]): boolean {
  const after = commentsOf(text);
  return isSubsequence(needed, after) && isSubsequence(after, before);
}

function orNothing<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UneditableYaml) return undefined;
    throw error;
  }
}

/** Makes the replacements in the order of their places. What one has replaced, the next that overlaps it leaves alone. */
function splice(text: string, splices: readonly Splice[]): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  let [edited, read] = ["", 0];
  for (const { start, end, text: replacement } of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    edited += text.slice(read, Math.max(start, read)) + replacement.replaceAll("\n", newline);
    read = Math.max(end, read);
  }
  return edited + text.slice(read);
}

/** Spaces of the first indented line; the engine itself writes two. */
const stepOf = (text: string): number => /^( +)[^\s#]/m.exec(text)?.[1]?.length ?? 2;
