import type { ErrorCode, YAMLError } from "yaml";

/** What the parser's words mean to somebody who edits a configuration, and how to write it. */
const CURES: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_DQ_ESCAPE: "Inside double quotes a backslash begins an escape. Write \\\\ for a backslash, or use single quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "Two pairs stand on one line, or a value has a colon and a space in it. Put the value in quotes",
  BLOCK_IN_FLOW: "Inside { } and [ ] a lone - is no value. Put it in quotes",
  KEY_OVER_1024_CHARS: "A key has at most 1,024 characters",
  MULTILINE_IMPLICIT_KEY: "A key stands on one line with its colon. Look for a missing colon or quote above",
  TAB_AS_INDENT: "Indent with spaces, not with tabs",
};

const CUT_FLOW = /^Flow (map|sequence) in block collection must be sufficiently indented/;
const CUT_QUOTE = /^Missing closing ["']quote/;

/** Braces or quotes that go on at the margin, where the parser no longer takes the lines for theirs. */
export const isCut = ({ message }: YAMLError): boolean => CUT_FLOW.test(message) || CUT_QUOTE.test(message);

/** Errors to which the parser gives the same code: only its message tells them apart. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^Comments must be separated/, "A comment wants a space before its #"],
  [
    CUT_FLOW,
    "A { or [ before this is not closed, or its lines are not indented deeper than its key. Indent them, the closing one too",
  ],
  [CUT_QUOTE, "This quoted text is not closed, or it goes on in lines that are not indented deeper than its key"],
  [/^Nested mappings are not allowed/, CURES.BLOCK_AS_IMPLICIT_KEY ?? ""],
];

/** One sentence for a syntax error. */
export const explainYaml = (code: ErrorCode, message: string): string =>
  WORDS.find(([words]) => words.test(message))?.[1] ?? CURES[code] ?? `This is no valid YAML: ${message}`;
