import { Provider } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { type Tags, type Transform, transformed } from "../../kit/index.ts";

/** Where in a program objects are made. */
export interface Place {
  /** Logical name that every object's begins with. */
  readonly name: string;
  readonly parent: pulumi.ComponentResource;
  readonly tags: Tags;
  /** Absent: the one that the program's other objects of a cluster have. */
  readonly provider?: Provider;
}

/** The provider for a context of the kubeconfig. */
export const providerFor = (model: string, context: string): Provider => new Provider(`${model}-cluster`, { context });

interface Described {
  readonly metadata?: pulumi.Input<object | undefined>;
}

/** What an object is made with: its tags are annotations, and the caller's transform has the last word. */
export function objectAt<Args extends Described>(
  { name, parent, tags, provider }: Place,
  suffix: string,
  args: Args,
  transform?: Transform<Args>,
  more: pulumi.CustomResourceOptions = {},
): readonly [name: string, args: Args, opts: pulumi.CustomResourceOptions] {
  const opts = { parent, ...(provider !== undefined && { provider }), ...more };
  return transformed(transform, `${name}-${suffix}`, tagged(args, tags), opts);
}

function tagged<Args extends Described>(args: Args, tags: Tags): Args {
  const own = Object.entries(tags).map(([key, value]) => [`tag.model-lifecycle.dev/${key}`, value] as const);
  const metadata = { ...(args.metadata as { readonly annotations?: object } | undefined) };
  return { ...args, metadata: { ...metadata, annotations: { ...Object.fromEntries(own), ...metadata.annotations } } };
}
