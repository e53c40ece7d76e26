/** A text that has room for so many characters. */
export const shorten = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** A text in two lines of at most so many characters, broken between words; what has no room is cut off. */
export function twoLines(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text];
  const space = text.lastIndexOf(" ", most);
  const end = space > 0 ? space : most;
  return [text.slice(0, end), shorten(text.slice(end).trimStart(), most)];
}
