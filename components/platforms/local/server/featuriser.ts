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

export type Alphabet = "any" | "ascii";

/** Gives the feature indices of a text, one per occurrence, one after the other: a long text has millions. */
export type Featuriser = (text: string, give: (feature: number) => void) => void;

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
  return (text, give) => {
    let previous = "";
    let reach = 0;
    readWords(text, table, (word, startsClause) => {
      if (startsClause) reach = 0;
      const isNegator = negation && negators.has(word);
      const marked = reach > 0 && !isNegator ? `NOT_${word}` : word;
      reach = isNegator ? negationReach : Math.max(0, reach - 1);
      give(fnv1a(marked) % dims);
      if (bigrams && !startsClause) give(fnv1a(`${previous} ${marked}`) % dims);
      previous = marked;
    });
  };
}

/**
 * FNV-1a, 32 bits, over UTF-16 code units.
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
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

/**
 * Gives the lower-case words of a text, and says which of them are the first of a clause: punctuation ends one.
 * Apostrophes vanish (`don't` → `dont`).
 * @throws RangeError on a character that the table does not have
 */
export function readWords(text: string, table: Uint8Array, give: (word: string, startsClause: boolean) => void): void {
  const lower = text.toLowerCase();
  let startsClause = true;
  // What of the word stands before its last apostrophe, and where the rest begins.
  let before = "";
  let from = 0;
  const takeUpTo = (end: number): void => {
    if (end > from) before += lower.slice(from, end);
    from = end + 1;
  };
  for (let index = 0; index < lower.length; index += 1) {
    const kind = table[lower.charCodeAt(index)];
    if (kind === undefined) throw outsideTable(lower, index);
    if (kind === LETTER) continue;
    takeUpTo(index);
    if (kind === APOSTROPHE) continue;
    if (before !== "") {
      give(before, startsClause);
      startsClause = false;
      before = "";
    }
    if (kind === STOP) startsClause = true;
  }
  takeUpTo(lower.length);
  if (before !== "") give(before, startsClause);
}

function outsideTable(text: string, index: number): RangeError {
  const code = (text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return new RangeError(`character U+${code} at ${index} is outside the tokenizer's table`);
}
