import type { ArchiveStore, LoadStore } from "../components/archives/archive-store.ts";
import type { LoadMonitor, Monitor } from "../components/monitors/monitor.ts";
import type { LoadPlatform, ServingPlatform } from "../components/platforms/platform.ts";
import type { ResolvedRelease } from "../components/release/index.ts";

/** Where a model is served, what watches it, and where its archives are kept, as its release says. */
export interface Parts {
  readonly platform: ServingPlatform;
  /** Absent when neither the release nor its platform names one. */
  readonly monitor?: Monitor;
  /** Absent when neither the release nor its platform names one. */
  readonly store?: ArchiveStore;
}

/** Loads what a release asks for, and no other kind's code: the folder of a kind has the kind's name. */
export async function loadParts({ platform: where, monitor, archive }: ResolvedRelease): Promise<Parts> {
  const { load }: { load: LoadPlatform } = await import(`../components/platforms/${where.kind}/load.ts`);
  const platform = load(where);
  return {
    platform,
    ...(monitor && { monitor: (await loadMonitor(monitor.kind))(monitor, platform) }),
    ...(archive && { store: (await loadStore(archive.kind))(archive, platform) }),
  };
}

async function loadMonitor(kind: string): Promise<LoadMonitor> {
  const { load }: { load: LoadMonitor } = await import(`../components/monitors/${kind}/load.ts`);
  return load;
}

async function loadStore(kind: string): Promise<LoadStore> {
  const { load }: { load: LoadStore } = await import(`../components/archives/${kind}/load.ts`);
  return load;
}
