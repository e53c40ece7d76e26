import type { Problem } from "../../../release/index.ts";
import type { Files } from "./images.ts";

/** The part of a Deployment that a server gives back. */
export interface KeptPods {
  readonly template: { readonly spec?: { readonly volumes?: readonly { readonly image?: unknown }[] } };
}

/**
 * What a server has kept of an image volume: one whose feature is off drops it without a word, and the pods would start
 * without their files. A preview asks as well: it is given what the server would keep.
 * @param origin where the release stands
 */
export function droppedProblems(
  { template: { spec } }: KeptPods,
  files: Files | undefined,
  { origin, version }: { readonly origin: string; readonly version: string },
): readonly Problem[] {
  if (files?.kind !== "image" || (spec?.volumes ?? []).some(({ image }) => image !== undefined)) return [];
  return [
    {
      path: `${origin}.versions.${version}.source.as`,
      seen: '"volume", and a cluster that drops image volumes without a word',
      allowed: "volume from Kubernetes 1.35 on, or with the feature ImageVolume from 1.33 on",
      cure: "Write as: copy, or turn the feature ImageVolume on.",
    },
  ];
}
