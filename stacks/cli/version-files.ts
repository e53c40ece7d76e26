import { join } from "node:path";
import { readGolden } from "../../components/release/golden-file.ts";
import type { Problem } from "../../components/release/index.ts";
import { hashDirectory, UnhashableError } from "../../components/sources/index.ts";
import { isMapping } from "./render-yaml.ts";
import { releaseKey } from "./stack-file.ts";

/** A version whose content is a directory of the project, as the document names it; the hash may be missing or wrong. */
export interface PathVersion {
  readonly name: string;
  readonly path: string;
  readonly sha256: unknown;
}

/** Read from a document that need not be valid: a version that is not pinned yet makes it invalid. */
export function pathVersions(release: unknown): readonly PathVersion[] {
  const versions = isMapping(release) && isMapping(release.versions) ? release.versions : {};
  return Object.entries(versions).flatMap(([name, version]) => {
    const source = isMapping(version) && isMapping(version.source) ? version.source : {};
    return source.kind === "path" && typeof source.path === "string"
      ? [{ name, path: source.path, sha256: source.sha256 }]
      : [];
  });
}

/** The hash of a version's directory, or what keeps it from being hashed. */
export async function hashVersion(root: string, { name, path }: PathVersion): Promise<string | Problem> {
  const where = { path: `${releaseKey}.versions.${name}.source.path` };
  try {
    return await hashDirectory(join(root, path));
  } catch (error) {
    if (error instanceof UnhashableError) {
      return {
        ...where,
        seen: error.message,
        allowed: "a directory of regular files",
        cure: "Remove what cannot be pinned.",
      };
    }
    if (!isMissing(error)) throw error;
    return {
      ...where,
      seen: `"${path}", which does not exist in ${root}`,
      allowed: "a directory below the folder of Pulumi.yaml",
      cure: "Correct the path, or put the files there.",
    };
  }
}

/** Local files that are not there, or are not what the release pins. */
export async function checkFiles(root: string, release: unknown): Promise<readonly Problem[]> {
  const versions = await Promise.all(
    pathVersions(release)
      .filter(isDeployed(release))
      .map((version) => checkVersion(root, version)),
  );
  return [...versions.flat(), ...(await checkGoldenFiles(root, release))];
}

async function checkVersion(root: string, version: PathVersion): Promise<readonly Problem[]> {
  const found = await hashVersion(root, version);
  if (typeof found !== "string") return [found];
  // A hash that is missing or malformed is a problem of the document already.
  if (found === version.sha256 || typeof version.sha256 !== "string" || !/^[0-9a-f]{64}$/.test(version.sha256))
    return [];
  return [
    {
      path: `${releaseKey}.versions.${version.name}.source.sha256`,
      seen: `"${version.sha256}"`,
      allowed: `"${found}", the hash of what is in ${version.path}`,
      cure: `Put the files back; or, when the new content is meant, give it a version of its own, or pin it: mlc pin ${version.name}`,
    },
  ];
}

async function checkGoldenFiles(root: string, release: unknown): Promise<readonly Problem[]> {
  const versions = isMapping(release) && isMapping(release.versions) ? Object.entries(release.versions) : [];
  const problems = versions.map(async ([name, version]): Promise<readonly Problem[]> => {
    const checks = isMapping(version) && isMapping(version.checks) ? version.checks : {};
    if (typeof checks.golden !== "string") return [];
    const { faults } = await readGolden(root, checks.golden);
    return faults.map((fault) => ({ path: `${releaseKey}.versions.${name}.checks.golden`, ...fault }));
  });
  return (await Promise.all(problems)).flat();
}

/** The files of a retired version may be gone. */
const isDeployed =
  (release: unknown) =>
  ({ name }: PathVersion): boolean => {
    const retirement = isMapping(release) && isMapping(release.retirement) ? release.retirement[name] : undefined;
    return !(isMapping(retirement) && retirement.phase === "retired");
  };

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
