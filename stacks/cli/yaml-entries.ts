import { isDeepStrictEqual } from "node:util";
import {
  type CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { dataOf } from "./parse-yaml.ts";
import { isMapping } from "./render-yaml.ts";
import { lineEnd, lineStart } from "./text-lines.ts";

/** A place in a YAML text that holds a value: the document itself, a pair of a map or an item of a list. */
export interface Entry {
  readonly kind: "document" | "pair" | "item";
  /** It stands inside braces or brackets. */
  readonly flow: boolean;
  /** The key as data says it; of a pair only. */
  readonly name: string;
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  /** Offset of its first character: of its key, its dash or its value, with anchor and tag. */
  readonly start: number;
  /** Offset behind the colon or the dash; undefined where there is none. */
  readonly indicator: number | undefined;
  /** Offset behind its last character, without the comments and blank lines that follow. */
  readonly end: number;
}

/** What becomes of the entries of a collection. */
interface Alignment {
  /** All that are there now, in order. */
  readonly entries: readonly Entry[];
  readonly kept: readonly { readonly entry: Entry; readonly after: unknown }[];
  readonly removed: readonly Entry[];
  readonly added: readonly Addition[];
}

/** New entries, with the present one that they follow. */
export interface Addition {
  readonly follows: Entry | undefined;
  readonly items: readonly { readonly name: string; readonly value: unknown }[];
}

/** A YAML text as it was read. */
export interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
}

/** The document itself as an entry; undefined where it holds nothing. */
export const documentEntry = (source: Source): Entry | undefined => {
  const { contents } = source.document;
  if (!contents?.range) return undefined;
  const [start] = contents.range;
  const blank = { kind: "document", flow: false, name: "", key: undefined, indicator: undefined } as const;
  return { ...blank, value: contents, start, end: endOf(source, contents) };
};

/** The pairs of a map, or the items of a list, in the order in which they stand. */
export function entriesOf(source: Source, collection: YAMLMap | YAMLSeq): readonly Entry[] {
  const flow = collection.flow === true;
  if (isMap(collection)) return collection.items.map((pair) => pairEntry(source, pair as SourcePair, flow));
  const tokens: readonly CST.CollectionItem[] =
    collection.srcToken && "items" in collection.srcToken ? collection.srcToken.items : [];
  return collection.items.map((item, index) => itemEntry(source, item, tokens[index], flow));
}

type SourcePair = Pair & { readonly srcToken?: CST.CollectionItem };

function pairEntry(source: Source, { key, value, srcToken }: SourcePair, flow: boolean): Entry {
  const start = startOf(srcToken);
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  const indicator = colon && colon.offset + 1;
  const props = srcToken?.sep?.findLast(({ type }) => type === "anchor" || type === "tag");
  const head = props ? props.offset + props.source.length : (indicator ?? (isNode(key) ? endOf(source, key) : start));
  const end = isNode(value) && !isNothing(value) ? endOf(source, value) : head;
  return {
    kind: "pair",
    flow,
    name: String(isScalar(key) ? key.value : key),
    key: isNode(key) ? key : undefined,
    value: isNode(value) ? value : undefined,
    start,
    indicator,
    end,
  };
}

function itemEntry(source: Source, item: unknown, token: CST.CollectionItem | undefined, flow: boolean): Entry {
  const start = startOf(token);
  const dash = token?.start.find(({ type }) => type === "seq-item-ind");
  const indicator = dash && dash.offset + 1;
  const value = isNode(item) ? item : undefined;
  const end = value && !isNothing(value) ? endOf(source, value) : (indicator ?? start);
  return { kind: "item", flow, name: "", key: undefined, value, start, indicator, end };
}

const SPACE: ReadonlySet<string> = new Set(["space", "newline", "comment", "comma"]);

function startOf(token: CST.CollectionItem | undefined): number {
  const first = token?.start.find(({ type }) => !SPACE.has(type)) ?? token?.key ?? token?.sep?.[0] ?? token?.value;
  if (!first) throw new UneditableYaml("a node without a place in the text");
  return first.offset;
}

/** The text cannot be edited at this place: a notation that this editor does not know is in the way. */
export class UneditableYaml extends Error {}

/** What becomes of a collection's entries when its data becomes `after`; undefined when it is no longer one of its kind. */
export function align(source: Source, collection: unknown, after: unknown): Alignment | undefined {
  if (isMap(collection) && isMapping(after)) return alignMap(source, collection, after);
  if (isSeq(collection) && Array.isArray(after)) return alignList(source, collection, after);
  return undefined;
}

/** The key by which one map takes over the pairs of another; `yaml` reads it as a symbol of this description. */
const MERGE = "Symbol(<<)";

function alignMap(source: Source, map: YAMLMap, after: Readonly<Record<string, unknown>>): Alignment {
  const entries = entriesOf(source, map);
  const present = new Map(entries.map((entry) => [entry.name, entry]));
  const before = dataOf(source.document, map) as Readonly<Record<string, unknown>>;
  const runs: { follows: Entry | undefined; items: { name: string; value: unknown }[] }[] = [
    { follows: undefined, items: [] },
  ];
  for (const [name, value] of Object.entries(after)) {
    const entry = present.get(name);
    // What came in by a merge stays so as long as it does not change.
    const isMerged = Object.hasOwn(before, name) && isDeepStrictEqual(before[name], value);
    if (entry) runs.push({ follows: entry, items: [] });
    else if (!isMerged) runs.at(-1)?.items.push({ name, value });
  }
  const isKept = ({ name }: Entry) => name === MERGE || Object.hasOwn(after, name);
  return {
    entries,
    kept: entries
      .filter(isKept)
      .flatMap((entry) => (entry.name === MERGE ? [] : [{ entry, after: after[entry.name] }])),
    removed: entries.filter((entry) => !isKept(entry)),
    added: runs.filter(({ items }) => items.length > 0),
  };
}

/** Items that stay the same stay in place; those between them change place by place, and the rest goes or comes. */
function alignList(source: Source, list: YAMLSeq, after: readonly unknown[]): Alignment {
  const entries = entriesOf(source, list);
  const before = dataOf(source.document, list) as readonly unknown[];
  const kept: { entry: Entry; after: unknown }[] = [];
  const removed: Entry[] = [];
  const added: Addition[] = [];
  let [old, next] = [0, 0];
  for (const [oldMatch, nextMatch] of [...commonItems(before, after), [before.length, after.length] as const]) {
    for (; old < oldMatch && next < nextMatch; old += 1, next += 1) keep(entries[old], after[next]);
    removed.push(...entries.slice(old, oldMatch));
    const items = after.slice(next, nextMatch).map((value) => ({ name: "", value }));
    if (items.length > 0) added.push({ follows: entries[old - 1], items });
    keep(entries[oldMatch], after[nextMatch]);
    [old, next] = [oldMatch + 1, nextMatch + 1];
  }
  return { entries, kept, removed, added };

  function keep(entry: Entry | undefined, value: unknown): void {
    if (entry) kept.push({ entry, after: value });
  }
}

/** Index pairs of a longest common subsequence. */
function commonItems(before: readonly unknown[], after: readonly unknown[]): readonly (readonly [number, number])[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const line = lengths[row];
      if (line === undefined) continue;
      line[column] = isDeepStrictEqual(before[row], after[column])
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const common: (readonly [number, number])[] = [];
  for (let [row, column] = [0, 0]; row < before.length && column < after.length; ) {
    if (isDeepStrictEqual(before[row], after[column])) common.push([row++, column++]);
    else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return common;
}

/** The stretches of text whose comments may go: lines of what is removed, with the comment lines right above it. */
export function removedStretches(source: Source, entry: Entry, after: unknown): readonly (readonly [number, number])[] {
  const { value } = entry;
  if (!(isMap(value) || isSeq(value)) || isDeepStrictEqual(dataOf(source.document, value), after)) return [];
  const alignment = align(source, value, after);
  const removed = alignment ? alignment.removed : entriesOf(source, value);
  return [
    ...removed.map((each) => stretchOf(source, each)),
    ...(alignment?.kept ?? []).flatMap((each) => removedStretches(source, each.entry, each.after)),
  ];
}

function stretchOf({ text }: Source, { start, end }: Entry): readonly [number, number] {
  let from = lineStart(text, start);
  while (from > 0 && /^[ \t]*#/.test(text.slice(lineStart(text, from - 1), from))) from = lineStart(text, from - 1);
  return [from, lineEnd(text, end)];
}

/** A value, and neither a key nor a pair. */
export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "range" in value;

/** A null that is not written. */
export const isNothing = (node: Node): boolean => isScalar(node) && node.range?.[0] === node.range?.[1];

/** Offset behind the last character of a value, without the comments and blank lines that follow it. */
export function endOf(source: Source, node: Node): number {
  const range = node.range ?? undefined;
  if (!range) throw new UneditableYaml("a node without a place in the text");
  if ((isMap(node) || isSeq(node)) && !node.flow) return entriesOf(source, node).at(-1)?.end ?? range[1];
  if (isScalar(node) && (node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL")) {
    return range[0] + source.text.slice(range[0], range[1]).trimEnd().length;
  }
  return range[1];
}
