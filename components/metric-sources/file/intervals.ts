import type { Problem } from "../../release/problems.ts";
import { MetricSourceError } from "../metric-source.ts";
import type { Row } from "./rows.ts";

/** The rows of each interval, in the order of time. @throws MetricSourceError on intervals that overlap, or say one thing twice */
export function groupRows(path: string, rows: readonly Row[]): readonly (readonly [Row, ...Row[]])[] {
  const groups: [Row, ...Row[]][] = [];
  const problems: Problem[] = [];
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    if (group === undefined || first === undefined || row.at >= first.at + first.seconds * 1000) {
      groups.push([row]);
      continue;
    }
    problems.push(...misfits(path, row, group));
    group.push(row);
  }
  if (problems.length > 0) throw new MetricSourceError("unfit", problems);
  return groups;
}

function misfits(path: string, row: Row, group: readonly [Row, ...Row[]]): readonly Problem[] {
  const [first] = group;
  const at = `${path} row ${row.number}`;
  const twin = group.find(({ version }) => version === row.version);
  if (row.at !== first.at || row.seconds !== first.seconds || row.step !== first.step) {
    const seen = `an interval on top of that of row ${first.number}`;
    const allowed = "rows of one interval with the same at, seconds and step; others after its end";
    return [{ path: at, seen, allowed, cure: "Mend or remove one of the two" }];
  }
  if (twin === undefined) return [];
  const seen = `${row.version} a second time, as in row ${twin.number}`;
  return [{ path: at, seen, allowed: "one row for a version in an interval", cure: "Add the two up, or remove one" }];
}
