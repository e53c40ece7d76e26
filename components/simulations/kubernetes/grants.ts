import type { Target } from "./api/request.ts";

/** What somebody may do, as a Role says it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** @default all of them */
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Who asks, by the token that the request brings. */
export interface Grant {
  /** `system:serviceaccount:team:sentiment-controller` */
  readonly user: string;
  /** @default everything */
  readonly rules?: readonly PolicyRule[];
  /** Where the rules hold. @default everywhere */
  readonly namespace?: string;
}

/** The verb of a request as Roles name it. Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
export function verbOf(method: string, { name }: Pick<Target, "name">): string {
  if (method === "GET") return name === undefined ? "list" : "get";
  const verbs: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
  return verbs[method] ?? method.toLowerCase();
}

/** Why a request is refused; undefined when it may be made. */
export function refusalBy(grant: Grant, method: string, target: Target): string | undefined {
  const { kind, namespace = "", name = "", subresource } = target;
  const verb = verbOf(method, target);
  const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
  const has = (list: readonly string[], wanted: string): boolean => list.includes("*") || list.includes(wanted);
  const isGranted = (grant.rules ?? []).some(
    ({ apiGroups, resources, resourceNames, verbs }) =>
      has(apiGroups, kind.group) &&
      has(resources, resource) &&
      has(verbs, verb) &&
      (resourceNames === undefined || resourceNames.includes(name)),
  );
  if (grant.rules === undefined || (isGranted && (grant.namespace === undefined || grant.namespace === namespace)))
    return undefined;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`;
  return `User "${grant.user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
}
