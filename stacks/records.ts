import type { RecordWanted, RequireRecord } from "../components/archives/record.ts";
import type { ResolvedArchive } from "../components/release/index.ts";

/**
 * Reads all that is archived of a version, where the release keeps archives apart from its platform. The folder of a kind
 * has the kind's name.
 * @throws HostError unless the archive is there and whole
 */
export async function requireRecord(
  part: ResolvedArchive,
  wanted: RecordWanted,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const found: { readonly requireRecord: RequireRecord } = await import(
    `../components/archives/${part.kind}/record.ts`
  );
  return found.requireRecord(part, wanted, env);
}
