import { digestOf } from "./digest.ts";

/** A repository of a registry. */
export interface RepositoryName {
  /** Host, and port where it has one. */
  readonly registry: string;
  readonly repository: string;
}

/** What an image is called, in its parts. */
export interface Reference extends RepositoryName {
  readonly tag: string;
}

/** Takes a repository with its registry apart. */
export function readRepositoryName(name: string): RepositoryName {
  const [, registry = "", repository = ""] = /^([^/]+)\/(.+)$/.exec(name) ?? [];
  return { registry, repository };
}

/** Takes an image with registry and tag apart. */
export function readReference(image: string): Reference {
  const [, name = "", tag = ""] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  return { ...readRepositoryName(name), tag };
}

/** What a cluster pulls from a repository. */
export const pulledFrom = (name: string, content: string): string => `${name}@${digestOf(content)}`;

/** The image by its digest: what is served, whatever the tag is by now. */
export function byDigest(image: string, content: string): string {
  const { registry, repository } = readReference(image);
  return pulledFrom(`${registry}/${repository}`, content);
}
