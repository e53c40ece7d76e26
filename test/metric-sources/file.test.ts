import { expect, test } from "vitest";
import { file } from "../../components/metric-sources/file/index.ts";
import type { MetricSource } from "../../components/metric-sources/index.ts";
import { guards, question } from "./traffic.ts";

const at = Date.parse("2026-01-05T10:00:00Z");
const [errorRate] = guards;
const asked = { ...question, guards: errorRate === undefined ? [] : [errorRate], rungs: [] };
const always = { from: 0, to: at + 3_600_000 };

/** A table of these lines, the first of them the names. */
function table(...lines: readonly string[]): MetricSource {
  const [names = [], ...rows] = lines.map((line) => line.split(","));
  const columns = new Map(names.map((name, i) => [name, rows.map((row) => row[i] || null)]));
  const load = async () => ({ rows: rows.length, columns });
  return file({ path: "counts.csv", load, tellsSteps: names.includes("step") });
}

const problemsOf = (work: Promise<unknown>) =>
  work.then(
    () => [],
    (error: { readonly problems: readonly { readonly path: string; readonly seen: string }[] }) =>
      error.problems.map(({ path, seen }) => `${path}: ${seen}`),
  );

test("every cell that is no count is told at once, each with its row", async () => {
  const source = table(
    "at,seconds,version,requests,errors,refusals,over_100ms,over_200ms",
    "soon,60,v1,10,1,0,5,2",
    `${at},0,v2,10,11,0,5,6`,
    `${at},60,v1,-1,,x,,`,
  );
  expect(await problemsOf(source.read(always, asked))).toEqual([
    'counts.csv row 1: at: "soon"',
    'counts.csv row 2: errors: "11"',
    'counts.csv row 2: over_200ms: "6"',
    'counts.csv row 2: seconds: "0"',
    'counts.csv row 3: requests: "-1"',
    "counts.csv row 3: errors: nothing",
    "counts.csv row 3: over_100ms: nothing",
    "counts.csv row 3: over_200ms: nothing",
    'counts.csv row 3: refusals: "x"',
  ]);
});

test("a table without its columns says which, and a guard without its own how to add them", async () => {
  expect(await problemsOf(table("at,requests", `${at},5`).read(always, asked))).toEqual([
    "counts.csv: no column seconds",
    "counts.csv: no column version",
  ]);
  const bare = table("at,seconds,version,requests", `${at},60,v1,5`);
  expect(await problemsOf(bare.read(always, question))).toEqual([
    "counts.csv: a guard on errorRate",
    "counts.csv: a guard on refusalRate",
  ]);
});

test("intervals on top of each other, and a version twice in one, are refused", async () => {
  const names = "at,seconds,version,requests,errors";
  const twice = table(names, `${at},60,v1,5,0`, `${at},60,v1,5,0`);
  expect(await problemsOf(twice.read(always, asked))).toEqual(["counts.csv row 2: v1 a second time, as in row 1"]);
  const over = table(names, `${at},60,v1,5,0`, `${at + 30_000},60,v2,5,0`);
  expect(await problemsOf(over.read(always, asked))).toEqual(["counts.csv row 2: an interval on top of that of row 1"]);
});

test("the last interval is final once both versions have a row, because somebody may be writing it", async () => {
  const names = "at,seconds,version,requests,errors";
  const both = [`${at},60,v1,5,0`, `${at},60,v2,5,0`];
  expect(await table(names, ...both, `${at + 60_000},60,v1,5,0`).settled(0, question)).toMatchObject({
    since: at,
    until: at + 60_000,
  });
  expect(await table(names, ...both).settled(0, question)).toMatchObject({ since: at, until: at + 60_000 });
});

test("the step of an interval, the mean of a metric and that of a group go to the judge as they are", async () => {
  const conversion = { metric: "revenue", source: "feedback", direction: "decrease", designEffect: 1 } as const;
  const guard = { ...conversion, margin: { kind: "absolute", value: 1 }, range: { least: 0, most: 500 } } as const;
  const source = table(
    "at,seconds,version,step,revenue_count,revenue_sum,revenue/eu_count,revenue/eu_sum",
    `${at},60,v1,1,10,1250,2,500`,
    `${at},60,v2,1,4,1000,1,100`,
  );
  expect(source.tellsSteps).toBe(true);
  const { intervals } = await source.read(always, { ...asked, guards: [guard, { ...guard, metric: "revenue/eu" }] });
  expect(intervals).toEqual([
    {
      live: {
        at,
        seconds: 60,
        step: 1,
        counts: { revenue: { n0: 10, x0: 2.5, n1: 4, x1: 2 }, "revenue/eu": { n0: 2, x0: 1, n1: 1, x1: 0.2 } },
      },
    },
  ]);
});

test("a mean outside of the range of its guard is refused with its row", async () => {
  const guard = { metric: "accuracy", source: "feedback", direction: "decrease", designEffect: 1 } as const;
  const asking = { ...asked, guards: [{ ...guard, margin: { kind: "absolute", value: 0.1 } } as const] };
  const source = table("at,seconds,version,accuracy_count,accuracy_sum", `${at},60,v1,10,12`);
  expect(await problemsOf(source.read(always, asking))).toEqual(["counts.csv row 1: accuracy_sum: 12 over 10 values"]);
});
