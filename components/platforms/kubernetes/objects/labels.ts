import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { labels } from "../route/annotations.ts";

/** Which object of whom. */
export interface Whose {
  readonly model: string;
  /** Absent: the object is all versions'. */
  readonly version?: string;
}

/** What an object is called, and what it carries. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What pods are found by. It never changes: another selector is another Deployment, with a gap between the two. */
export const selectorOf = ({ model, version }: Whose): Readonly<Record<string, string>> => ({
  [labels.model]: model,
  ...(version !== undefined && { [labels.version]: version }),
});

/** What every object of a model carries: the team's labels and annotations, and those that it is found by. */
export function metadataOf(
  name: string,
  whose: Whose,
  { namespace, labels: own, annotations }: ResolvedKubernetesPlatform,
  more: Readonly<Record<string, string>> = {},
): Metadata {
  return {
    name,
    namespace,
    labels: { ...own, ...foundBy(whose) },
    annotations: { ...annotations, ...more },
  };
}

/**
 * The team's annotations, for what is not one of the program's own objects: without any the field is left out, because a server
 * keeps no empty one, and a refresh would then see a difference for ever.
 */
export const annotated = ({
  annotations,
}: Pick<ResolvedKubernetesPlatform, "annotations">): { readonly annotations?: Readonly<Record<string, string>> } =>
  Object.keys(annotations).length === 0 ? {} : { annotations };

/** The labels that the library writes. */
export const foundBy = (whose: Whose): Readonly<Record<string, string>> => ({
  "app.kubernetes.io/name": whose.model,
  "app.kubernetes.io/managed-by": "pulumi-model-lifecycle",
  ...selectorOf(whose),
});
