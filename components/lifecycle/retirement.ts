import type { Release, ResolvedRelease, RetirementDocument, VersionNotice } from "../release/index.ts";

/** The notice of a version on its way out. */
export function noticeOf({ retirement }: ResolvedRelease, version: string): VersionNotice | undefined {
  return Object.hasOwn(retirement, version) ? retirement[version] : undefined;
}

/** The document with a version's way out entered or changed. */
export function withRetirement(release: Release, version: string, entry: RetirementDocument): Release {
  return { ...release, retirement: { ...release.retirement, [version]: entry } };
}

/** The document without a version's way out; the last one takes the section with it. */
export function withoutRetirement(release: Release, version: string): Release {
  const { [version]: _withdrawn, ...others } = release.retirement ?? {};
  const { retirement: _retirement, ...rest } = release;
  return Object.keys(others).length === 0 ? rest : { ...rest, retirement: others };
}
