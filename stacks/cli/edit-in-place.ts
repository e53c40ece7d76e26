import { isDeepStrictEqual } from "node:util";
import { isScalar, type Scalar } from "yaml";
import { dataOf } from "./parse-yaml.ts";
import {
  type Quotes,
  renderBlockPair,
  renderBlockValue,
  renderDocument,
  renderFlow,
  renderFlowPair,
  renderItem,
  renderKey,
  renderLiteral,
  renderScalar,
} from "./render-yaml.ts";
import { columnOf, lineEnd, lineStart } from "./text-lines.ts";
import type { Comment } from "./yaml-comments.ts";
import { type Addition, align, type Entry, isNothing, type Source } from "./yaml-entries.ts";

/** Replaces `text.slice(start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text that is being edited, and how. */
export interface Edit extends Source {
  /** Spaces per level. */
  readonly step: number;
  /** The comments that must stay. */
  readonly comments: readonly Comment[];
  /** Entries this deep that differ are written anew as a whole; 0 is the document. */
  readonly rewriteAt: number;
}

/** What to replace so that the data of an entry becomes `after`; every other byte stays. */
export function editEntry(edit: Edit, entry: Entry, after: unknown, depth: number): readonly Splice[] {
  const { value } = entry;
  const before = dataOf(edit.document, value);
  if (isDeepStrictEqual(before, after)) return [];
  if (depth >= edit.rewriteAt) return [rewrite(edit, entry, after)];
  const alignment = align(edit, value, after);
  if (alignment && alignment.kept.length > 0) {
    const { entries, kept, removed, added } = alignment;
    return [
      ...removalsOf(edit, entries, removed),
      ...kept.flatMap((each) => editEntry(edit, each.entry, each.after, depth + 1)),
      ...added.map((addition) => add(edit, entries, addition)),
    ];
  }
  if (isScalar(value) && value.range && !isNothing(value) && !isMultiline(value) && !isCollection(after)) {
    return [{ start: value.range[0], end: value.range[1], text: renderScalar(after, quotesOf(value)) }];
  }
  if (isScalar(value) && value.type === "BLOCK_LITERAL" && value.range && typeof after === "string" && depth > 0) {
    const indent = /^( +)/m.exec(edit.text.slice(value.range[0], entry.end).replace(/^.*\n/, ""))?.[1]?.length ?? 0;
    return [{ start: value.range[0], end: entry.end, text: renderLiteral(after, indent) }];
  }
  return [writeBehind(edit, entry, after)];
}

/** Writes a value anew behind its key or dash, which stay. */
function writeBehind(edit: Edit, entry: Entry, after: unknown): Splice {
  const { kind, flow, start, indicator, end } = entry;
  if (indicator === undefined || kind === "document") return rewrite(edit, entry, after);
  if (flow) return { start: indicator, end, text: ` ${renderFlow(after)}` };
  const column = columnOf(edit.text, start);
  if (kind === "item") return { start: indicator, end, text: ` ${renderItem(after, column + 2, edit.step)}` };
  const [first = "", ...others] = renderBlockValue(after, column, edit.step).split("\n");
  const lineOfKey = lineEnd(edit.text, indicator);
  const comment = edit.comments.find((each) => each.start >= indicator && each.start < Math.min(lineOfKey, end));
  return { start: indicator, end, text: [comment ? `${first} ${comment.text}` : first, ...others].join("\n") };
}

/** Writes an entry anew as a whole, the comments in it on lines above it. */
function rewrite(edit: Edit, entry: Entry, after: unknown): Splice {
  const { start, end } = entry;
  const margin = `\n${" ".repeat(columnOf(edit.text, start))}`;
  const inside = edit.comments.filter((comment) => comment.start >= start && comment.start < end);
  const comments = inside.map(({ text }) => text + margin).join("");
  const space = comments !== "" && /[^\s]/.test(edit.text.charAt(start - 1)) ? " " : "";
  return { start, end, text: space + comments + renderEntry(edit, entry, after) };
}

function renderEntry(edit: Edit, { kind, flow, name, key, start }: Entry, after: unknown): string {
  const column = columnOf(edit.text, start);
  if (kind === "document") return renderDocument(after, edit.step);
  if (kind === "item") return flow ? renderFlow(after) : `- ${renderItem(after, column + 2, edit.step)}`;
  const written = key?.range ? edit.text.slice(key.range[0], key.range[1]) : "";
  const isSimple = isScalar(key) && written !== "" && !isMultiline(key) && !written.includes("\n");
  const label = isSimple ? written : renderKey(name);
  return flow ? `${label}: ${renderFlow(after)}` : `${label}:${renderBlockValue(after, column, edit.step)}`;
}

/** Block entries go with their lines one by one; entries of braces go by runs, because they share commas. */
function removalsOf(edit: Edit, entries: readonly Entry[], removed: readonly Entry[]): readonly Splice[] {
  if (!entries[0]?.flow) return removed.map((entry) => removeLines(edit, entry, entries[entries.indexOf(entry) + 1]));
  const splices: Splice[] = [];
  for (let from = 0; from < entries.length; from += 1) {
    let to = from;
    while (to < entries.length && removed.some((entry) => entry === entries[to])) to += 1;
    if (to > from) splices.push(removeRun(edit, entries, from, to));
    from = to;
  }
  return splices;
}

/** Takes an entry out with its whole lines; the first one behind a dash leaves the dash to the next. */
function removeLines({ text }: Edit, { start, end }: Entry, next: Entry | undefined): Splice {
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== "" && next) return { start, end: next.start, text: "" };
  const to = lineEnd(text, end);
  // The last line of a text without a final line end takes the one before it along.
  if (to >= text.length) return { start: Math.max(from - (text[from - 2] === "\r" ? 2 : 1), 0), end: to, text: "" };
  return { start: from, end: to + (text[to] === "\r" ? 2 : 1), text: "" };
}

/** Takes the entries `from` up to `to` out of braces or brackets, with the commas that would be too many. */
function removeRun({ text, comments }: Edit, entries: readonly Entry[], from: number, to: number): Splice {
  const [previous, first, last, next] = [entries[from - 1], entries[from], entries[to - 1], entries[to]];
  if (first === undefined || last === undefined) return { start: 0, end: 0, text: "" };
  const hasComment = (start: number, end: number) => comments.some((each) => each.start >= start && each.start < end);
  if (next && !hasComment(first.start, next.start)) return { start: first.start, end: next.start, text: "" };
  const comma = skipBlank(text, last.end);
  if (text[comma] !== ",") {
    const isBare = previous && !hasComment(previous.end, first.start);
    return { start: isBare ? previous.end : first.start, end: last.end, text: "" };
  }
  const [line, behind] = [lineStart(text, first.start), lineEnd(text, comma)];
  const rest = text.slice(comma + 1, behind).trim();
  const isAlone =
    text.slice(line, first.start).trim() === "" &&
    (rest === "" || (rest.startsWith("#") && !hasComment(comma, behind)));
  if (isAlone) return { start: line, end: Math.min(behind + (text[behind] === "\r" ? 2 : 1), text.length), text: "" };
  return { start: first.start, end: comma + 1, text: "" };
}

/** Offset of the next character that is no space, line end or comment. */
function skipBlank(text: string, offset: number): number {
  const blank = /(?:\s|#[^\n]*)*/y;
  blank.lastIndex = offset;
  return offset + (blank.exec(text)?.[0].length ?? 0);
}

/** Writes new entries behind the one that they follow, or before all others. */
function add(edit: Edit, entries: readonly Entry[], { follows, items }: Addition): Splice {
  const [first] = entries;
  const at = follows ? follows.end : (first?.start ?? 0);
  if (first?.flow) {
    const texts = items.map(({ name, value }) =>
      first.kind === "item" ? renderFlow(value) : renderFlowPair(name, value),
    );
    return { start: at, end: at, text: follows ? texts.map((text) => `, ${text}`).join("") : `${texts.join(", ")}, ` };
  }
  const column = columnOf(edit.text, first?.start ?? 0);
  const margin = `\n${" ".repeat(column)}`;
  const lines = items.map(({ name, value }) =>
    first?.kind === "item"
      ? `- ${renderItem(value, column + 2, edit.step)}`
      : renderBlockPair(name, value, column, edit.step),
  );
  if (!follows) return { start: at, end: at, text: lines.map((line) => line + margin).join("") };
  const behind = lineEnd(edit.text, at);
  return { start: behind, end: behind, text: lines.map((line) => margin + line).join("") };
}

const isCollection = (value: unknown): boolean => typeof value === "object" && value !== null;
const isMultiline = (node: Scalar): boolean => node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL";

function quotesOf(node: Scalar): Quotes {
  if (node.type === "QUOTE_DOUBLE") return "double";
  return node.type === "QUOTE_SINGLE" ? "single" : "plain";
}
