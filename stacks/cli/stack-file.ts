import { chmodSync, chownSync, existsSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { writeAtomic } from "../../components/host/atomic-file.ts";
import { messageOf } from "../../components/host/host-error.ts";
import type { Release, RolloutDocument } from "../../components/release/index.ts";
import { editYaml } from "./edit-yaml.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";
import { parseYaml } from "./parse-yaml.ts";
import { type Project, projectFileIn } from "./project.ts";
import { isMapping } from "./render-yaml.ts";
import { explainSystemError } from "./system-errors.ts";
import { UneditableYaml } from "./yaml-entries.ts";

/** The configuration key that holds the release, as errors name it. */
export const releaseKey = "model-lifecycle:release";

/** The engine takes an older form of a key for the same one. */
const releaseKeys = [releaseKey, "model-lifecycle:config:release"];

/** A stack's configuration file as it was read. */
export interface StackFile {
  readonly path: string;
  /** Empty when there is no such file: the release stands in Pulumi.yaml then. */
  readonly text: string;
  /** The release as the engine would hand it to a program; not yet parsed. */
  readonly release: unknown;
  /** The key it is to be written under. */
  readonly key: string;
  /** The JSON text that it stands there as, as `pulumi config set` writes it; absent where it is YAML. */
  readonly json?: string;
}

type Places = Pick<Project, "root" | "stackFile">;

/**
 * Reads the release of a stack: from the stack's file, else from Pulumi.yaml, which holds for every stack that does not
 * say otherwise. What is written goes into the stack's file in both cases.
 *
 * @throws Failure (2) when a file is not what the engine reads, or none holds a release.
 */
export function readStackFile({ root, stackFile }: Places): StackFile {
  const text = existsSync(stackFile) ? readText(stackFile) : "";
  const found = findRelease(stackFile, configIn(stackFile, text)) ?? releaseOfProject(root);
  if (found !== undefined) return { path: stackFile, text, ...found };
  throw usageFailure(
    `${stackFile} has no ${releaseKey}. Write one (\`mlc init --stack <new>\` shows how it looks), or name another stack.`,
  );
}

/** The release in the text of a stack's file, as it is or was; undefined where it has none. @throws Failure (2) */
export const releaseIn = (path: string, text: string): unknown => findRelease(path, configIn(path, text))?.release;

type Found = Pick<StackFile, "release" | "key" | "json">;

function releaseOfProject(root: string): Found | undefined {
  const path = projectFileIn(root);
  if (path === undefined) return undefined;
  const found = findRelease(path, configIn(path, readText(path)), "value");
  return found && { release: found.release, key: releaseKey };
}

/** @param inside the key under which Pulumi.yaml holds what is not a text */
function findRelease(path: string, config: Readonly<Record<string, unknown>>, inside?: string): Found | undefined {
  const key = releaseKeys.find((each) => (config[each] ?? undefined) !== undefined);
  if (key === undefined) return undefined;
  const value = config[key];
  const written = inside !== undefined && isMapping(value) ? value[inside] : value;
  if (written === undefined) {
    throw usageFailure(
      `${path}: ${key} has no ${inside}. There, the engine wants a release one level deeper: ${inside}: { model: … }`,
    );
  }
  if (isMapping(written) && typeof written.secure === "string" && Object.keys(written).length === 1) {
    throw usageFailure(`${path}: ${key} is encrypted, and a release is read by people. Set it without --secret.`);
  }
  if (typeof written !== "string") return { release: written, key };
  try {
    return { release: JSON.parse(written), key, json: written };
  } catch (error) {
    throw usageFailure(`${path}: ${key} is a text and not JSON (${messageOf(error)}). Write it as YAML below the key.`);
  }
}

function configIn(path: string, text: string): Readonly<Record<string, unknown>> {
  const { config } = mapIn(path, text);
  return isMapping(config) ? config : {};
}

function mapIn(path: string, text: string): Readonly<Record<string, unknown>> {
  const { data, problems } = parseYaml(text);
  const [problem] = problems;
  if (problem) throw usageFailure(`${path}:${problem.line}:${problem.column}: ${problem.message}.`);
  return isMapping(data) ? data : {};
}

/** What Pulumi.yaml says. @throws Failure (2) when the engine would not read it. */
export const readProjectFile = (path: string): Readonly<Record<string, unknown>> => mapIn(path, readText(path));

/** @throws Failure (2) when the bytes are no UTF-8: written back, they would be others. */
function readText(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageFailure(`${path} is not UTF-8. Save it as UTF-8.`);
  }
}

/** The file's text with another release in it; whatever does not differ stays as it is, byte for byte. */
export function renderStackFile(file: StackFile, release: Release): string {
  const document = { ...release, rollout: rolesFirst(release.rollout) };
  try {
    return editYaml(
      file.text,
      ["config", file.key],
      file.json === undefined ? document : renderJson(document, file.json),
    );
  } catch (error) {
    if (!(error instanceof UneditableYaml)) throw error;
    throw usageFailure(
      `${file.path} cannot be edited here (${error.message}). Make this change by hand; ${file.key} becomes:\n${JSON.stringify(release, undefined, 2)}`,
    );
  }
}

/** JSON on as many lines as before. */
const renderJson = (document: unknown, before: string): string =>
  before.trim().includes("\n") ? `${JSON.stringify(document, undefined, 2)}\n` : JSON.stringify(document);

/** So that a new line comes to stand beside the line of the stable version. */
function rolesFirst({ stable, previous, candidate, weight, attempt, ...settings }: RolloutDocument): RolloutDocument {
  const roles = { stable, previous, candidate, weight, attempt };
  return {
    ...Object.fromEntries(Object.entries(roles).filter(([, value]) => value !== undefined)),
    stable,
    ...settings,
  };
}

/**
 * Replaces the file as a whole; its mode, its owner and a link to it stay.
 * @throws Failure (1) when somebody else changed it since it was read, or it cannot be written; it is as before then.
 */
export function writeStackFile(file: StackFile, text: string): void {
  const path = existsSync(file.path) ? realpathSync(file.path) : file.path;
  try {
    const before = existsSync(path) ? statSync(path) : undefined;
    if ((before ? readText(path) : "") !== file.text) {
      throw new Failure(
        exitCodes.error,
        `${basename(path)} was changed by somebody else in the meantime; nothing was written. Run the command again.`,
      );
    }
    writeAtomic(path, text, before ? { mode: before.mode & 0o777 } : {});
    if (before) keepOwner(path, before);
  } catch (error) {
    throw explainWrite(path, error);
  }
}

/** The system takes bits away from the mode of a new file, and gives it to who runs this. */
function keepOwner(path: string, before: Stats): void {
  chmodSync(path, before.mode & 0o777);
  if (process.getuid?.() === 0) chownSync(path, before.uid, before.gid);
}

function explainWrite(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // It is written beside its place and moved there: what refuses is the folder.
  const isBeside = "path" in error && error.path !== path;
  const sentence = explainSystemError(isBeside ? Object.assign(error, { path: dirname(path) }) : error);
  if (sentence === undefined) return error;
  return new Failure(exitCodes.error, `${basename(path)} cannot be written: ${sentence} It is as it was before.`);
}

/** The model's name, where it can be told. */
export function modelOf(release: unknown): string | undefined {
  const model = isMapping(release) ? release.model : undefined;
  return isMapping(model) && typeof model.name === "string" ? model.name : undefined;
}

/** The kind that a release names in a part; undefined where none can be read. */
export function kindIn(release: unknown, part: "platform" | "archive" | "modelRegistry"): string | undefined {
  const named = isMapping(release) ? release[part] : undefined;
  return isMapping(named) && typeof named.kind === "string" ? named.kind : undefined;
}

/** The model's name from files that may be broken in every way. */
export function modelIn(places: Places): string | undefined {
  try {
    return modelOf(readStackFile(places).release);
  } catch {
    return undefined;
  }
}
