import type { Kind } from "../api/kinds.ts";

/** The path of an object, or of the collection it belongs to. */
export function pathOf({ group, version, plural, namespaced }: Kind, namespace: string, name?: string): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${within}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
