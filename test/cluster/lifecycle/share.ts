import type { Heard } from "../traffic/clients.ts";
import type { Division } from "./ledger.ts";

/** How long a gateway may take to obey, in ms: until then the weight before counts too. */
const OBEYED_MS = 1_000;

/** What chance alone may add. */
const SIGMA = 5;

/** Requests beyond a version's share, by the weight that it had: empty where it never was above. */
export function aboveShare(
  version: string,
  heard: readonly Heard[],
  divisions: readonly Division[],
): readonly { readonly weight: number; readonly requests: number; readonly of: number }[] {
  const groups = new Map<number, { requests: number; of: number }>();
  for (const each of heard) {
    const weight = mostSince(version, each, divisions);
    const group = groups.get(weight) ?? { requests: 0, of: 0 };
    groups.set(weight, { requests: group.requests + Number(each.version === version), of: group.of + 1 });
  }
  return [...groups].flatMap(([weight, { requests, of }]) => {
    const share = weight / 10_000;
    const most = of * share + SIGMA * Math.sqrt(of * share * (1 - share));
    return requests > most ? [{ weight, requests, of }] : [];
  });
}

/** The most that the route gave it between shortly before the request was sent and its answer. */
function mostSince(version: string, { sentAt, at }: Heard, divisions: readonly Division[]): number {
  const last = divisions.findLastIndex((each) => each.at <= sentAt - OBEYED_MS);
  return Math.max(
    0,
    ...divisions
      .slice(Math.max(0, last))
      .filter((each) => each.at <= at)
      .map(({ weights }) => weights[version] ?? 0),
  );
}
