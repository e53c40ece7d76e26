import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { writeAtomic } from "../../components/platforms/local/state-folder/atomic-file.ts";
import type { Release, RolloutDocument } from "../../components/spec/index.ts";
import { editYaml, readYaml } from "./edit-yaml.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";
import { parseYaml } from "./parse-yaml.ts";
import { isMapping } from "./render-yaml.ts";
import { UneditableYaml } from "./yaml-entries.ts";

/** The configuration key that holds the release, as errors name it. */
export const releaseKey = "model-lifecycle:release";
const releasePath = ["config", releaseKey];

/** A stack's configuration file as it was read. */
export interface StackFile {
  readonly path: string;
  readonly text: string;
  /** The release as the engine would hand it to a program; not yet parsed. */
  readonly release: unknown;
}

/** @throws Failure (2) when the file is not YAML or holds no release. */
export function readStackFile(stackFile: string): StackFile {
  const text = readFileSync(stackFile, "utf8");
  const [problem] = parseYaml(text).problems;
  if (problem) throw usageFailure(`${stackFile}:${problem.line}:${problem.column}: ${problem.message}`);
  const release = readYaml(text, releasePath);
  if (release === undefined || release === null) {
    throw usageFailure(
      `${stackFile} has no ${releaseKey}. Write one (\`mlc init --stack <new>\` shows how it looks), or name another stack.`,
    );
  }
  return { path: stackFile, text, release };
}

/** The file's text with another release in it; whatever does not differ stays as it is, byte for byte. */
export function renderStackFile(file: StackFile, release: Release): string {
  try {
    return editYaml(file.text, releasePath, { ...release, rollout: rolesFirst(release.rollout) });
  } catch (error) {
    if (!(error instanceof UneditableYaml)) throw error;
    throw usageFailure(
      `${file.path} uses YAML that cannot be edited here without rewriting it (anchors, tags or explicit keys at ${error.message}). Make this change by hand; ${releaseKey} becomes:\n${JSON.stringify(release, undefined, 2)}`,
    );
  }
}

/** So that a new line comes to stand beside the line of the stable version. */
function rolesFirst({ stable, previous, candidate, weight, attempt, ...settings }: RolloutDocument): RolloutDocument {
  const roles = { stable, previous, candidate, weight, attempt };
  return {
    ...Object.fromEntries(Object.entries(roles).filter(([, value]) => value !== undefined)),
    stable,
    ...settings,
  };
}

/** Replaces the file as a whole. @throws Failure (1) when somebody else changed it since it was read. */
export function writeStackFile(file: StackFile, text: string): void {
  const path = realpathSync(file.path);
  if (readFileSync(path, "utf8") !== file.text) {
    throw new Failure(
      exitCodes.error,
      `${basename(path)} was changed by somebody else in the meantime; nothing was written. Run the command again.`,
    );
  }
  writeAtomic(path, text, { mode: statSync(path).mode & 0o777 });
}

/** The model's name, where it can be told. */
export function modelOf(release: unknown): string | undefined {
  const model = isMapping(release) ? release.model : undefined;
  return isMapping(model) && typeof model.name === "string" ? model.name : undefined;
}

/** The model's name from a file that may be broken in every way. */
export function modelInFile(path: string): string | undefined {
  try {
    return modelOf(readYaml(readFileSync(path, "utf8"), releasePath));
  } catch {
    return undefined;
  }
}
