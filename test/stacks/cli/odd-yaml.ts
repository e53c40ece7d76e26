import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { parseYaml } from "../../../stacks/cli/parse-yaml.ts";
import { documentEntry, removedStretches } from "../../../stacks/cli/yaml-entries.ts";
import { type Data, isList, isMap, type Pick, writeFile } from "./odd-writer.ts";

/** A stack's configuration file that a person might have written, and another release for it. */
export interface OddFile {
  readonly text: string;
  readonly release: Data;
  /** What the release becomes. */
  readonly after: Data;
}

const strings = [
  ...["v1", "v2", "100%", "0.5pp", "1.10", "yes", "", "a: b", "# no", "it's", 'say "x"', "2027-05-31T00:00:00Z", "{x"],
  ...[
    "- y",
    "~",
    "08",
    "0x1f",
    "1_000",
    "*a",
    "&a",
    "!t",
    "a, b",
    "[x]",
    "a #b",
    "größe",
    "日本語",
    "🙂 ok",
    "a\tb",
    "tail ",
  ],
  ...[
    "one\ntwo\n",
    "one\n\n  two",
    "x\n\n\n",
    " lead\nx",
    "back\\slash",
    "x".repeat(200),
    "word ".repeat(40).trim(),
    "<<",
    "?",
    ":",
  ],
];
const keys = [
  "a",
  "b",
  "c",
  "stable",
  "candidate",
  "weight",
  "x y",
  "1",
  "größe",
  "it's",
  "yes",
  "a.b",
  "k-1",
  "true",
  "a:b",
  "#x",
];

const scalar: fc.Arbitrary<Data> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Data>(...strings) },
  { weight: 2, arbitrary: fc.constantFrom<Data>(null, true, false, 0, -1, 1.5, 1e21, 15, 1000) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12, unit: "grapheme" }) },
);
const data = fc.letrec<{ tree: Data; map: Data; list: Data }>((tie) => ({
  tree: fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 2, arbitrary: tie("map") }, tie("list")),
  map: fc.dictionary(fc.constantFrom(...keys), tie("tree"), {
    maxKeys: 5,
    noNullPrototype: true,
    depthIdentifier: "d",
  }),
  list: fc.array(tie("tree"), { maxLength: 4, depthIdentifier: "d" }),
}));
const release = fc.dictionary(fc.constantFrom(...keys), data.tree, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

/** The data of a file with another release in it. */
export const withRelease = (data: unknown, release: Data): unknown => {
  const { config, ...others } = data as { readonly config: Readonly<Record<string, unknown>> };
  return { ...others, config: { ...config, "model-lifecycle:release": release } };
};

/** The comments of an odd file have a number each, so that one can be followed through an edit. */
const notesIn = (text: string): readonly string[] => text.match(/#1\d{3}/g) ?? [];

/** The comments that an edit lost, without those on or right above the lines of what it takes out. */
export function lostNotes({ text, release, after }: OddFile, edited: string): readonly string[] {
  const lost = notesIn(text).filter((note) => !notesIn(edited).includes(note));
  if (lost.length === 0 || keepsAll(release, after)) return lost;
  const source = { text, document: parseYaml(text).document };
  const root = documentEntry(source);
  const stretches = root ? removedStretches(source, root, withRelease(parseYaml(text).data, after)) : [];
  const mayGo = (note: string) => stretches.some(([from, to]) => text.indexOf(note) >= from && text.indexOf(note) < to);
  return lost.filter((note) => !mayGo(note));
}

/** Nothing is taken out of a map or a list, and nothing becomes another kind. */
function keepsAll(before: Data, after: Data): boolean {
  if (isMap(before)) {
    return (
      isMap(after) && Object.entries(before).every(([key, item]) => key in after && keepsAll(item, after[key] ?? null))
    );
  }
  return isList(before) ? isDeepStrictEqual(before, after) : !isMap(after) && !isList(after);
}

/** A file and a change of its release. What is picked shrinks to the plainest ways. */
export const oddFile: fc.Arbitrary<OddFile> = fc
  .tuple(
    release,
    fc.array(fc.nat(719), { minLength: 1, maxLength: 60 }),
    fc.array(fc.nat(719), { minLength: 1, maxLength: 20 }),
    fc.array(data.tree, { minLength: 3, maxLength: 3 }),
  )
  .map(([before, ways, changes, fresh]) => ({
    text: writeFile(before, picker(ways)),
    release: before,
    after: change(before, picker(changes), fresh, 0),
  }));

const bits = [
  ...[" ", "\n", "\t", ":", "-", "?", ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", '"', "%", "@", "`"],
  ...["\\", "---\n", "...\n", "a", "1", "~", "<<", ": ", "- ", "? ", " #", "\r", "\n  ", "08", "\\u", "!!int ", "&x "],
  ...["*x", "null", "  ", ".", "_", "+", "0x", "é", "\u2028", "\u0001"],
];

/** An odd file in which a few characters are others: often no YAML any more. */
export const oddText: fc.Arbitrary<string> = fc
  .tuple(
    oddFile,
    fc.array(fc.tuple(fc.nat(100_000), fc.nat(2), fc.constantFrom(...bits)), { minLength: 1, maxLength: 3 }),
  )
  .map(([{ text }, mutations]) =>
    mutations
      .reduce<readonly string[]>(
        (characters, [at, gone, bit]) => characters.toSpliced(at % characters.length, gone, bit),
        [...text],
      )
      .join(""),
  );

function picker(numbers: readonly number[]): Pick {
  let next = 0;
  return (ways) => (numbers[next++ % numbers.length] ?? 0) % ways;
}

/** Some of it changes, goes, comes; most of it stays. The release itself stays a map. */
function change(value: Data, pick: Pick, fresh: readonly Data[], depth: number): Data {
  const other = (): Data => fresh[pick(fresh.length)] ?? null;
  const way = pick(8);
  if (depth > 0 && way === 7) return other();
  if (isMap(value)) {
    const kept = Object.entries(value)
      .filter(() => pick(6) !== 5)
      .map(([key, item]) => [key, change(item, pick, fresh, depth + 1)] as const);
    const added = pick(3) === 2 ? [[`new${pick(3)}`, other()] as const] : [];
    const entries = pick(2) === 0 ? [...kept, ...added] : [...added, ...kept];
    return Object.fromEntries(pick(9) === 8 ? entries.toReversed() : entries);
  }
  if (isList(value)) {
    const kept = value.filter(() => pick(6) !== 5).map((item) => change(item, pick, fresh, depth + 1));
    if (pick(3) === 2) kept.splice(pick(kept.length + 1), 0, other());
    return kept;
  }
  return way >= 5 ? other() : value;
}
