import { tokensOf } from "./yaml-tokens.ts";

/** A comment as it stands in a text, from its `#` to the end of its line. */
export interface Comment {
  readonly start: number;
  readonly text: string;
}

/** Every comment of a text, in order. A `#` inside a value is none. */
export const commentsOf = (text: string): readonly Comment[] =>
  tokensOf(text).flatMap((token) =>
    token.kind === "comment" ? [{ start: token.start, text: token.text.trimEnd() }] : [],
  );

/** Whether all of `needed` stand among `present`, in the same order. */
export function isSubsequence(needed: readonly Comment[], present: readonly Comment[]): boolean {
  let found = 0;
  for (const { text } of present) if (text === needed[found]?.text) found += 1;
  return found === needed.length;
}
