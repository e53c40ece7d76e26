import type { ServingPlatform } from "../components/platforms/platform.ts";
import type { ResolvedRelease } from "../components/spec/index.ts";

type PlatformKind = ResolvedRelease["platform"]["kind"];

/** The only place that names all platforms; each is loaded when a release asks for it. */
const loaders: { readonly [K in PlatformKind]: () => Promise<ServingPlatform> } = {
  local: async () => (await import("../components/platforms/local/index.ts")).local(),
};

export const loadPlatform = (kind: PlatformKind): Promise<ServingPlatform> => loaders[kind]();
