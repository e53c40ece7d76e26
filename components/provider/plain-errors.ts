import { basename, dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isTemporary } from "../host/atomic-file.ts";
import { refusal } from "../kit/index.ts";

/** The part of the engine's protocol that a provider of resources speaks. */
export type Verbs = Required<
  Pick<pulumi.provider.Provider, "version" | "check" | "diff" | "create" | "read" | "delete">
> & {
  /** @param ignoring ways of what the program's `ignoreChanges` names */
  update(...asked: [...Parameters<Update>, ignoring?: readonly string[]]): ReturnType<Update>;
};

type Update = Required<pulumi.provider.Provider>["update"];

/**
 * The same provider, whose errors are told as one sentence: what a user can mend needs no stack, and the engine prints
 * the stack of whatever a provider throws. Faults of the library keep theirs.
 */
export const toldPlainly = (provider: Verbs): Verbs => ({
  version: provider.version,
  check: (...asked) => plainly(() => provider.check(...asked)),
  diff: (...asked) => plainly(() => provider.diff(...asked)),
  create: (...asked) => plainly(() => provider.create(...asked)),
  read: (...asked) => plainly(() => provider.read(...asked)),
  update: (...asked) => plainly(() => provider.update(...asked)),
  delete: (...asked) => plainly(() => provider.delete(...asked)),
});

async function plainly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isFaultOfOurs(error) || isToldAlready(error) ? error : refusal(sentenceOf(error));
  }
}

/** A refusal, which may also carry what was made so far. */
const isToldAlready = (error: unknown): boolean => error instanceof pulumi.RunError && error.stack === error.message;

/** Its stack helps whoever mends this library. */
const isFaultOfOurs = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", path } = error as NodeJS.ErrnoException;
  const refused = systemRefusals[code];
  if (refused === undefined || path === undefined) return error.message;
  const place = isTemporary(basename(path)) ? dirname(path) : path;
  return `${place}: ${refused[0]} (${code}). ${refused[1]}, then run the same command again.`;
}

const mayNot = [
  "this user may not read or write there",
  "Run this as the user who deployed the stack, or correct owner and mode",
] as const;

const systemRefusals: Readonly<Record<string, readonly [seen: string, cure: string]>> = {
  EACCES: mayNot,
  EPERM: mayNot,
  EROFS: ["the file system is read-only", "Mount it for writing"],
  EMFILE: ["this process may not open more files", "Raise the limit (ulimit -n)"],
  ENFILE: ["the machine may not open more files", "Raise the limit (fs.file-max)"],
};
