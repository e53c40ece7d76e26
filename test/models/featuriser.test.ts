import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  characterTable,
  clauseEnd,
  createFeaturiser,
  type FeaturiserOptions,
  fnv1a,
  splitWords,
} from "../../components/models/featuriser.ts";

const plain: FeaturiserOptions = { dims: 4096, negation: false, bigrams: false, alphabet: "any" };

describe("hashing", () => {
  // Test vectors of the FNV draft, appendix C.
  test.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("fnv1a of %j is the published value", (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });
});

describe("words and clauses", () => {
  const any = characterTable("any");

  test("punctuation ends a clause, case and apostrophes vanish", () => {
    expect([...splitWords("It's GOOD, isn’t it? Yes!", any)]).toEqual([
      "its",
      "good",
      clauseEnd,
      "isnt",
      "it",
      clauseEnd,
      "yes",
      clauseEnd,
      clauseEnd,
    ]);
  });

  test("letters of every script are words, an emoji is a gap", () => {
    expect([...splitWords("café 😀naïve😀 Привет", any)]).toEqual(["café", "naïve", "привет", clauseEnd]);
  });

  test("text without a word has ends of clauses alone", () => {
    expect([...splitWords(" … 😀 ,,!", any)]).toEqual(Array.from({ length: 4 }, () => clauseEnd));
  });

  test("the ASCII table refuses the first character that it does not have", () => {
    expect(() => [...splitWords("good ☕", characterTable("ascii"))]).toThrow(
      new RangeError("character U+2615 at 5 is outside the tokenizer's table"),
    );
    expect(() => [...splitWords("fine 😀", characterTable("ascii"))]).toThrow("character U+1F600 at 5");
  });

  test("on ASCII text both tables agree", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        expect([...splitWords(text, characterTable("ascii"))]).toEqual([...splitWords(text, any)]);
      }),
    );
  });
});

describe("negation", () => {
  const featurise = createFeaturiser({ ...plain, negation: true });
  const featuresOf = (words: readonly string[]) => words.map((word) => fnv1a(word) % plain.dims);

  test("marks the three words after a negator and no more", () => {
    const expected = ["not", "NOT_a", "NOT_very", "NOT_good", "film"];
    expect([...featurise("not a very good film")]).toEqual(featuresOf(expected));
  });

  test("a second negator starts anew and is never marked itself", () => {
    const expected = ["never", "NOT_really", "not", "NOT_a", "NOT_bad", "NOT_film", "here"];
    expect([...featurise("never really not a bad film here")]).toEqual(featuresOf(expected));
  });

  test("ends with the clause", () => {
    expect([...featurise("not, good")]).toEqual(featuresOf(["not", "good"]));
  });
});

describe("features", () => {
  test("unigrams are one feature for each word, in order, repeated words repeated", () => {
    expect([...createFeaturiser(plain)("good, good film")]).toEqual(
      ["good", "good", "film"].map((word) => fnv1a(word) % 4096),
    );
  });

  test("bigrams join marked neighbours of one clause", () => {
    const featurise = createFeaturiser({ ...plain, negation: true, bigrams: true });
    const expected = ["not", "NOT_good", "not NOT_good", "sad"];
    expect([...featurise("not good. sad")]).toEqual(expected.map((feature) => fnv1a(feature) % 4096));
  });

  test("every feature lies within the dims, for any text and any options", () => {
    const options = fc.record({
      dims: fc.integer({ min: 1, max: 2 ** 22 }),
      negation: fc.boolean(),
      bigrams: fc.boolean(),
      alphabet: fc.constant("any" as const),
    });
    fc.assert(
      fc.property(options, fc.string({ unit: "binary" }), (chosen, text) => {
        const features = [...createFeaturiser(chosen)(text)];
        expect(features.every((feature) => Number.isInteger(feature) && feature >= 0 && feature < chosen.dims)).toBe(
          true,
        );
      }),
    );
  });

  test("bigrams add one feature fewer than a clause has words", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, (clause) => {
        const text = clause.join(" ");
        const bigrams = [...createFeaturiser({ ...plain, bigrams: true })(text)];
        expect(bigrams).toHaveLength(2 * clause.length - 1);
      }),
    );
  });
});
