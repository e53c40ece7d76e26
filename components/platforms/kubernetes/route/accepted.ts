/** One thing that is so, or not. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  /** The specification that this is about. */
  readonly observedGeneration?: number;
}

/** What one implementation says of a route at one Gateway, or at one of its listeners. */
export interface RouteParent {
  readonly parentRef: { readonly name: string; readonly namespace?: string };
  readonly conditions?: readonly Condition[];
}

/** What a Gateway has to say of a route before requests come in by it, and go where it says. */
const WANTED = ["Accepted", "ResolvedRefs"];

/** What a Gateway has said of a route; its last word counts, also when it is of an older specification. */
export type Acceptance =
  | { readonly kind: "accepted" }
  /** Nobody has looked: the Gateway's implementation does not run, or does not know of the route. */
  | { readonly kind: "unseen" }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Whether a Gateway takes a route.
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/ (RouteParentStatus, RouteConditionType)
 * @param namespace the route's, where a parent names none
 */
export function acceptanceOf(
  parents: readonly RouteParent[],
  gateway: { readonly name: string; readonly namespace: string },
  namespace: string,
): Acceptance {
  const own = parents.filter(
    ({ parentRef }) => parentRef.name === gateway.name && (parentRef.namespace ?? namespace) === gateway.namespace,
  );
  const said = own.flatMap(({ conditions = [] }) => conditions).filter(({ type }) => WANTED.includes(type));
  if (said.length === 0) return { kind: "unseen" };
  const no = said.filter(({ status }) => status === "False");
  return no.length === 0 ? { kind: "accepted" } : { kind: "refused", why: no.map(inWords).join("; ") };
}

/** `Programmed: False, AddressNotAssigned`. */
export const inWords = ({ type, status, reason = "", message = "" }: Condition): string =>
  [`${type}: ${status}`, [reason, message].filter(Boolean).join(" ")].filter(Boolean).join(", ");
