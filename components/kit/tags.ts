import type { ResolvedRelease } from "../release/index.ts";

/** Tags by key. They say something about a resource and decide nothing: a change updates it in place. */
export type Tags = Readonly<Record<string, string>>;

/** What everything made for a model is tagged with; the caller's own tags win. */
export const tagsOf = ({ model }: ResolvedRelease, own: Tags = {}): Tags => ({
  model: model.name,
  owner: model.owner,
  "managed-by": "pulumi-model-lifecycle",
  ...own,
});
