import type { TrafficPlan } from "./plan.ts";

/**
 * What the answers of a version on its way out carry, by version, names and values in turn: `Deprecation` (RFC 9745),
 * `Sunset` (RFC 8594) and a link to the successor (RFC 5829).
 * @param since when each notice was first seen, in Unix seconds; of one that is not known nothing is said
 */
export function noticeHeaders(
  plan: TrafficPlan,
  since: Readonly<Record<string, number>>,
): ReadonlyMap<string, readonly string[]> {
  const rows = Object.entries(plan.notices).map(([version, { sunset, successor }]) => {
    const link = `</v2/models/${encodeURIComponent(plan.model)}/versions/${encodeURIComponent(successor)}>`;
    const noticed = since[version];
    const headers = [
      ...(noticed === undefined ? [] : ["deprecation", `@${noticed}`]),
      ...["sunset", new Date(sunset).toUTCString()],
      ...["link", `${link}; rel="successor-version"`],
    ];
    return [version, headers] as const;
  });
  return new Map(rows);
}
