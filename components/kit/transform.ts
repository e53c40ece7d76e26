import * as pulumi from "@pulumi/pulumi";

/**
 * The way to change what a component gives to one of its children.
 *
 * An object replaces the named arguments; a function gets arguments, options and name and returns the ones to use.
 */
export type Transform<Args extends object> =
  | Partial<Args>
  | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => Transformed<Args>);

/** What a transform function gives back: everything that the child is constructed with. */
export interface Transformed<Args extends object> {
  readonly args?: Args;
  readonly opts?: pulumi.CustomResourceOptions;
}

/** Applies a child's transform: the triple to construct the child with. */
export function transformed<Args extends object>(
  transform: Transform<Args> | undefined,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions,
): readonly [name: string, args: Args, opts: pulumi.CustomResourceOptions] {
  if (transform === undefined) return [name, args, opts];
  if (typeof transform !== "function") return [name, { ...args, ...transform }, opts];
  const result = transform(args, opts, name);
  return [name, result.args ?? args, result.opts ? pulumi.mergeOptions(opts, result.opts) : opts];
}
