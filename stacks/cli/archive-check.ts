import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { HostError, messageOf } from "../../components/host/host-error.ts";
import { type Problem, parseRelease } from "../../components/release/index.ts";
import { broughtBy } from "../../components/release/kind.ts";
import { platformKinds } from "../../components/release/kinds.ts";
import { requireRecord } from "../records.ts";
import { type Change, policyPacksOf } from "./change.ts";
import { condense } from "./condense.ts";
import { exitCodes, Failure, problemsFailure } from "./failure.ts";
import type { ChangeOptions } from "./options.ts";
import { type EngineRun, findTheEngine, type PlannedResource, runEngine } from "./run-engine.ts";
import { releaseKey } from "./stack-file.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Asks the engine, with a preview of the changed configuration, whether the program keeps an archive of the version.
 * @throws Failure (2) when it keeps none, or there is no engine to ask; (1) when the preview fails.
 */
export async function refuseWithoutArchive(
  terminal: Terminal,
  options: ChangeOptions,
  change: Change,
  version: string,
): Promise<void> {
  const engine = await findTheEngine(terminal).catch((error: unknown) => {
    throw withoutArchive(version, {
      seen: `no engine to ask whether the program keeps an archive of it: ${messageOf(error)}`,
      cure: `Run this where an engine is. Where the program is known to keep it: mlc archive ${version} --force --reason WHY`,
    });
  });
  terminal.say(`Asking the engine whether the program keeps an archive of ${version} (pulumi preview) …`);
  const run = await previewOf(terminal, options, change, engine);
  if (run.interrupted) throw new Failure(exitCodes.interrupted, "Stopped by ctrl-C. Nothing was written.");
  if (run.code !== 0) {
    const reasons = condense(run.errors).map((line) => `  ${line}\n`);
    throw new Failure(
      exitCodes.error,
      `${reasons.join("")}The engine's preview ended with exit code ${run.code}: whether the program keeps an archive of ${version} is not known. Nothing was written.`,
    );
  }
  const { name } = change.release.model;
  if (run.resources.some((resource) => isArchiveOf(resource, name, version))) return;
  throw withoutArchive(version, {
    seen: "a program that keeps no archive of it",
    cure: `Add to the program: import { ModelRetirement } from "pulumi-model-lifecycle"; import { localArchive } from "pulumi-model-lifecycle/platforms/local"; new ModelRetirement("${name}-retirement", { release, endpoint, store: localArchive() });`,
  });
}

/**
 * Reads every archived file of the version now.
 * @throws Failure (2) when the archive is not there, not whole, or not on this machine.
 */
export async function refuseWithoutRecord({ project, release }: Change, version: string): Promise<void> {
  const { dataPlane } = project;
  const { archive, platform, versions } = parseRelease(release);
  const content = versions[version]?.source.content;
  const expected = { model: release.model.name, version, ...(content === undefined ? {} : { content }) };
  const isElsewhere = archive !== undefined && archive.kind !== broughtBy(platformKinds, platform).archive?.kind;
  if (!isElsewhere && !(await dataPlane.exists())) {
    throw withoutArchive(version, {
      seen: `no state folder at ${dataPlane.place}`,
      cure: "Run this on the machine that keeps the archive; its files are verified there before anything is written.",
    });
  }
  const asked = isElsewhere ? requireRecord(archive, expected, process.env) : dataPlane.requireArchive(expected);
  await asked.catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error;
    const { path, seen, cure } = error.problem;
    throw withoutArchive(version, { seen: `${path}: ${seen}`, cure });
  });
}

async function previewOf(
  terminal: Terminal,
  options: ChangeOptions,
  { project, file, text }: Change,
  engine: string,
): Promise<EngineRun> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-"));
  try {
    const proposed = join(folder, basename(file.path));
    writeFileSync(proposed, text, { mode: 0o600 });
    const packs = policyPacksOf(options).flatMap((pack) => ["--policy-pack", pack]);
    const args = ["preview", "--stack", project.stack, "--config-file", proposed, ...packs];
    return await runEngine(terminal, project, engine, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isArchiveOf = ({ type, inputs }: PlannedResource, model: string, version: string): boolean =>
  type === "model-lifecycle:index:ModelArchive" && inputs.model === model && inputs.version === version;

const withoutArchive = (version: string, found: Pick<Problem, "seen" | "cure">): Failure =>
  problemsFailure([
    {
      path: `${releaseKey}.retirement.${version}.phase`,
      allowed: `a verified archive of ${version}, kept by the program`,
      ...found,
    },
  ]);
