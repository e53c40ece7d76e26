/** Characters that move the cursor, hide others or end a line; a file may hold any. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const LONGEST_NAME = 40;

/** A parser's own words may hold a part of the file, of any length. */
const LONGEST_WORDS = 200;

/** A name from a file, safe on a terminal: what does not print is a \u escape; at most 40 characters. */
export const printable = (name: string): string => escapeAndCut(name, LONGEST_NAME);

/** Words that may hold a part of a file, safe on a terminal: at most 200 characters. */
export const printableWords = (words: string): string => escapeAndCut(words, LONGEST_WORDS);

/** A text of ours that names from a file stand in, safe on a terminal, whatever its length. */
export const printableText = (text: string): string => escapeAndCut(text, Number.POSITIVE_INFINITY);

function escapeAndCut(text: string, longest: number): string {
  const characters = [...text];
  const kept = characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
  return kept.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
