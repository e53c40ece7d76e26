import { kindOf, placeIn, SHARES } from "../../guards/index.ts";
import type { Problem } from "../../release/problems.ts";
import type { ClosedInterval } from "../../rollout/index.ts";
import { type Arm, countsOf, emptyArm } from "../arm.ts";
import { cutsOf } from "../latency-rungs.ts";
import {
  cannotCount,
  type MetricSource,
  MetricSourceError,
  type Note,
  type Question,
  type Window,
} from "../metric-source.ts";
import { groupRows } from "./intervals.ts";
import { boundsIn, type Row, readRows } from "./rows.ts";
import type { TableRows } from "./table.ts";

export type { TableRows } from "./table.ts";

/** Which table is read, and how. */
export interface FileSettings {
  /** Names it to people. */
  readonly path: string;
  /** Reads it as it is now. @throws MetricSourceError when it cannot be read */
  readonly load: () => Promise<TableRows>;
  /** Whether its column `step` is there: a first look at it tells. */
  readonly tellsSteps: boolean;
}

/** Counts from a table that somebody has written, or goes on writing. Its intervals keep the length that it gives them. */
export const file = ({ path, load, tellsSteps }: FileSettings): MetricSource => ({
  name: path,
  tellsSteps,
  async settled(_now, { stable, candidate }) {
    const groups = groupRows(path, (await rowsOf(path, load)).rows);
    const [first, last] = [groups[0]?.[0], groups.at(-1)];
    if (first === undefined || last === undefined) return { until: 0, notes: [] };
    // Whoever writes it may have come no further than to one of the two versions.
    const isWhole = [stable, candidate].every((version) => last.some((row) => row.version === version));
    return { since: first.at, until: last[0].at + (isWhole ? last[0].seconds * 1000 : 0), notes: [] };
  },
  async latencyBounds() {
    return boundsIn(await load());
  },
  async read(window, question) {
    const { table, rows } = await rowsOf(path, load);
    const own = rows.filter(({ at }) => at >= window.from && at < window.to);
    const problems = [
      ...checkQuestion(path, table, question),
      ...own.flatMap((row) => checkRanges(path, row, question)),
    ];
    if (problems.length > 0) throw new MetricSourceError("unfit", problems);
    const intervals = groupRows(path, own).map((group) => intervalOf(group, question));
    const columns = [...table.columns.keys()];
    return {
      intervals,
      read: [{ query: path, ...window, series: columns.length, samples: own.length }],
      notes: notesOf(path, own, rows, window, question),
    };
  },
});

async function rowsOf(path: string, load: FileSettings["load"]) {
  const table = await load();
  const { rows, problems } = readRows(path, table);
  if (problems.length > 0) throw new MetricSourceError("unfit", problems);
  return { table, rows };
}

function intervalOf(rows: readonly [Row, ...Row[]], { guards, rungs, stable, candidate }: Question): ClosedInterval {
  const cuts = cutsOf(rungs);
  const armOf = (version: string, bounds: readonly number[]): Arm => {
    const row = rows.find((each) => each.version === version);
    return row === undefined ? emptyArm(bounds.length) : asArm(row, bounds, guards);
  };
  const [{ at, seconds, step }] = rows;
  const counts = countsOf(guards, armOf(stable, cuts.stable), armOf(candidate, cuts.candidate));
  return { live: { at, seconds, ...(step !== undefined && { step }), counts } };
}

function asArm(
  { requests, errors, refusals, over, feedback }: Row,
  bounds: readonly number[],
  guards: Question["guards"],
): Arm {
  const slower = bounds.map((bound) => over.get(bound) ?? 0);
  return {
    requests: { answered: requests - errors - refusals, refused: refusals, failed: errors },
    cells: [requests, ...slower].map((count, i) => count - (slower[i] ?? 0)),
    feedback: new Map(
      [...feedback].map(([metric, { count, sum }]) => {
        const range = guards.find((guard) => guard.metric === metric)?.range ?? SHARES;
        return [metric, { count, sum: count === 0 ? 0 : count * (placeIn(range, sum / count) ?? 0) }];
      }),
    ),
  };
}

/** Columns at bounds that the file chooses. */
const TAILS = "over_…ms";

/** What each metric of requests is counted from. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  errorRate: ["requests", "errors"],
  refusalRate: ["requests", "refusals"],
  latency: ["requests", TAILS],
};

function checkQuestion(path: string, table: TableRows, { guards, rungs }: Question): readonly Problem[] {
  return guards.flatMap((guard) => {
    const { metric } = guard;
    const needed = kindOf(guard).source === "feedback" ? [`${metric}_count`, `${metric}_sum`] : (COLUMNS[metric] ?? []);
    const missing = needed.filter((name) => (name === TAILS ? rungs.length === 0 : !table.columns.has(name)));
    if (missing.length === 0) return [];
    const why =
      needed.includes(TAILS) && !missing.includes("requests")
        ? "two columns over_…ms whose ratio is the margin"
        : `the columns ${needed.join(", ")}`;
    return [cannotCount(path, metric, why, "write them")];
  });
}

/** A mean outside of the range that its guard declares. */
function checkRanges(path: string, row: Row, { guards }: Question): readonly Problem[] {
  return guards.flatMap(({ metric, range = SHARES }) => {
    const { count = 0, sum = 0 } = row.feedback.get(metric) ?? {};
    if (count === 0 || placeIn(range, sum / count) !== undefined) return [];
    return [
      {
        path: `${path} row ${row.number}`,
        seen: `${metric}_sum: ${sum} over ${count} values`,
        allowed: `values from ${range.least} to ${range.most}`,
        cure: "Mend this row, or widen the range of the guard",
      },
    ];
  });
}

function notesOf(
  path: string,
  own: readonly Row[],
  all: readonly Row[],
  { from, to }: Window,
  { stable, candidate }: Question,
): readonly Note[] {
  const versions = [...new Set(all.map(({ version }) => version))].sort();
  const when = `from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  return [stable, candidate].flatMap((version): readonly Note[] => {
    if (!versions.includes(version)) {
      return [
        { kind: "noSeries", text: `No row of ${path} is of the version ${version}: there are ${versions.join(", ")}.` },
      ];
    }
    if (own.some((row) => row.version === version && row.requests > 0)) return [];
    return [{ kind: "noTraffic", text: `${version} got no request that was counted ${when}.` }];
  });
}
