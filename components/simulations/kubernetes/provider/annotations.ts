import { type Data, valueAt } from "../api/object.ts";

/** What an object says to the provider. Source: https://www.pulumi.com/registry/packages/kubernetes/ (annotations). */
export const annotation = (object: Data, name: string): string | undefined => {
  const value = valueAt(object, "metadata", "annotations", `pulumi.com/${name}`);
  return value === undefined ? undefined : String(value);
};

/** Its name was made up, so a replacement has another. */
export const isAutonamed = (object: Data): boolean => annotation(object, "autonamed") === "true";
