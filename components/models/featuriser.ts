/** How text becomes features of a linear model. Part of `model.json`, so that training and serving cannot disagree. */
export interface FeaturiserOptions {
  /** Size of the feature space; every feature is hashed into `0 … dims - 1`. */
  readonly dims: number;
  /** Marks the three words after a negator (`not`, `never`, `don't`, …) as `NOT_word`, up to the next punctuation. */
  readonly negation: boolean;
  /** Adds each pair of neighbouring words of a clause. */
  readonly bigrams: boolean;
  /** The tokenizer's character table: all of Unicode's basic plane, or the first 128 characters only. */
  readonly alphabet: Alphabet;
}

/** Which letters make words: of any script, or of ASCII only. */
export type Alphabet = "any" | "ascii";

/** Text in, feature indices out, one per occurrence. They are made as they are asked for: a long text costs no memory. */
export type Featuriser = (text: string) => Iterable<number>;

/** With `negation`, stands before the words that a negator reaches within its clause. */
const negationMark = "NOT_";
const negationReach = 3;
const negators: ReadonlySet<string> = new Set(
  (
    "not no never neither nor nothing hardly barely without cannot cant dont doesnt didnt isnt arent wasnt werent " +
    "wont wouldnt couldnt shouldnt hasnt havent hadnt aint"
  ).split(" "),
);

/** Compiles the options once; the result is pure and safe to call per request. */
export function createFeaturiser({ dims, negation, bigrams, alphabet }: FeaturiserOptions): Featuriser {
  const table = characterTable(alphabet);
  return function* (text) {
    let reach = 0;
    let previous: number | undefined;
    for (const word of splitWords(text, table)) {
      if (word === clauseEnd) {
        reach = 0;
        previous = undefined;
        continue;
      }
      const isNegator = negation && negators.has(word);
      const mark = reach > 0 && !isNegator ? negationMark : "";
      const hashAfter = (before?: number): number => fnv1a(word, fnv1a(mark, before));
      reach = isNegator ? negationReach : Math.max(0, reach - 1);
      const hash = hashAfter();
      yield hash % dims;
      if (bigrams && previous !== undefined) yield hashAfter(fnv1a(" ", previous)) % dims;
      previous = hash;
    }
  };
}

/**
 * FNV-1a, 32 bits, over UTF-16 code units.
 * @param hash of what stands before the text @default - nothing does
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function fnv1a(text: string, hash = 0x811c9dc5): number {
  let next = hash;
  for (let index = 0; index < text.length; index += 1) {
    next = Math.imul(next ^ text.charCodeAt(index), 0x01000193);
  }
  return next >>> 0;
}

const GAP = 0;
const LETTER = 1;
const STOP = 2;
const APOSTROPHE = 3;

/** One class per UTF-16 code unit. Halves of a surrogate pair are gaps: an emoji separates words. */
export function characterTable(alphabet: Alphabet): Uint8Array {
  return Uint8Array.from({ length: alphabet === "ascii" ? 0x80 : 0x10000 }, (_, code) => {
    const character = String.fromCharCode(code);
    if (/[\p{L}\p{M}\p{N}]/u.test(character)) return LETTER;
    if (".,;:!?".includes(character)) return STOP;
    return "'’".includes(character) ? APOSTROPHE : GAP;
  });
}

/** Stands after the last word of a clause, in the place of a word. */
export const clauseEnd = "";

/**
 * Lower-case words, and the ends of the clauses that punctuation divides them into; apostrophes vanish (`don't` → `dont`).
 * @throws RangeError on a character that the table does not have
 */
export function* splitWords(text: string, table: Uint8Array): Generator<string> {
  const lower = text.toLowerCase();
  // The word so far: what stands before its last apostrophe, and where it goes on.
  let [before, start] = ["", 0];
  for (let index = 0; index <= lower.length; index += 1) {
    const kind = index < lower.length ? table[lower.charCodeAt(index)] : STOP;
    if (kind === undefined) throw outsideTable(lower, index);
    if (kind === LETTER) continue;
    const part = before + lower.slice(start, index);
    start = index + 1;
    before = kind === APOSTROPHE ? part : "";
    if (kind === APOSTROPHE) continue;
    if (part !== "") yield part;
    if (kind === STOP) yield clauseEnd;
  }
}

function outsideTable(text: string, index: number): RangeError {
  const code = (text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return new RangeError(`character U+${code} at ${index} is outside the tokenizer's table`);
}
