import { isDeepStrictEqual } from "node:util";
import { type Data, valueAt } from "../api/object.ts";

/**
 * Fields whose change makes another object of it, by kind. A ConfigMap's and a Secret's content is among them although
 * a server would take the change. Source: pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew), seen at 4.32.
 */
const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["data", "binaryData"],
  Secret: ["data", "stringData", "type"],
  Service: ["spec.clusterIP"],
  PersistentVolumeClaim: ["spec"],
  ResourceQuota: ["spec.scopes"],
  Deployment: ["spec.selector"],
  Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  RoleBinding: ["roleRef"],
};

const ALWAYS = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

/** The ways of what differs and makes another object. */
export const replacing = (kind: string, before: Data, after: Data): readonly string[] =>
  [...ALWAYS, ...(FORCE_NEW[kind] ?? [])].filter((way) => {
    const [was, is] = [before, after].map((each) => valueAt(each, ...way.split(".")));
    return !isDeepStrictEqual(was, is);
  });
