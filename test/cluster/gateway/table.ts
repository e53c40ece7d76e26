import type { ApiObject, Metadata } from "../control-plane/watch.ts";

/** `gateway.networking.k8s.io/v1` HTTPRoute, as far as the stand-in reads it. */
export interface HttpRoute extends ApiObject {
  readonly spec: {
    readonly parentRefs?: readonly { readonly name: string; readonly namespace?: string }[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly RouteRule[];
  };
  readonly status?: {
    readonly parents?: readonly { readonly conditions?: readonly { readonly observedGeneration?: number }[] }[];
  };
}

interface RouteRule {
  readonly matches?: readonly { readonly headers?: readonly HeaderMatch[] }[];
  readonly filters?: readonly RouteFilter[];
  readonly timeouts?: { readonly request?: string };
  readonly backendRefs?: readonly (BackendRef & {
    readonly weight?: number;
    readonly filters?: readonly RouteFilter[];
  })[];
}

interface RouteFilter {
  readonly type: string;
  readonly responseHeaderModifier?: { readonly set?: readonly Header[]; readonly add?: readonly Header[] };
  readonly requestMirror?: {
    readonly backendRef: BackendRef;
    readonly percent?: number;
    readonly fraction?: { readonly numerator: number; readonly denominator?: number };
  };
}

interface BackendRef {
  readonly name: string;
  readonly namespace?: string;
  readonly port: number;
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface HeaderMatch extends Header {
  /** Absent: the very value. */
  readonly type?: "Exact" | "RegularExpression";
}

/** `discovery.k8s.io/v1` EndpointSlice, as far as the stand-in reads it. */
export interface EndpointSlice {
  readonly metadata: Metadata;
  readonly ports?: readonly { readonly port?: number; readonly name?: string }[];
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/** A service's port with the addresses that are ready. */
export interface Backend {
  /** Unique, and made of letters, digits, `-` and `_`: what metrics call it. */
  readonly id: string;
  readonly service: string;
  readonly addresses: readonly { readonly address: string; readonly port: number }[];
}

/** Which requests a rule is about and who answers them. */
export interface Rule {
  readonly hosts: readonly string[];
  /** All of them must be there. */
  readonly headers: readonly HeaderMatch[];
  readonly shares: readonly { readonly backend: string; readonly weight: number; readonly set: readonly Header[] }[];
  /** Copies of so many of 10,000 requests. */
  readonly mirror?: { readonly backend: string; readonly share: number };
  readonly set: readonly Header[];
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Everything that a data plane has to do. */
export interface Table {
  readonly backends: readonly Backend[];
  /** Those that ask for more come first. */
  readonly rules: readonly Rule[];
}

/** How a backend is called in metrics. */
export const backendId = (namespace: string, service: string, port: number): string =>
  `${namespace}_${service}_${port}`;

/** What the routes of one gateway ask for. @param gateway `namespace/name` */
export function tableOf(gateway: string, routes: readonly HttpRoute[], slices: readonly EndpointSlice[]): Table {
  const refs = new Map<string, Backend>();
  const refer = (namespace: string, ref: BackendRef): string => {
    const id = backendId(ref.namespace ?? namespace, ref.name, ref.port);
    refs.set(id, { id, service: ref.name, addresses: addressesOf(slices, ref.namespace ?? namespace, ref.name) });
    return id;
  };
  const rules = routes
    .filter((route) => isAttached(route, gateway))
    .flatMap(({ metadata: { namespace = "default" }, spec }) =>
      (spec.rules ?? []).flatMap((rule) => readRule(rule, spec.hostnames ?? ["*"], (ref) => refer(namespace, ref))),
    );
  return {
    backends: [...refs.values()].toSorted((a, b) => a.id.localeCompare(b.id)),
    rules: rules.toSorted((a, b) => b.headers.length - a.headers.length),
  };
}

const isAttached = ({ metadata, spec }: HttpRoute, gateway: string): boolean =>
  (spec.parentRefs ?? []).some(({ name, namespace }) => `${namespace ?? metadata.namespace}/${name}` === gateway);

function readRule(rule: RouteRule, hosts: readonly string[], refer: (ref: BackendRef) => string): readonly Rule[] {
  const shares = (rule.backendRefs ?? []).map((ref) => ({
    backend: refer(ref),
    weight: ref.weight ?? 1,
    set: headersOf(ref.filters),
  }));
  const mirrored = rule.filters?.find(({ requestMirror }) => requestMirror !== undefined)?.requestMirror;
  const mirror = mirrored && { backend: refer(mirrored.backendRef), share: mirroredShare(mirrored) };
  const set = headersOf(rule.filters);
  const matches = rule.matches ?? [{}];
  const timeoutMs = millisecondsOf(rule.timeouts?.request ?? "10s");
  return matches.map(({ headers = [] }) => ({ hosts, headers, shares, set, timeoutMs, ...(mirror && { mirror }) }));
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** A duration of the Gateway API (GEP-2257), such as `1s500ms`. */
const millisecondsOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)(ms|h|m|s)/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );

type Mirror = NonNullable<RouteFilter["requestMirror"]>;

const mirroredShare = ({ percent, fraction }: Mirror): number =>
  fraction === undefined
    ? (percent ?? 100) * 100
    : Math.round((fraction.numerator / (fraction.denominator ?? 100)) * 10_000);

const headersOf = (filters: readonly RouteFilter[] = []): readonly Header[] =>
  filters.flatMap(({ responseHeaderModifier: modifier }) => [...(modifier?.set ?? []), ...(modifier?.add ?? [])]);

function addressesOf(slices: readonly EndpointSlice[], namespace: string, service: string): Backend["addresses"] {
  return slices
    .filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels?.["kubernetes.io/service-name"] === service,
    )
    .flatMap(({ ports, endpoints }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses }) => addresses.map((address) => ({ address, port: ports?.[0]?.port ?? 80 }))),
    )
    .toSorted((a, b) => a.address.localeCompare(b.address));
}
