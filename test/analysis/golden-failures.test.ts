import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Interval, judge, type Verdict } from "../../components/analysis/index.ts";
import { failures } from "../bench/analysis/judged.ts";
import { isHigh } from "../bench/analysis/rivals/kayenta.ts";
import { repository } from "../support/project.ts";
import { plainVerdict } from "./plain.ts";

const page = readFileSync(path.join(repository, "docs/judging.md"), "utf8");

/** Failures a minute, of the candidate and of stable, as the threads give them: Kayenta is told no more. */
const worseInSeven = {
  canary: [100, 100, 100, 100, 100, 100, 100, 1, 1, 1],
  control: Array.from({ length: 10 }, () => 1),
};
const sparse = { canary: [0, 1, 2, 1, 0, 0], control: Array.from({ length: 6 }, () => 0) };

/** What the values leave out: requests a minute of both versions, and how much worse is tolerated. */
interface Setting {
  readonly stable: number;
  readonly candidate: number;
  /** In shares: 0.005 is half a point. */
  readonly margin: number;
}

/** The verdict on these minutes, as it stands when it ends the rollout or at the end of them. */
function judged({ canary, control }: typeof sparse, { stable, candidate, margin }: Setting): Verdict {
  const settings = { guards: [failures(margin)] };
  const intervals = canary.map((x1, minute): Interval => {
    const counts = { n0: stable, x0: control[minute] ?? 0, n1: candidate, x1 };
    return { at: minute * 60_000, seconds: 60, counts: { failures: counts } };
  });
  const verdict = judge(intervals, settings);
  expect(plainVerdict(intervals, settings).verdict).toBe(verdict.verdict);
  const { fired } = verdict.evidence;
  return fired === null ? verdict : judge(intervals.slice(0, fired.interval + 1), settings);
}

const points = (margin: number): string => (margin === 0 ? "0" : `${margin * 100} points`);
const eValue = (log: number): string => {
  const e = Math.exp(log);
  return e >= 1e6 ? `10^${Math.floor(log / Math.LN10)}` : e >= 10 ? Math.round(e).toLocaleString("en") : e.toFixed(2);
};

function rowOf(values: typeof sparse, setting: Setting): string {
  const { verdict, evidence } = judged(values, setting);
  const promote = evidence.guards[0]?.promote.log ?? Number.NaN;
  const outcome = evidence.fired === null ? verdict : `${verdict} in minute ${evidence.fired.interval + 1}`;
  return `| ${[
    `${setting.stable.toLocaleString("en")} : ${setting.candidate.toLocaleString("en")}`,
    points(setting.margin),
    eValue(evidence.combined.max),
    eValue(promote),
    outcome,
  ].join(" | ")} |`;
}

describe("a canary that is a hundred times worse in seven minutes of ten", () => {
  test("passes Kayenta, whatever the size of the harm, and fails once an eighth minute is bad", () => {
    const { canary, control } = worseInSeven;
    for (const size of [2, 100, 100_000]) {
      expect(
        isHigh(
          canary.map((value) => (value === 1 ? 1 : size)),
          control,
        ),
      ).toBe(false);
    }
    expect(isHigh(canary.with(7, 100), control)).toBe(true);
  });

  test("is rolled back in the second minute, on the evidence that the page tells", () => {
    const row = rowOf(worseInSeven, { stable: 1_000, candidate: 1_000, margin: 0.005 });
    expect(row).toContain("rollback in minute 2");
    expect(page).toContain(row);
  });
});

describe("a canary that fails now and then where stable never fails", () => {
  test("passes Kayenta", () => {
    expect(isHigh(sparse.canary, sparse.control)).toBe(false);
  });

  test("is judged by how many requests the failures are of, as the page tells", () => {
    const settings: readonly Setting[] = [
      { stable: 100, candidate: 100, margin: 0 },
      { stable: 1_900, candidate: 100, margin: 0 },
      { stable: 100, candidate: 100, margin: 0.005 },
      { stable: 1_000, candidate: 1_000, margin: 0.005 },
    ];
    const rows = settings.map((setting) => rowOf(sparse, setting));
    expect(settings.map((setting) => judged(sparse, setting).verdict)).toEqual([
      "continue",
      "rollback",
      "continue",
      "promote",
    ]);
    expect(page).toContain(rows.join("\n"));
  });

  test("is rolled back by the same six minutes over and over, even at 100 requests beside 100", () => {
    const thrice = { canary: [0, 1, 2].flatMap(() => sparse.canary), control: Array.from({ length: 18 }, () => 0) };
    const { verdict, evidence } = judged(thrice, { stable: 100, candidate: 100, margin: 0 });
    expect(verdict).toBe("rollback");
    expect(page).toContain(`goes on like that it is rolled back in minute ${(evidence.fired?.interval ?? 0) + 1}`);
  });
});
