import { isDeepStrictEqual } from "node:util";
import { type Data, isRecord, type KubernetesObject, recordOf } from "./object.ts";

/** Kinds that count their changes are those with a spec. */
export const hasGeneration = (object: Data): boolean =>
  isRecord(object.spec) &&
  !["Namespace", "Service", "ServiceAccount", "PersistentVolumeClaim", "ResourceQuota"].includes(String(object.kind));

/** The object without what controllers say of it. */
export const withoutStatus = ({ status: _status, ...object }: KubernetesObject): KubernetesObject =>
  object as KubernetesObject;

/** What of the metadata a writer does not decide. */
export const keptMetadata = ({ metadata }: KubernetesObject): Data => {
  const {
    managedFields: _managed,
    labels: _labels,
    annotations: _annotations,
    finalizers: _finalizers,
    ownerReferences: _owners,
    ...kept
  } = metadata;
  return kept;
};

/** What of the metadata a writer decides. */
export const givenMetadata = ({ labels, annotations, finalizers, ownerReferences }: Data): Data =>
  Object.fromEntries(
    Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(([, value]) => value !== undefined),
  );

/** An address that was given is kept where nothing is said. Source: pkg/registry/core/service/storage (patchAllocatedValues). */
export function keptAddress(before: KubernetesObject, after: KubernetesObject): KubernetesObject {
  if (before.kind !== "Service") return after;
  const given = recordOf(before.spec);
  const spec = recordOf(after.spec);
  const fields = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"].filter(
    (field) => spec[field] === undefined && given[field] !== undefined,
  );
  return { ...after, spec: { ...spec, ...Object.fromEntries(fields.map((field) => [field, given[field]])) } };
}

/** The object with the managers that another one has. */
export const withManagersOf = (
  object: KubernetesObject,
  { metadata: { managedFields } }: KubernetesObject,
): KubernetesObject =>
  managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };

/** What counts as a change of a kind that counts them. */
export const contentOf = ({ metadata: _metadata, status: _status, ...content }: KubernetesObject): Data => content;

/** A write that changes nothing makes no new version. */
export const isSame = (a: KubernetesObject, b: KubernetesObject): boolean => {
  const plain = ({
    metadata: { resourceVersion: _version, managedFields = [], ...metadata },
    ...object
  }: KubernetesObject) => ({
    ...object,
    metadata,
    managed: managedFields.map(({ time: _time, ...each }) => each),
  });
  return isDeepStrictEqual(plain(a), plain(b));
};
