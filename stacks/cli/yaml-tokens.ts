import { Lexer } from "yaml";

/** A token of a YAML text with what a reader knows when it comes to it. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly kind: "space" | "newline" | "comment" | "plain" | "quoted" | "block" | "document" | "mark";
  /** How many braces and brackets are open before it. */
  readonly depth: number;
}

const DOCUMENT = "\u0002";
const FLOW_FAULT = "\u0018";
const SCALAR = "\u001f";

/** It says something: it is neither space nor line end nor comment. */
export const isContent = (kind: Token["kind"]): boolean => kind !== "space" && kind !== "newline" && kind !== "comment";

/** The nearest token before a place for which this holds; looked for from there, because files may be long. */
export function lastBefore(
  tokens: readonly Token[],
  index: number,
  holds: (token: Token) => boolean,
): Token | undefined {
  for (let at = index - 1; at >= 0; at -= 1) {
    const token = tokens[at];
    if (token && holds(token)) return token;
  }
  return undefined;
}

/** Every token of a text, in order; together they are the text. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let [start, depth, announced, isBlock] = [0, 0, "", false];
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === DOCUMENT || lexeme === FLOW_FAULT || lexeme === SCALAR) {
      announced = lexeme;
      continue;
    }
    const kind = announced === SCALAR ? (isBlock ? "block" : "plain") : kindOf(lexeme);
    if (kind === "mark" && /^[\]}]$/.test(lexeme)) depth = Math.max(0, depth - 1);
    tokens.push({ text: lexeme, start, kind, depth });
    if (kind === "mark" && /^[[{]$/.test(lexeme)) depth += 1;
    if (kind === "document") depth = 0;
    // The header of a block scalar is the one mark that begins so.
    if (kind !== "space" && kind !== "comment" && kind !== "newline") isBlock = kind === "mark" && /^[|>]/.test(lexeme);
    start += lexeme.length;
    announced = "";
  }
  return tokens;
}

function kindOf(text: string): Token["kind"] {
  if (/^[ \t]+$/.test(text)) return "space";
  if (/^\r?\n$/.test(text)) return "newline";
  if (text.startsWith("#")) return "comment";
  if (/^["']/.test(text)) return "quoted";
  return text === "---" || text === "..." ? "document" : "mark";
}
