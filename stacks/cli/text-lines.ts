/** Offset of the first character of the line that `offset` is on. */
export const lineStart = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;

/** Offset of the line end at or after `offset`: of its first character. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" && end > offset ? end - 1 : end;
}

/** How many characters stand before `offset` on its line. */
export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);
