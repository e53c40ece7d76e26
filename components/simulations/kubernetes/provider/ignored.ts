import { readFields } from "../api/field-set.ts";
import { type Data, type KubernetesObject, valueAt, withValueAt } from "../api/object.ts";

/**
 * What is applied, where the program ignores changes of some fields: one that somebody else has alone is left out, any
 * other stays as it is. Source: pulumi-kubernetes, provider/pkg/await/await.go (handleSSAIgnoreFields), seen at 4.32.
 */
export function withIgnored(inputs: Data, live: KubernetesObject, ignoring: readonly string[], manager: string): Data {
  const owned = (live.metadata.managedFields ?? []).map((each) => ({
    isOwn: each.manager === manager,
    ways: readFields(each.fieldsV1),
  }));
  const isOf = (isOwn: boolean, way: readonly string[]): boolean => {
    const start = JSON.stringify(way.map((name) => `f:${name}`)).slice(0, -1);
    return owned.some((each) => each.isOwn === isOwn && [...each.ways].some((one) => one.startsWith(start)));
  };
  return ignoring.reduce<Data>((applied, path) => {
    const way = path.split(".");
    if (isOf(false, way) && !isOf(true, way)) return withValueAt(applied, way, undefined);
    const there = valueAt(live, ...way);
    return there === undefined ? applied : withValueAt(applied, way, there);
  }, inputs);
}
