import type { ArchiveStore } from "../components/archives/archive-store.ts";
import type { Monitor } from "../components/monitors/monitor.ts";
import type { ServingPlatform } from "../components/platforms/platform.ts";
import type { ResolvedRelease } from "../components/release/index.ts";

type PlatformKind = ResolvedRelease["platform"]["kind"];

/** Where a model is served, and what watches and keeps it there unless a program chooses otherwise. */
export interface PlatformParts {
  readonly platform: ServingPlatform;
  readonly monitor: Monitor;
  readonly store: ArchiveStore;
}

/** The only place that names all platforms; each is loaded when a release asks for it. */
const loaders: { readonly [K in PlatformKind]: () => Promise<PlatformParts> } = {
  async local() {
    const { local, localArchive, localDocuments } = await import("../components/platforms/local/index.ts");
    return { platform: local(), monitor: localDocuments(), store: localArchive() };
  },
};

/** Loads what a release asks for, and no other platform's code. */
export const loadPlatform = (kind: PlatformKind): Promise<PlatformParts> => loaders[kind]();
