import { type GoldenFile, readGolden } from "../../../release/golden-file.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { askGolden, protocolsOf } from "./ask-golden.ts";
import { failuresOf, type VersionChecks } from "./golden-failures.ts";

/** A version and what is asked of it. */
export interface CheckedVersion {
  readonly model: string;
  readonly version: string;
  readonly checks: VersionChecks;
  /** What answers for it: only `/predict` is the same whoever does. @default - the model server of the library */
  readonly serve?: object;
  /** The project's folder, absolute. */
  readonly projectDir: string;
}

/** What is wrong with the file of golden requests, one sentence for each fault; nothing when there is no such file to check. */
export async function checkGoldenFile(checked: CheckedVersion): Promise<readonly string[]> {
  const { checks, projectDir } = checked;
  return checks.golden === undefined ? [] : sentencesOf(checked, await readGolden(projectDir, checks.golden));
}

/**
 * Asks a running version every golden request in every form that clients use.
 * @throws Error with everything that does not hold; the version is never routed then.
 */
export async function checkVersion(folder: StateFolder, socket: string, checked: CheckedVersion): Promise<void> {
  const { model, version, checks, projectDir } = checked;
  if (checks.golden === undefined) return;
  const golden = await readGolden(projectDir, checks.golden);
  const failures =
    golden.faults.length > 0
      ? sentencesOf(checked, golden)
      : failuresOf(
          checks,
          await askGolden(folder.path(socket), model, golden.requests, { protocols: protocolsOf(checked) }),
        );
  if (failures.length === 0) return;
  const lines = failures.map((failure) => `  ${failure}`);
  throw new Error([`version ${version} fails its checks and is not routed:`, ...lines].join("\n"));
}

const sentencesOf = ({ version }: CheckedVersion, { faults }: GoldenFile): readonly string[] =>
  faults.map(
    ({ seen, allowed, cure }) =>
      `model-lifecycle:release.versions.${version}.checks.golden: seen ${seen}; allowed: ${allowed}. ${cure}`,
  );
