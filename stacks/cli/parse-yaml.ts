import { type Document, LineCounter, type Node, parseAllDocuments, parseDocument } from "yaml";
import { checkNotation } from "./engine-notation.ts";
import { checkStructure } from "./engine-structure.ts";
import { explainYaml, isCut } from "./explain-yaml.ts";
import { engineTags } from "./yaml-scalars.ts";

/** A place of a text that the engine, or this reader, does not take. Lines and columns count from 1. */
export interface YamlProblem {
  readonly line: number;
  readonly column: number;
  /** What is there, and how to write it. */
  readonly message: string;
}

/** What a text says. */
export interface ParsedYaml {
  readonly document: Document.Parsed;
  /** The document as plain data; undefined where there are problems. */
  readonly data: unknown;
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads YAML the way the engine reads a stack's configuration: the first document of a text, with its scalars as the
 * engine takes them; further ones only have to be YAML. What only one of the two would take is a problem.
 */
export function parseYaml(text: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    merge: true,
    keepSourceTokens: true,
    // Told apart as the engine does; see engine-structure.ts.
    uniqueKeys: false,
    lineCounter,
    prettyErrors: false,
    customTags: engineTags,
  });
  const [document = parseDocument("")] = documents;
  // To see where the first document ends, the engine reads the beginning of the next: errors of later ones count too.
  const errors = documents
    .flatMap((each) => each.errors)
    .map(({ pos, code, message }) => ({
      offset: pos[0],
      message: explainYaml(code, message),
    }));
  // Behind a brace or a quote that is not closed, the tokens are not what they seem: their notation is not checked.
  const hasCut = documents.some((each) => each.errors.some(isCut));
  const findings = [...(hasCut ? [] : checkNotation(text)), ...(errors.length > 0 ? errors : checkStructure(document))];
  const problems = findings.map(({ offset, message }) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col, message };
  });
  return { document, problems, data: problems.length === 0 ? dataOf(document, document.contents) : undefined };
}

/** How often one anchor may be repeated: more often than a person does it, and too seldom to exhaust the memory. */
const MOST_REPEATS = 10_000;

/** The plain data of a node; null where there is none. */
export const dataOf = (document: Document.Parsed, node: Node | null | undefined): unknown =>
  node?.toJS(document, { maxAliasCount: MOST_REPEATS }) ?? null;
