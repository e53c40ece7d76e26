import type { KubernetesObject } from "./object.ts";
import { type Data, recordOf, recordsOf, valueAt, withValueAt } from "./object.ts";

/** The way to the template of its pods, of each kind that makes some. */
export const templateWay: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

const podOf = (object: KubernetesObject | undefined, way: readonly string[]): Data =>
  recordOf(valueAt(object, ...way, "spec"));

const isImage = (volume: Data): boolean => volume.image !== undefined;

/**
 * An object as a server keeps it whose feature `ImageVolume` is off, as it is in 1.34 where nobody turns it on: volumes
 * that are images are left out without a word, and so is what mounts them. One that is there stays.
 * Source: k8s.io/kubernetes v1.34.1 pkg/api/pod/util.go (dropImageVolumes)
 */
export function withoutImageVolumes(object: KubernetesObject, before: KubernetesObject | undefined): KubernetesObject {
  const way = templateWay[object.kind];
  if (way === undefined || recordsOf(podOf(before, way).volumes).some(isImage)) return object;
  const pod = podOf(object, way);
  const gone = new Set(
    recordsOf(pod.volumes)
      .filter(isImage)
      .map(({ name }) => name),
  );
  if (gone.size === 0) return object;
  const left = (list: unknown, isGone: (each: Data) => boolean): readonly Data[] | undefined => {
    const kept = recordsOf(list).filter((each) => !isGone(each));
    return kept.length === 0 ? undefined : kept;
  };
  const containers = ["containers", "initContainers"].flatMap((list) =>
    Array.isArray(pod[list])
      ? [
          [
            list,
            recordsOf(pod[list]).map((each) =>
              withValueAt(
                each,
                ["volumeMounts"],
                left(each.volumeMounts, ({ name }) => gone.has(name)),
              ),
            ),
          ],
        ]
      : [],
  );
  const after = withValueAt({ ...pod, ...Object.fromEntries(containers) }, ["volumes"], left(pod.volumes, isImage));
  return withValueAt(object, [...way, "spec"], after) as KubernetesObject;
}
