import type { ArchiveStore, LoadStore } from "../components/archives/archive-store.ts";
import type { LoadRegistry, RegistryWriter } from "../components/model-registries/registry-writer.ts";
import type { LoadMonitor, Monitor } from "../components/monitors/monitor.ts";
import type { LoadPlatform, ServingPlatform } from "../components/platforms/platform.ts";
import type { ResolvedRelease } from "../components/release/index.ts";

/** Where a model is served, what watches it, where its archives are kept and which registry is told, as its release says. */
export interface Parts {
  readonly platform: ServingPlatform;
  /** Absent when neither the release nor its platform names one. */
  readonly monitor?: Monitor;
  /** Absent when neither the release nor its platform names one. */
  readonly store?: ArchiveStore;
  /** Absent when the release names none. */
  readonly registry?: RegistryWriter;
}

/**
 * Loads what a release asks for, and no other kind's code: one program then serves from a machine in one stack and from a
 * cluster in another.
 *
 * @example const { platform, monitor, store } = await loadParts(release)
 * @throws pulumi.RunError when the package of a platform is not installed: it says the line that installs it
 */
export async function loadParts({ platform: where, monitor, archive, modelRegistry }: ResolvedRelease): Promise<Parts> {
  const platform = (await loaderOf<LoadPlatform>("platforms", where.kind))(where);
  return {
    platform,
    ...(monitor && { monitor: (await loaderOf<LoadMonitor>("monitors", monitor.kind))(monitor, platform) }),
    ...(archive && { store: (await loaderOf<LoadStore>("archives", archive.kind))(archive, platform) }),
    ...(modelRegistry && {
      registry: (await loaderOf<LoadRegistry>("model-registries", modelRegistry.kind))(modelRegistry),
    }),
  };
}

/** What makes a kind: the folder of a kind has the kind's name. */
async function loaderOf<Load>(
  room: "platforms" | "monitors" | "archives" | "model-registries",
  kind: string,
): Promise<Load> {
  const { load }: { load: Load } = await import(`../components/${room}/${kind}/load.ts`);
  return load;
}
