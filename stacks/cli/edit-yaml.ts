import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import { parseYaml } from "./parse-yaml.ts";
import {
  isMapping,
  type Quotes,
  renderBlockPair,
  renderBlockValue,
  renderFlow,
  renderFlowPair,
  renderScalar,
} from "./render-yaml.ts";

/** Replaces `text.slice(start, end)`. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly newline: string;
  /** Spaces per level. */
  readonly step: number;
}

/** The text cannot be edited in place: an anchor, a tag or a notation that this editor does not know is in the way. */
export class UneditableYaml extends Error {}

/**
 * Writes `after` at `path` of a YAML text by replacing only what differs, so that every other byte stays: comments,
 * order, quotes and blank lines. A comment at the end of a removed line goes with its line.
 *
 * @throws UneditableYaml when the edited text would not read back as `after`.
 */
export function editYaml(text: string, path: readonly string[], after: unknown): string {
  const document = parseYaml(text);
  const node = document.getIn(path, true) as Node | undefined;
  if (!node) throw new UneditableYaml(`nothing at ${path.join(".")}`);
  const source = { text, document, newline: text.includes("\r\n") ? "\r\n" : "\n", step: stepOf(text) };
  const edited = splice(source, editNode(source, node, after));
  if (!isDeepStrictEqual(readYaml(edited, path), after)) throw new UneditableYaml(path.join("."));
  return edited;
}

/** The plain data at `path`. */
export function readYaml(text: string, path: readonly string[]): unknown {
  const document = parseYaml(text);
  const node = document.getIn(path, true) as Node | undefined;
  return node?.toJS(document);
}

function editNode(source: Source, node: Node, after: unknown): readonly Splice[] {
  const before: unknown = node.toJS(source.document);
  if (isDeepStrictEqual(before, after)) return [];
  if (isMap(node) && isMapping(after)) {
    if (node.items.some((pair) => isKept(pair, after)))
      return node.flow ? editFlowMap(source, node, after) : editBlockMap(source, node, after);
  }
  if (isSeq(node) && Array.isArray(after) && node.items.length === after.length) {
    return node.items.flatMap((item, index) => (isNode(item) ? editNode(source, item, after[index]) : []));
  }
  const [start, end] = rangeOf(node);
  if (isScalar(node) && !isMultiline(node) && !isCollection(after)) {
    return [{ start, end, text: renderScalar(after, quotesOf(node)) }];
  }
  return [{ start, end: endOf(source, node), text: renderFlow(after) }];
}

/** Like `editNode`, with the freedom to move the value to lines of its own. */
function editBlockValue(source: Source, pair: Pair, after: unknown): readonly Splice[] {
  const value = isNode(pair.value) ? pair.value : undefined;
  const before: unknown = value?.toJS(source.document);
  const inPlace =
    value !== undefined &&
    before !== null &&
    isCollection(before) === isCollection(after) &&
    !(isCollection(before) && isEmpty(before)) &&
    !(isCollection(after) && isEmpty(after)) &&
    !(isScalar(value) && isMultiline(value)) &&
    !(isSeq(value) && Array.isArray(after) && value.items.length !== after.length);
  if (inPlace) return editNode(source, value, after);
  if (isDeepStrictEqual(before, after)) return [];
  const [start, keyEnd] = rangeOf(pair.key);
  return [
    {
      start: keyEnd,
      end: Math.max(endOf(source, pair), keyEnd + 1),
      text: `:${renderBlockValue(after, columnOf(source, start), source.step)}`,
    },
  ];
}

function editBlockMap(source: Source, map: YAMLMap, after: Readonly<Record<string, unknown>>): readonly Splice[] {
  const splices: Splice[] = [];
  const pairs = map.items;
  const first = rangeOf(pairs[0]?.key)[0];
  const column = columnOf(source, first);
  for (const [index, pair] of pairs.entries()) {
    if (!isKept(pair, after)) splices.push(removeLines(source, pair, pairs[index + 1]));
    else if (keyOf(pair) !== MERGE) splices.push(...editBlockValue(source, pair, after[keyOf(pair)]));
  }
  for (const { follows, keys } of additions(source, map, after)) {
    const lines = keys.map((key) => renderBlockPair(key, after[key], column, source.step));
    const margin = `\n${" ".repeat(column)}`;
    if (follows) {
      const at = lineEnd(source, endOf(source, follows));
      splices.push({ start: at, end: at, text: lines.map((line) => margin + line).join("") });
    } else {
      splices.push({ start: first, end: first, text: lines.map((line) => line + margin).join("") });
    }
  }
  return splices;
}

/** Takes a pair out with its whole lines; the first pair of a list item leaves the dash to the next one. */
function removeLines(source: Source, pair: Pair, next: Pair | undefined): Splice {
  const [start] = rangeOf(pair.key);
  const from = lineStart(source, start);
  if (source.text.slice(from, start).trim() !== "" && next) return { start, end: rangeOf(next.key)[0], text: "" };
  const to = lineEnd(source, endOf(source, pair));
  const afterNewline = to + (source.text.startsWith("\r\n", to) ? 2 : 1);
  // The last line of a text without a final line end takes the one before it along.
  if (to >= source.text.length) return { start: Math.max(from - source.newline.length, 0), end: to, text: "" };
  return { start: from, end: afterNewline, text: "" };
}

function editFlowMap(source: Source, map: YAMLMap, after: Readonly<Record<string, unknown>>): readonly Splice[] {
  const splices: Splice[] = [];
  const pairs = map.items;
  for (let index = 0; index < pairs.length; index += 1) {
    const pair = pairs[index];
    if (pair === undefined) continue;
    if (isKept(pair, after)) {
      if (isNode(pair.value) && keyOf(pair) !== MERGE)
        splices.push(...editNode(source, pair.value, after[keyOf(pair)]));
      continue;
    }
    const from = index;
    for (let next = pairs[index + 1]; next && !isKept(next, after); next = pairs[index + 1]) index += 1;
    splices.push(removeRun(source, pairs, from, index));
  }
  for (const { follows, keys } of additions(source, map, after)) {
    const texts = keys.map((key) => renderFlowPair(key, after[key]));
    const at = follows ? endOf(source, follows) : rangeOf(pairs[0]?.key)[0];
    splices.push({
      start: at,
      end: at,
      text: follows ? texts.map((text) => `, ${text}`).join("") : `${texts.join(", ")}, `,
    });
  }
  return splices;
}

function removeRun(source: Source, pairs: readonly Pair[], from: number, to: number): Splice {
  const [start] = rangeOf(pairs[from]?.key);
  const next = pairs[to + 1];
  if (next) return { start, end: rangeOf(next.key)[0], text: "" };
  const previous = pairs[from - 1];
  const end = endOf(source, pairs[to]);
  const gap = previous ? endOf(source, previous) : start;
  return { start: source.text.slice(gap, start).includes("#") ? start : gap, end, text: "" };
}

/** The keys that are new, each run with the present pair it follows. */
function additions(
  source: Source,
  map: YAMLMap,
  after: Readonly<Record<string, unknown>>,
): readonly { readonly follows: Pair | undefined; readonly keys: readonly string[] }[] {
  const before: Readonly<Record<string, unknown>> = map.toJS(source.document);
  const present = new Map(map.items.map((pair) => [keyOf(pair), pair]));
  const runs: { follows: Pair | undefined; keys: string[] }[] = [{ follows: undefined, keys: [] }];
  for (const key of Object.keys(after)) {
    const pair = present.get(key);
    if (pair) runs.push({ follows: pair, keys: [] });
    else if (!isMerged(key, before, after)) runs.at(-1)?.keys.push(key);
  }
  return runs.filter((run) => run.keys.length > 0);
}

/** The key by which one map takes over the pairs of another; `yaml` reads it as a symbol of this description. */
const MERGE = "Symbol(<<)";

/** What came in by a merge stays so as long as it does not change. */
const isMerged = (key: string, before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) =>
  Object.hasOwn(before, key) && isDeepStrictEqual(before[key], after[key]);

const isKept = (pair: Pair, after: Readonly<Record<string, unknown>>): boolean =>
  keyOf(pair) === MERGE || Object.hasOwn(after, keyOf(pair));

function splice(source: Source, splices: readonly Splice[]): string {
  let { text } = source;
  for (const { start, end, text: replacement } of splices.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    text = text.slice(0, start) + replacement.replaceAll("\n", source.newline) + text.slice(end);
  }
  return text;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "range" in value;
const isCollection = (value: unknown): boolean => typeof value === "object" && value !== null;
const isEmpty = (value: unknown): boolean => Object.keys(value ?? {}).length === 0;
const isMultiline = (node: Scalar): boolean => node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL";

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

function quotesOf(node: Scalar): Quotes {
  if (node.type === "QUOTE_DOUBLE") return "double";
  return node.type === "QUOTE_SINGLE" ? "single" : "plain";
}

function rangeOf(node: unknown): readonly [number, number] {
  if (!isNode(node) || !node.range) throw new UneditableYaml("a node without a place in the text");
  return [node.range[0], node.range[1]];
}

/** Where the last character of a value stands, without the comments and blank lines that follow it. */
function endOf(source: Source, node: unknown): number {
  if (isPair(node)) return isNode(node.value) ? endOf(source, node.value) : rangeOf(node.key)[1];
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOf(source, node.items.at(-1));
  const [start, end] = rangeOf(node);
  if (isScalar(node) && isMultiline(node)) return start + source.text.slice(start, end).trimEnd().length;
  return end;
}

const lineStart = ({ text }: Source, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Offset of the line end at or after `offset`: of its first character. */
function lineEnd({ text }: Source, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

const columnOf = (source: Source, offset: number): number => offset - lineStart(source, offset);

/** Spaces of the first indented line; the engine itself writes two. */
const stepOf = (text: string): number => /^( +)[^\s#]/m.exec(text)?.[1]?.length ?? 2;
