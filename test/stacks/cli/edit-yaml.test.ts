import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editYaml } from "../../../stacks/cli/edit-yaml.ts";
import { readYaml } from "./read-yaml.ts";

const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;

interface Case {
  readonly title: string;
  readonly before: string;
  readonly after: unknown;
  readonly text: string;
}

const cases: readonly Case[] = [
  {
    title: "a changed value keeps its quotes and the comment behind it",
    before: lines("r:", '  a: "5%"   # share', "  b: 'x'", "  c: v1 # plain"),
    after: { a: "25%", b: "y", c: "v2" },
    text: lines("r:", '  a: "25%"   # share', "  b: 'y'", "  c: v2 # plain"),
  },
  {
    title: "a plain value that the engine would rewrite gets quotes",
    before: lines("r: { a: v1, b: v1, c: v1 }"),
    after: { a: "1.10", b: "2027-05-31T00:00:00Z", c: "yes" },
    text: lines('r: { a: "1.10", b: "2027-05-31T00:00:00Z", c: "yes" }'),
  },
  {
    title: "a new key comes to stand behind the key that precedes it",
    before: lines("r:", "  stable: v1 # serves", "", "  # how", "  steps: [a]", "other: 1"),
    after: { stable: "v1", candidate: "v2", weight: "100%", steps: ["a"] },
    text: lines(
      "r:",
      "  stable: v1 # serves",
      "  candidate: v2",
      '  weight: "100%"',
      "",
      "  # how",
      "  steps: [a]",
      "other: 1",
    ),
  },
  {
    title: "a new first key comes before the others",
    before: lines("r:", "  # lead", "  b: 1"),
    after: { a: 2, b: 1 },
    text: lines("r:", "  # lead", "  a: 2", "  b: 1"),
  },
  {
    title: "a removed key goes with its lines and leaves the comments of the others",
    before: lines("r:", "  a: 1", "  # about b", "  b:", "    deep: [1,", "      2]", "  # about c", "  c: 3"),
    after: { a: 1, c: 3 },
    text: lines("r:", "  a: 1", "  # about b", "  # about c", "  c: 3"),
  },
  {
    title: "the last key of a text without a final line end can go",
    before: "r:\n  a: 1\n  b: 2",
    after: { a: 1 },
    text: "r:\n  a: 1",
  },
  {
    title: "a key is appended to a text without a final line end",
    before: "r:\n  a: 1",
    after: { a: 1, b: "x" },
    text: "r:\n  a: 1\n  b: x",
  },
  {
    title: "keys come and go inside braces without touching their neighbours",
    before: lines("r: {  a: 1, b: 'two',c: 3  }"),
    after: { b: "two", d: "x y" },
    text: lines("r: {  b: 'two', d: \"x y\"  }"),
  },
  {
    title: "the last keys inside braces go with the comma before them",
    before: lines("r: { a: 1, b: 2, c: 3 }"),
    after: { a: 1 },
    text: lines("r: { a: 1 }"),
  },
  {
    title: "a comment inside braces over several lines survives the key behind it",
    before: lines("r: {", "  a: 1, # first", "  b: 2", "}"),
    after: { a: 1 },
    text: lines("r: {", "  a: 1, # first", "  ", "}"),
  },
  {
    title: "a map that loses everything is written as empty",
    before: lines("r:", "  keep: 1", "  out: # going", "    v1: { phase: retired }", "  z: 1"),
    after: { keep: 1, out: {}, z: 1 },
    text: lines("r:", "  keep: 1", "  out: {} # going", "  z: 1"),
  },
  {
    title: "an empty map gets lines of its own when something large comes in",
    before: lines("r:", "  out: {}", "  z: 1"),
    after: { out: { v0: { phase: "deprecated", sunset: "2027-05-31T00:00:00Z" } }, z: 1 },
    text: lines("r:", "  out:", '    v0: { phase: deprecated, sunset: "2027-05-31T00:00:00Z" }', "  z: 1"),
  },
  {
    title: "a new nested map takes the indentation of the file",
    before: lines("r:", "    a: 1"),
    after: { a: 1, b: { c: { d: { e: "v" } } } },
    text: lines("r:", "    a: 1", "    b:", "        c:", "            d: { e: v }"),
  },
  {
    title: "values inside lists change in place",
    before: lines("r:", "  - { m: a, x: '1' } # one", "  - m: b", '    x: "2" # two', "  # end"),
    after: [
      { m: "a", x: "9" },
      { m: "b", x: "8", w: true },
    ],
    text: lines("r:", "  - { m: a, x: '9' } # one", "  - m: b", '    x: "8" # two', "    w: true", "  # end"),
  },
  {
    title: "the first key of a list item leaves the dash to the next",
    before: lines("r:", "  - a: 1", "    b: 2", "  - c: 3"),
    after: [{ b: 2 }, { c: 3 }],
    text: lines("r:", "  - b: 2", "  - c: 3"),
  },
  {
    title: "a list of another length is written anew",
    before: lines("r:", "  steps: [a, b] # climb", "  z: 1"),
    after: { steps: ["a", "b", "100%"], z: 1 },
    text: lines("r:", '  steps: [a, b, "100%"] # climb', "  z: 1"),
  },
  {
    title: "Windows line ends stay",
    before: "r:\r\n  a: 1 # x\r\n  b: 2\r\n",
    after: { a: 1, c: "v" },
    text: "r:\r\n  a: 1 # x\r\n  c: v\r\n",
  },
  {
    title: "a text block ends where its last line ends",
    before: lines("r:", "  a: |", "    one", "    two", "", "  b: 1"),
    after: { a: "one\ntwo\n", k: "v", b: 1 },
    text: lines("r:", "  a: |", "    one", "    two", "  k: v", "", "  b: 1"),
  },
  {
    title: "a pair behind a comment of its own goes from braces over several lines with its comma",
    before: lines("r: {", "  stable: v1,", "  # on trial", "  candidate: v2, # since May", "  weight: 5%,", "}"),
    after: { stable: "v1" },
    text: lines("r: {", "  stable: v1,", "  # on trial", "}"),
  },
  {
    title: "a pair before a comment about the next one leaves that comment",
    before: lines("r: {", "  candidate: v2, # since May", "  # serves", "  stable: v1,", "}"),
    after: { stable: "v1" },
    text: lines("r: {", "  # serves", "  stable: v1,", "}"),
  },
  {
    title: "an item goes from a list with its line, another comes; the others keep their comments",
    before: lines("r:", "  steps:", "    - shadow # copies", "    - 5% # first", "    - 50% # half"),
    after: { steps: ["shadow", "50%", "100%"] },
    text: lines("r:", "  steps:", "    - shadow # copies", "    - 50% # half", '    - "100%"'),
  },
  {
    title: "items come and go between brackets over several lines",
    before: lines("r: [", "  a, # one", "  b, # two", "  c # three", "]"),
    after: ["x", "a", "c"],
    text: lines("r: [", "  x, a, # one", "  c # three", "]"),
  },
  {
    title: "a list of maps loses one and changes another",
    before: lines("r:", "  - m: a # one", "    n: 1", "  - m: b", "    n: 2", "  # about c", "  - { m: c, n: 3 }"),
    after: [
      { m: "b", n: 2 },
      { m: "c", n: 4 },
    ],
    text: lines("r:", "  - m: b", "    n: 2", "  # about c", "  - { m: c, n: 4 }"),
  },
  {
    title: "a text too long for a line stays whole",
    before: lines("r:", "  a: 1"),
    after: { a: 1, why: "w".repeat(150), deep: { why: "w".repeat(150), list: ["w".repeat(150)] } },
    text: lines(
      "r:",
      "  a: 1",
      `  why: "${"w".repeat(150)}"`,
      "  deep:",
      `    why: "${"w".repeat(150)}"`,
      "    list:",
      `      - "${"w".repeat(150)}"`,
    ),
  },
  {
    title: "nothing to change gives back the same bytes",
    before: lines("r:   # odd   spacing", "   a:    1", "", "   b: [ 1,2 ]"),
    after: { a: 1, b: [1, 2] },
    text: lines("r:   # odd   spacing", "   a:    1", "", "   b: [ 1,2 ]"),
  },
];

/** Where replacing the least would break the text, lose a comment or change something else. */
const rewritten: readonly Case[] = [
  {
    title: "a value that another one repeats is changed here alone: what repeats it is written out",
    before: lines("r:", "  a: &a # shared", "    x: 1", "  b: *a", "z: 1 # other"),
    after: { a: { x: 2 }, b: { x: 1 } },
    text: lines("# shared", "r:", "  a: { x: 2 }", "  b: { x: 1 }", "z: 1 # other"),
  },
  {
    title: "what is repeated outside of the release is written out there",
    before: lines("# head", "r:", "  a: &a { x: 1 } # one", "z: *a # two"),
    after: { a: { x: 2 } },
    text: lines("# head", "# one", "r:", "  a: { x: 2 }", "z: { x: 1 } # two"),
  },
  {
    title: "an explicit key without a value gets one",
    before: lines("r:", "  ? a # why", "  :", "  b: 1"),
    after: { a: "v1", b: 1 },
    text: lines("r:", "  ? a # why", "  : v1", "  b: 1"),
  },
  {
    title: "a comment inside a value that becomes another kind moves above it",
    before: lines("r: { a: [1, # one", "  2], b: 3 }"),
    after: { a: "v1", b: 3 },
    text: lines("r: { a: v1, b: 3 }"),
  },
  {
    title: "a value with a tag that the new one is not",
    before: lines("r: { a: !!int 5, b: 1 } # t"),
    after: { a: "v1", b: 1 },
    text: lines("r: { a: v1, b: 1 } # t"),
  },
];

describe("edits of a document", () => {
  test.each(rewritten)("$title", ({ before, after, text }) => {
    expect(editYaml(before, ["r"], after)).toBe(text);
  });

  test.each(cases)("$title", ({ before, after, text }) => {
    expect(editYaml(before, ["r"], after)).toBe(text);
  });

  test("a value that comes from elsewhere by an alias is replaced here and not there", () => {
    const text = lines("base: &base { a: 1 }", "r: *base");
    expect(editYaml(text, ["r"], { b: 2 })).toBe(lines("base: &base { a: 1 }", "r: { b: 2 }"));
  });

  test("a merge stays; a key that came in by it can be set anew; to take it out, the pair is written anew", () => {
    const text = lines("base: &base { a: 1 }", "r:", "  <<: *base", "  b: 2");
    expect(readYaml(text, ["r"])).toEqual({ a: 1, b: 2 });
    expect(editYaml(text, ["r"], { a: 1, b: 3 })).toBe(text.replace("b: 2", "b: 3"));
    expect(editYaml(text, ["r"], { a: 4, b: 2 })).toBe(
      lines("base: &base { a: 1 }", "r:", "  a: 4", "  <<: *base", "  b: 2"),
    );
    expect(editYaml(text, ["r"], { b: 2 })).toBe(lines("base: &base { a: 1 }", "r: { b: 2 }"));
  });

  test("a bare timestamp reads as the engine hands it on", () => {
    expect(readYaml("r: 2027-05-31T00:00:00Z", ["r"])).toBe("2027-05-31 00:00:00 +0000 UTC");
    expect(readYaml("r: 2027-05-31", ["r"])).toBe("2027-05-31 00:00:00 +0000 UTC");
    expect(readYaml('r: "2027-05-31T00:00:00Z"', ["r"])).toBe("2027-05-31T00:00:00Z");
  });
});

/** A document as one line for each thing in it, so that a line and what it says can be followed through an edit. */
interface Line {
  readonly text: string;
  /** The leaf that stands on it; absent for comments, blank lines and the keys of maps. */
  readonly leaf?: string;
}

type Leaves = Readonly<Record<string, string>>;
type Tree = Readonly<Record<string, Leaves>>;

const key = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const scalar = fc.oneof(
  fc.constantFrom(
    "v1",
    "100%",
    "0.5pp",
    "1.10",
    "yes",
    "",
    "a: b",
    "# no",
    "it's",
    "2027-05-31T00:00:00Z",
    "{x",
    "- y",
  ),
  fc.string({ maxLength: 12, unit: "grapheme-ascii" }),
);
const leaves = fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 5, noNullPrototype: true });
const tree: fc.Arbitrary<Tree> = fc.dictionary(key, leaves, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
const decoration: fc.Arbitrary<Decoration> = fc.record({
  comment: fc.option(fc.constantFrom("# about this", "#", "#   wide"), { nil: undefined }),
  blank: fc.boolean(),
  tail: fc.constantFrom("", " # tail", "   #x"),
  quotes: fc.constantFrom("single", "double"),
});

function write(document: Tree, decorations: readonly Decoration[]): readonly Line[] {
  let next = 0;
  const take = (): Decoration => decorations[next++ % decorations.length] ?? plainDecoration;
  const written: Line[] = [{ text: "config:" }, { text: "  release:" }];
  for (const [section, values] of Object.entries(document)) {
    const { comment, blank, tail } = take();
    if (blank) written.push({ text: "" });
    if (comment) written.push({ text: `    ${comment}` });
    written.push({ text: `    ${section}:${tail}` });
    for (const [name, value] of Object.entries(values)) {
      const each = take();
      if (each.comment) written.push({ text: `      ${each.comment}` });
      const quoted =
        each.quotes === "single" && /^[\x20-\x7e]*$/.test(value)
          ? `'${value.replaceAll("'", "''")}'`
          : JSON.stringify(value);
      written.push({ text: `      ${name}: ${quoted}${each.tail}`, leaf: `${section}.${name}` });
    }
  }
  return [...written, { text: "other: { kept: 'as it is' }" }];
}

interface Decoration {
  readonly comment: string | undefined;
  readonly blank: boolean;
  readonly tail: string;
  readonly quotes: string;
}

const plainDecoration: Decoration = { comment: undefined, blank: false, tail: "", quotes: "double" };

/** Some leaves change, some go, some come; a section keeps at least one of its own. */
const edit = (document: Tree): fc.Arbitrary<Tree> =>
  fc.record(
    Object.fromEntries(
      Object.entries(document).map(([section, values]) => {
        const [kept = "", ...others] = Object.keys(values);
        return [
          section,
          fc
            .tuple(
              fc.subarray(others),
              fc.dictionary(fc.constantFrom(...Object.keys(values)), scalar, { noNullPrototype: true }),
              leaves,
            )
            .map(([alsoKept, changed, added]): Leaves => {
              const names = Object.keys(values).filter((name) => name === kept || alsoKept.includes(name));
              const staying = Object.fromEntries(names.map((name) => [name, changed[name] ?? values[name] ?? ""]));
              return { ...Object.fromEntries(Object.entries(added).filter(([name]) => !(name in values))), ...staying };
            }),
        ];
      }),
    ),
    { noNullPrototype: true },
  );

const document = fc
  .tuple(tree, fc.array(decoration, { minLength: 1, maxLength: 12 }))
  .chain(([before, decorations]) =>
    fc.record({ before: fc.constant(before), after: edit(before), written: fc.constant(write(before, decorations)) }),
  );

test("any edit reads back as what was meant, and every line that says nothing else stays byte for byte", () => {
  fc.assert(
    fc.property(document, ({ before, after, written }) => {
      const text = written.map((line) => `${line.text}\n`).join("");
      expect(readYaml(text, ["config", "release"])).toEqual(before);
      const edited = editYaml(text, ["config", "release"], after);
      expect(readYaml(edited, ["config", "release"])).toEqual(after);
      const untouched = written.filter(({ leaf }) => {
        const [section = "", name = ""] = leaf?.split(".") ?? [];
        return leaf === undefined || before[section]?.[name] === after[section]?.[name];
      });
      const remaining = edited.split("\n");
      for (const line of untouched) {
        const at = remaining.indexOf(line.text);
        expect(at, `the line ${JSON.stringify(line.text)} in\n${edited}`).toBeGreaterThanOrEqual(0);
        remaining.splice(0, at + 1);
      }
    }),
  );
});
