import { byDigest } from "../../../registry/reference.ts";
import type { Problem, ResolvedRelease } from "../../../release/index.ts";
import type { ResolvedSource } from "../../../release/resolved.ts";
import type { ResolvedServer } from "../document/resolved.ts";

/** The files of a version, which stand beside what answers. */
export type Files =
  /** An image that is mounted. */
  | { readonly kind: "image"; readonly image: string }
  /** An image that copies them out of a directory of its own. */
  | { readonly kind: "copy"; readonly image: string; readonly directory: string }
  /** A volume; of an empty path all of it. */
  | { readonly kind: "claim"; readonly claim: string; readonly path: string };

/** What a version's pods are made of. */
export interface Images {
  /** The one that answers. */
  readonly image: string;
  /** Absent: the image that answers has them. */
  readonly files?: Files;
}

/** Versions that come with a server of their own where the platform brings one, and those that come without where it brings none. */
export function imageProblems({ versions, origin }: ResolvedRelease, { image }: ResolvedServer): readonly Problem[] {
  const path = `${origin}.platform.server.image`;
  return Object.entries(versions).flatMap(([version, { source, deployed }]): readonly Problem[] => {
    const isFiles = filesOf(source) !== undefined;
    if (!deployed || isFiles === (image !== undefined)) return [];
    return image === undefined
      ? [
          {
            path,
            seen: `nothing, and version ${version}, which is files`,
            allowed: "the image of a server with its digest",
            cure: `Add server.image, or name an image that answers by itself at the source of ${version}.`,
          },
        ]
      : [
          {
            path,
            seen: `"${image}", and version ${version}, whose image answers by itself`,
            allowed: "one of the two",
            cure: `Remove server.image, or write as: volume or as: copy at the source of ${version}.`,
          },
        ];
  });
}

/** The files of a version, where they are not in the image that answers. */
function filesOf(source: ResolvedSource): Files | undefined {
  if ("claim" in source) return { kind: "claim", claim: source.claim, path: source.path };
  if (!("image" in source) || source.as === "container") return undefined;
  const image = byDigest(source.image, source.content);
  return source.as === "volume"
    ? { kind: "image", image }
    : { kind: "copy", image, directory: source.directory ?? "/models" };
}

/** The images of a version, by digest. @throws RangeError for a version that nothing is named for */
export function imagesOf({ versions }: ResolvedRelease, version: string, { image }: ResolvedServer): Images {
  const source = versions[version]?.source;
  const files = source && filesOf(source);
  if (files !== undefined && image !== undefined) return { image, files };
  if (source === undefined || !("image" in source)) throw new RangeError(`version ${version} names no image`);
  return { image: byDigest(source.image, source.content) };
}
