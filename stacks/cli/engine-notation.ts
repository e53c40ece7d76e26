import { columnOf, lineStart } from "./text-lines.ts";
import { isContent, lastBefore, type Token, tokensOf } from "./yaml-tokens.ts";

/** What the engine reads otherwise than the YAML standard, or not at all. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

/**
 * The engine's parser is older than the standard's present version. Names every notation that it refuses or takes for
 * something else although the standard allows it, with how to write it.
 */
export function checkNotation(text: string): readonly YamlFault[] {
  const tokens = tokensOf(text);
  return [
    ...characters(text),
    ...documentEnd(tokens),
    ...tokens.flatMap((token, index) => [
      ...neighbours(text, token),
      ...keyAbove(text, tokens, index),
      ...colonBelow(text, tokens, index),
      ...ofToken(token),
      ...tabs(text, tokens, index),
      ...inBraces(text, tokens, index),
    ]),
    ...keysInBraces(text, tokens),
  ].toSorted((a, b) => a.offset - b.offset);
}

const fault = (offset: number, message: string): readonly YamlFault[] => [{ offset, message }];

/** A text that begins with the end of a document has none for the engine. */
function documentEnd(tokens: readonly Token[]): readonly YamlFault[] {
  const first = tokens.find(({ kind }) => isContent(kind));
  return first?.text === "..."
    ? fault(first.start, "The engine refuses a file that begins with ... Remove this line")
    : [];
}

const LINE_ENDS = /\r(?!\n)|[\u0085\u2028\u2029]/g;
// The byte order mark may begin a text.
const CONTROLS = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function characters(text: string): readonly YamlFault[] {
  const lineEnds = [...text.matchAll(LINE_ENDS)].flatMap(({ index, 0: found }) =>
    fault(
      index,
      `${nameOf(found)} is a line end to the engine and not to others. End lines with a line feed; inside a value write ${escaped(found)} in double quotes`,
    ),
  );
  const controls = [...text.matchAll(CONTROLS)].flatMap(({ index, 0: found }) =>
    index === 0 && found === "\ufeff"
      ? []
      : fault(
          index,
          `The engine refuses the character ${nameOf(found)}. Remove it, or write ${escaped(found)} in double quotes`,
        ),
  );
  return [...lineEnds, ...controls];
}

const code = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
const nameOf = (character: string): string => `U+${code(character)}`;
const escaped = (character: string): string => `\\u${code(character)}`;

function ofToken({ text, start, kind }: Token): readonly YamlFault[] {
  if (kind === "quoted" && !/^("([^"\\]|\\[\s\S])*"|'([^']|'')*')$/.test(text))
    return fault(start, "This quoted text is not closed");
  if (kind === "quoted" && text.startsWith('"')) return escapes(text, start);
  if (kind === "block") return tabsInBlock(text, start);
  if (kind !== "mark") return [];
  if (text.startsWith("%") && !/^%(YAML[ \t]+1\.1|TAG[ \t].*)\s*$/.test(text))
    return fault(start, `The engine refuses the line ${text.trim()}. Remove it`);
  if (/^[&*]/.test(text) && !/^.[0-9A-Za-z_-]+$/.test(text))
    return fault(start, `The engine refuses the name ${text}. Give the anchor a name of letters, digits, - and _`);
  if (text.startsWith("!") && !TAGS.test(text))
    return fault(
      start,
      `The tag ${text} is read in more than one way. Remove it, and put the value in quotes if it is a text`,
    );
  return [];
}

const TAGS = /^!(!(str|int|float|bool|null|timestamp|binary|map|seq)|[\w-]+)$/;

const escapes = (text: string, start: number): readonly YamlFault[] =>
  [...text.matchAll(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g)].flatMap(({ index, 0: found, 1: sequence = "" }) => {
    if (sequence === "/")
      return fault(start + index, 'The engine refuses the escape "\\/". Write the slash alone: "/"');
    const value = /^[uU]./.test(sequence) ? Number.parseInt(sequence.slice(1), 16) : 0;
    if ((value < 0xd800 || value > 0xdfff) && value <= 0x10ffff) return [];
    return fault(
      start + index,
      `The engine refuses half a character, ${found}. Write the character itself, or \\U with its eight digits`,
    );
  });

/** What the engine wants to see behind a token. */
function neighbours(text: string, { text: token, start, kind }: Token): readonly YamlFault[] {
  const rest = text.slice(start + token.length);
  if (kind === "quoted" && !/^([\s:,\]}]|$)/.test(rest))
    return fault(
      start,
      `Something stands right behind the quoted ${token}. Put all of it in quotes, or a space between`,
    );
  if (kind !== "mark") return [];
  if (token.startsWith("!") && !/^(\s|$)/.test(rest))
    return fault(start, `The engine wants a space behind the tag ${token}. Write one`);
  if (/^[|>][-+0-9]*$/.test(token) && !/^[ \t]*(#.*)?\r?(\n|$)/.test(rest))
    return fault(start, `Behind ${token} the line has to end. Begin the text on the next one`);
  return [];
}

/** A colon that begins a line belongs to a question mark above it: to the engine, a key is on one line with its colon. */
function keyAbove(text: string, tokens: readonly Token[], index: number): readonly YamlFault[] {
  const token = tokens[index];
  if (token?.kind !== "mark" || token.text !== ":" || token.depth > 0) return [];
  const column = columnOf(text, token.start);
  if (!beginsLine(text, token)) return [];
  const isItsMark = ({ kind, text: words, start }: Token): boolean =>
    kind === "mark" && words === "?" && columnOf(text, start) === column;
  const isEntry = (each: Token): boolean =>
    each.text !== ":" && columnOf(text, each.start) <= column && beginsLine(text, each);
  const above = lastBefore(
    tokens,
    index,
    (each) => isContent(each.kind) && each.depth === 0 && (isItsMark(each) || isEntry(each)),
  );
  if (above && isItsMark(above)) return [];
  return fault(token.start, "The engine wants a key and its colon on one line");
}

/** A question mark has its colon right below it, with one value as key between them. */
function colonBelow(text: string, tokens: readonly Token[], index: number): readonly YamlFault[] {
  const token = tokens[index];
  if (token?.kind !== "mark" || token.text !== "?" || token.depth > 0) return [];
  const column = columnOf(text, token.start);
  const next = tokens
    .slice(index + 1)
    .find((each) => isContent(each.kind) && beginsLine(text, each) && columnOf(text, each.start) <= column);
  if (next?.text === ":" && columnOf(text, next.start) === column) return [];
  return fault(token.start, "A key behind ? wants its colon below the question mark. Write it as key: value");
}

const beginsLine = (text: string, { start }: Token): boolean => text.slice(lineStart(text, start), start).trim() === "";

/** The lines of a text block are indented with spaces; behind those, a tab is part of the text. */
function tabsInBlock(text: string, start: number): readonly YamlFault[] {
  const indent = /^( *)[^ \t\r\n]/m.exec(text)?.[1]?.length ?? 0;
  const tab = [...text.matchAll(/^( *)\t/gm)].find(({ index, 1: spaces = "" }) => {
    const isBeforeText = text.slice(0, index).trim() === "";
    return spaces.length < indent || isBeforeText;
  });
  return tab ? fault(start + tab.index, "The engine refuses a tab in the indentation of a text. Use spaces") : [];
}

/** The engine takes a tab between what stands on a line, and not where a line or an entry begins. */
function tabs(text: string, tokens: readonly Token[], index: number): readonly YamlFault[] {
  const token = tokens[index];
  if (token?.kind !== "space" || !token.text.includes("\t")) return [];
  const before = lastBefore(tokens, index, ({ kind }) => kind !== "space");
  const offset = token.start + token.text.indexOf("\t");
  const begins = before === undefined || before.kind === "newline" || before.kind === "block";
  if (begins && (token.depth === 0 || isAfterPlain(tokens, index)))
    return fault(offset, "The engine refuses a tab at the beginning of a line. Use spaces, also in an empty line");
  if (token.depth > 0 || before?.kind !== "mark" || !/^[-?:]$/.test(before.text)) return [];
  if (before.text === ":" && (!beginsLine(text, before) || !isContent(tokens[index + 1]?.kind ?? "newline"))) return [];
  return fault(offset, `The engine refuses a tab behind ${before.text}. Use a space`);
}

/** The engine reads on behind a value without quotes, over line ends. */
const isAfterPlain = (tokens: readonly Token[], index: number): boolean =>
  lastBefore(tokens, index, ({ kind }) => isContent(kind))?.kind === "plain";

/** Inside braces and brackets, values without quotes end earlier for the engine, or later. */
function inBraces(text: string, tokens: readonly Token[], index: number): readonly YamlFault[] {
  const token = tokens[index];
  if (token === undefined || token.depth === 0) return [];
  if (token.kind === "plain" && (token.text.includes("?") || token.text.startsWith(":")))
    return fault(
      token.start,
      `Inside { } and [ ] the engine does not take ${token.text} as one value. Put it in quotes`,
    );
  if (
    token.kind !== "mark" ||
    !/^[?:]$/.test(token.text) ||
    /^(\s|$)/.test(text.slice(token.start + 1, token.start + 2))
  )
    return [];
  if (token.text === ":" && !isAfterPlain(tokens, index)) return [];
  return fault(token.start, `Inside { } and [ ] the engine wants a space behind ${token.text}. Write one`);
}

/** Inside braces and brackets a key stands on one line with its colon, and is no longer than 1,024 characters. */
function keysInBraces(text: string, tokens: readonly Token[]): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  /** Where the entry begins, for each open brace and bracket; -1 behind a question mark, which has no limit. */
  const starts: (number | undefined)[] = [undefined];
  for (const token of tokens.filter(({ kind }) => isContent(kind))) {
    const { depth } = token;
    const isMark = token.kind === "mark";
    const start = starts[depth];
    if (isMark && token.text === ",") starts[depth] = undefined;
    else if (isMark && token.text === "?") starts[depth] = -1;
    else if (isMark && token.text === ":" && start !== undefined && start >= 0) {
      const key = text.slice(start, token.start);
      if (depth > 0 && (key.includes("\n") || key.length > 1024))
        faults.push({
          offset: start,
          message: "Inside { } and [ ] the engine wants a key and its colon on one line, in at most 1,024 characters",
        });
    } else starts[depth] ??= token.start;
    if (isMark && /^[[{]$/.test(token.text)) starts[depth + 1] = undefined;
  }
  return faults;
}
