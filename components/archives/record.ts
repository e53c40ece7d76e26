import type { ResolvedArchive } from "../release/index.ts";

/** An archived version that has to be there. */
export interface RecordWanted {
  readonly model: string;
  readonly version: string;
  /** The content that it must hold. @default any */
  readonly content?: string;
}

/**
 * Reads all that is archived of a version, now; `record.ts` of a kind's folder exports it as `requireRecord`. It knows no
 * engine: the command line asks it before a version is retired.
 * @throws HostError unless the archive is there and whole
 */
export type RequireRecord<Part = ResolvedArchive> = (
  part: Part,
  wanted: RecordWanted,
  env: NodeJS.ProcessEnv,
) => Promise<void>;
