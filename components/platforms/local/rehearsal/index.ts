import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimHolder } from "../../../host/claim.ts";
import { messageOf } from "../../../host/host-error.ts";
import { identify, stopProcess } from "../../../host/process-identity.ts";
import { loadSource, withoutPin } from "../../../sources/load-source.ts";
import type { Rehearsal, RehearsalRequest } from "../../rehearsal.ts";
import { storeArtifact } from "../state-folder/artifacts.ts";
import { bindTo } from "../state-folder/bound.ts";
import { openStateFolder, type StateFolder } from "../state-folder/folder.ts";
import { directories, socketPath } from "../state-folder/paths.ts";
import { askFor, end, type ModelProcess, waitUntilReady, withEnvironment } from "../versions/model-process.ts";
import { runtimeProblems } from "../versions/runtime-problems.ts";
import { checkGoldenFile } from "../versions/version-checks.ts";
import { answersOf } from "./answers.ts";

const STOPPED_WITHIN_MS = 5_000;

/** Serves a version from a folder of its own, as `up` would serve it, and asks it what `up` would ask, and what it takes and gives. */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const problems = await problemsOf(request);
  if (problems.length > 0) return notStarted(problems);
  const folder = openStateFolder(mkdtempSync(join(tmpdir(), "mlc-rehearsal-")));
  const self = identify(process.pid);
  if (self !== undefined) bindTo(folder, self);
  try {
    return await rehearseIn(folder, request);
  } finally {
    const supervisor = claimHolder(folder.path(directories.supervisor));
    if (supervisor !== undefined) await stopProcess(supervisor, { graceMs: STOPPED_WITHIN_MS });
    rmSync(folder.root, { recursive: true, force: true });
  }
}

const notStarted = (failures: readonly string[]): Rehearsal => ({ failures, asked: [], labels: new Map() });

/** What is wrong before anything is started. */
async function problemsOf({ root, model, version, part }: RehearsalRequest): Promise<readonly string[]> {
  const { source, serve, checks } = part;
  const known = { model, version, checks, projectDir: root, ...(serve !== undefined && { serve }) };
  return [...(await runtimeProblems({ ...known, source: withoutPin(source) })), ...(await checkGoldenFile(known))];
}

async function rehearseIn(folder: StateFolder, request: RehearsalRequest): Promise<Rehearsal> {
  const { root, model, version, part } = request;
  const { source, serve } = part;
  const { content } = source;
  const named = { process: "rehearsed", model, version, content, ...(serve !== undefined && { serve }) };
  const began = performance.now();
  try {
    await storeArtifact(folder, await loadSource(withoutPin(source), { root }), content);
    const wanted: ModelProcess = await withEnvironment(folder, named);
    await askFor(folder, wanted);
    await waitUntilReady(folder, wanted);
    const readyMs = performance.now() - began;
    return { readyMs, ...(await answersOf(folder.path(socketPath(named.process)), request)) };
  } catch (error) {
    return notStarted([messageOf(error)]);
  } finally {
    await end(folder, named);
  }
}
