import type { TrafficPlan } from "../../../spec/traffic.ts";

type Since = Readonly<Record<string, number>>;

/** When each notice of a plan was first seen, in Unix seconds. */
export const noticedSince = (plan: TrafficPlan, before: Since | undefined, wallMs: number): Since =>
  Object.fromEntries(Object.keys(plan.notices).map((name) => [name, before?.[name] ?? Math.floor(wallMs / 1000)]));

/**
 * What the answers of a version on its way out carry, by version, names and values in turn: `Deprecation` (RFC 9745),
 * `Sunset` (RFC 8594) and a link to the successor (RFC 5829).
 */
export function noticeHeaders(plan: TrafficPlan, since: Since): ReadonlyMap<string, readonly string[]> {
  const rows = Object.entries(plan.notices).map(([version, { sunset, successor }]) => {
    const link = `</v2/models/${encodeURIComponent(plan.model)}/versions/${encodeURIComponent(successor)}>`;
    const headers = [
      ...["deprecation", `@${since[version] ?? 0}`],
      ...["sunset", new Date(sunset).toUTCString()],
      ...["link", `${link}; rel="successor-version"`],
    ];
    return [version, headers] as const;
  });
  return new Map(rows);
}
