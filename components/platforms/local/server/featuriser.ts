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

/** Text in, feature indices out, one per occurrence. */
export type Featuriser = (text: string) => readonly number[];

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
  return (text) => {
    const features: number[] = [];
    for (const clause of splitClauses(text, table)) {
      const words = negation ? markNegation(clause) : clause;
      let previous: string | undefined;
      for (const word of words) {
        features.push(fnv1a(word) % dims);
        if (bigrams && previous !== undefined) features.push(fnv1a(`${previous} ${word}`) % dims);
        previous = word;
      }
    }
    return features;
  };
}

/** Prefixes `NOT_` to the three words that follow a negator within one clause. */
export function markNegation(words: readonly string[]): readonly string[] {
  let reach = 0;
  return words.map((word) => {
    if (negators.has(word)) {
      reach = negationReach;
      return word;
    }
    if (reach === 0) return word;
    reach -= 1;
    return `NOT_${word}`;
  });
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
 * Lower-case words, grouped by the punctuation between them; apostrophes vanish (`don't` → `dont`).
 * @throws RangeError on a character that the table does not have
 */
export function splitClauses(text: string, table: Uint8Array): readonly (readonly string[])[] {
  const lower = text.toLowerCase();
  const clauses: string[][] = [];
  let words: string[] = [];
  let word = "";
  for (let index = 0; index < lower.length; index += 1) {
    const kind = table[lower.charCodeAt(index)];
    if (kind === undefined) throw outsideTable(lower, index);
    if (kind === LETTER) {
      word += lower[index];
      continue;
    }
    if (kind === APOSTROPHE) continue;
    if (word !== "") words.push(word);
    word = "";
    if (kind === STOP && words.length > 0) {
      clauses.push(words);
      words = [];
    }
  }
  if (word !== "") words.push(word);
  if (words.length > 0) clauses.push(words);
  return clauses;
}

function outsideTable(text: string, index: number): RangeError {
  const code = (text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return new RangeError(`character U+${code} at ${index} is outside the tokenizer's table`);
}
