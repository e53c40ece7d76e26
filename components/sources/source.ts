import type { HashedFile } from "./directory-hash.ts";

/** What was found at a source: its files, and the pin, which is the hash of their list. */
export interface Found {
  readonly content: string;
  readonly files: readonly HashedFile[];
}

/**
 * Where one version's content comes from. A pin says what is allowed; where it lies says only how to get it, and never
 * decides.
 */
export interface Source {
  /** As the release document has it, for people: `models/v2`. */
  readonly name: string;
  /** Where that is: an absolute path, an address. */
  readonly place: string;
  /** Only what serves can read it: the pin is the word of whoever wrote it, and asking for it is an error. @default false */
  readonly isElsewhere?: boolean;
  /** What is there now. Fetches what does not tell its hash without. @throws SourceError */
  readonly pin: () => Promise<Found>;
  /**
   * What is there otherwise than pinned, a sentence each; empty when nothing is.
   * @param files the list that the pin is the hash of, where it is kept: with it the sentences name files
   * @throws SourceError when nothing can be read there
   */
  readonly verify: (content: string, files?: readonly HashedFile[]) => Promise<readonly string[]>;
  /**
   * Puts the files into an empty directory, as plain files of their own (no links), read-only and on the disk itself. Who
   * asks compares the hash of the directory with the pin before anything reads it.
   * @throws SourceError
   */
  readonly open: (content: string, directory: string) => Promise<void>;
  /** The text of one of its files, for who has to look into it before anything is deployed; undefined when there is none of that name. @throws SourceError */
  readonly read: (path: string) => Promise<string | undefined>;
}

/** What a source may need beside its part of the document. */
export interface SourceContext {
  /** Folder of Pulumi.yaml, absolute. */
  readonly root: string;
  /** Told how far a fetch is, every two seconds. @default nobody is told */
  readonly progress?: (sentence: string) => void;
}

/** Makes the source of one version; `load.ts` of a kind's folder exports it as `load`. */
export type LoadSource<Part> = (part: Part, context: SourceContext) => Source;

/** What a reference is looked up with. */
export interface ReferenceContext {
  readonly env: NodeJS.ProcessEnv;
  /** The registry, where it is not the one that the environment names. */
  readonly endpoint?: string;
  /** Folder of Pulumi.yaml, absolute, for what is looked up there. @default the working directory */
  readonly root?: string;
}

/**
 * Asks once what a reference that may move leads to now, and gives the part of the document for it, without its pin;
 * `load.ts` of a kind that has references exports it as `resolve`.
 * @throws SourceError
 */
export type ResolveReference = (
  reference: string,
  context: ReferenceContext,
) => Promise<Readonly<Record<string, unknown>> & { readonly kind: string }>;

/** Content that cannot be read, or may not be pinned. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
  /** The field of the document's part that is to be mended. */
  readonly field: string;

  constructor(
    problem: { readonly seen: string; readonly allowed: string; readonly cure: string; readonly field: string },
    options?: ErrorOptions,
  ) {
    super(`${problem.seen}; allowed: ${problem.allowed}. ${problem.cure}`, options);
    this.seen = problem.seen;
    this.allowed = problem.allowed;
    this.cure = problem.cure;
    this.field = problem.field;
  }
}
