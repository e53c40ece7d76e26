import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import { loadSource, type SourcePart } from "../../../sources/load-source.ts";
import { lockProblems } from "./python-lock.ts";

/** A version and what answers for it. */
interface Served {
  readonly version: string;
  readonly serve?: ResolvedCommandRuntime;
  readonly source?: SourcePart;
  /** The project's folder, absolute. */
  readonly projectDir: string;
}

/** Why a version's program cannot run here, one sentence for each reason; found before anything is deployed. */
export async function runtimeProblems(served: Served): Promise<readonly string[]> {
  const { version, serve, source, projectDir } = served;
  if (serve === undefined) return [];
  const at = `model-lifecycle:release.versions.${version}.serve`;
  // Who listens where, and which processes are a program's, is read from /proc.
  if (process.platform !== "linux") {
    return [
      `${at}.kind: seen "command" on ${process.platform}; allowed: Linux. Deploy from Linux, or serve a folder with model.json.`,
    ];
  }
  if (serve.python === undefined || source === undefined) return [];
  const { place, read } = await loadSource(source, { root: projectDir });
  const { lock, version: python } = serve.python;
  const text = await read(lock);
  if (text === undefined) {
    return [
      `${at}.python.lock: seen ${JSON.stringify(lock)}, which is no file in ${place}; allowed: a lock file among the pinned files. Write it there, and run \`mlc pin\`.`,
    ];
  }
  return lockProblems(text, python).map(
    ({ seen, allowed, cure }) => `${at}.python.lock: seen ${seen}; allowed: ${allowed}. ${cure}`,
  );
}
