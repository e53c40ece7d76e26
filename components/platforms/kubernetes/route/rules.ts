import { WHOLE } from "../../../traffic/ladder.ts";
import { noticeHeaders } from "../../../traffic/notice-headers.ts";
import { type BackendRef, MOST_RULES, type RouteFilter, type RouteMatch, type RouteRule } from "./http-route.ts";
import type { RouteOrder, ServicePort, Variant } from "./order.ts";
import { type Split, shareIn } from "./split.ts";

/** Names the version that answers, and asks for one. */
export const VERSION_HEADER = "x-model-version";

/** What the rules say beside the division. */
export interface RuleDetails {
  /** When each version's notice was first seen, in Unix seconds. @default none was */
  readonly deprecatedSince?: Readonly<Record<string, number>>;
  /** The rules that stand: their backends keep their places, because gateways name counters by them. @default none do */
  readonly before?: readonly RouteRule[] | undefined;
}

/**
 * The rules of a route: one for each version by its name in `x-model-version`, one for those that are gone or never
 * were, and the one that divides everything else. Every deployed version stands in the last one, with weight 0 while it is only kept warm.
 * @throws RangeError when a route cannot hold them: it has 16 rules
 */
export function rulesOf(
  order: RouteOrder,
  split: Split,
  { deprecatedSince = {}, before }: RuleDetails = {},
): readonly RouteRule[] {
  const versions = inPlace(order, before);
  const headers = noticeHeaders(order.traffic, deprecatedSince);
  const backend = (version: string): BackendRef => {
    const { service, port } = portOf(order, version);
    const filters = order.gateway.backendFilters ? [answerHeaders(version, headers.get(version) ?? [])] : [];
    return { name: service, port, ...(filters.length > 0 && { filters }) };
  };
  const timeouts = timeoutsOf(order);
  const pinned = versions.map((version) => ({
    matches: [asksFor(version)],
    backendRefs: [{ ...backend(version), name: namedIn(order, version), weight: 1 }],
    ...timeouts,
  }));
  const mirror = split.mirrored === undefined ? [] : [mirrorTo(portOf(order, split.mirrored))];
  const divided: RouteRule = {
    matches: [everything],
    ...(mirror.length > 0 && { filters: mirror }),
    backendRefs: versions.map((version) => ({ ...backend(version), weight: shareIn(split, version) })),
    ...timeouts,
  };
  const rules = [...pinned, ...goneRules(order), divided];
  if (rules.length > MOST_RULES) {
    throw new RangeError(
      `${rules.length} rules for ${versions.length} versions; a route has ${MOST_RULES} at most. Retire a version`,
    );
  }
  return rules;
}

/**
 * How rules divide traffic; undefined when they are not as `rulesOf` writes them: somebody else's, or not yet ours.
 */
export function splitIn(order: RouteOrder, rules: readonly RouteRule[]): Split | undefined {
  const divided = rules.at(-1);
  if (divided?.backendRefs === undefined || !isEverything(divided)) return undefined;
  const versionOf = new Map(Object.entries(order.variants).map(([version, { service }]) => [service, version]));
  const parts = divided.backendRefs.map(({ name, weight = 1 }) => ({ version: versionOf.get(name), weight }));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const shares: Record<string, number> = {};
  for (const { version, weight } of parts) {
    if (weight === 0) continue;
    if (version === undefined) return undefined;
    shares[version] = (shares[version] ?? 0) + (weight * WHOLE) / total;
  }
  const mirrors = (divided.filters ?? []).flatMap((filter) =>
    filter.type === "RequestMirror" ? [versionOf.get(filter.requestMirror.backendRef.name)] : [],
  );
  const [mirrored] = mirrors;
  if (total === 0 || mirrors.length > 1 || (mirrors.length === 1 && mirrored === undefined)) return undefined;
  return { shares, ...(mirrored !== undefined && { mirrored }) };
}

/** The deployed versions: those that have a place keep it, new ones come behind. */
function inPlace({ variants }: RouteOrder, before: readonly RouteRule[] = []): readonly string[] {
  const placed = (before.at(-1)?.backendRefs ?? []).map(({ name }) => name);
  const placeOf = (version: string): number => {
    const place = placed.indexOf(variants[version]?.service ?? "");
    return place < 0 ? placed.length : place;
  };
  return Object.keys(variants)
    .toSorted()
    .toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** At most so many matches of a rule (maxItems of the schema). */
const MOST_MATCHES = 64;

function goneRules({ gone, traffic, gateway }: RouteOrder): readonly RouteRule[] {
  if (gone === undefined) return [];
  const retired = Object.keys(traffic.notices).filter((version) => traffic.notices[version]?.phase === "retired");
  const asked = [...retired.map(asksFor), ...(gateway.headerPatterns === true ? [asksForAny] : [])];
  const backendRefs = [{ name: gone.service, port: gone.port, weight: 1 }];
  return Array.from({ length: Math.ceil(asked.length / MOST_MATCHES) }, (_, i) => ({
    matches: asked.slice(i * MOST_MATCHES, (i + 1) * MOST_MATCHES),
    backendRefs,
  }));
}

const asksFor = (version: string): RouteMatch => ({
  ...everything,
  headers: [{ type: "Exact", name: VERSION_HEADER, value: version }],
});

const everything = { path: { type: "PathPrefix", value: "/" } } as const satisfies RouteMatch;

/** Of matches that ask for as much as one another the first counts: those of deployed versions stand before it. */
const asksForAny: RouteMatch = {
  ...everything,
  headers: [{ type: "RegularExpression", name: VERSION_HEADER, value: ".+" }],
};

const isEverything = ({ matches = [everything] }: RouteRule): boolean =>
  matches.length === 1 &&
  matches.every(({ path, headers = [] }) => (path?.value ?? "/") === "/" && headers.length === 0);

const mirrorTo = ({ service, port }: ServicePort): RouteFilter => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name: service, port } },
});

/** @param notice names and values in turn */
function answerHeaders(version: string, notice: readonly string[]): RouteFilter {
  const pairs = Array.from({ length: notice.length / 2 }, (_, i) => ({
    name: notice[2 * i] ?? "",
    value: notice[2 * i + 1] ?? "",
  }));
  return {
    type: "ResponseHeaderModifier",
    responseHeaderModifier: { set: [{ name: VERSION_HEADER, value: version }, ...pairs] },
  };
}

/** In the Gateway API's own form of a duration (GEP-2257), which has at most five digits of a unit. */
function timeoutsOf({ traffic: { deadlineMs } }: RouteOrder): Pick<RouteRule, "timeouts"> {
  if (deadlineMs === undefined) return {};
  const [seconds, ms] = [Math.floor(deadlineMs / 1000), Math.round(deadlineMs % 1000)];
  return {
    timeouts: { request: [seconds > 0 && `${seconds}s`, ms > 0 && `${ms}ms`].filter(Boolean).join("") || "1ms" },
  };
}

function namedIn(order: RouteOrder, version: string): string {
  const { service, named = service } = portOf(order, version);
  return named;
}

function portOf({ variants }: RouteOrder, version: string): Variant {
  const port = variants[version];
  if (port === undefined)
    throw new RangeError(`version ${version} is not deployed; there are ${Object.keys(variants).join(", ")}`);
  return port;
}
