import fc from "fast-check";
import { expect, test } from "vitest";
import { Cohorts } from "../../../../components/platforms/local/gateway/cohorts.ts";

const MINUTE = new Map([["clicks", 60_000]]);

/** Feedback about 20 predictions a second, every second one of the candidate; closed each second. */
function run(cohorts: Cohorts, from: number, to: number, value: (number: number, second: number) => void = () => {}) {
  const taken = { stable: { count: 0, sum: 0 }, candidate: { count: 0, sum: 0 } };
  for (let second = from; second < to; second++) {
    value(second * 20, second);
    const complete = cohorts.take((second + 1) * 20, (second + 1) * 1_000, MINUTE).get("clicks");
    for (const arm of ["stable", "candidate"] as const) {
      taken[arm].count += complete?.[arm].count ?? 0;
      taken[arm].sum += complete?.[arm].sum ?? 0;
    }
  }
  return taken;
}

test("values are given once their predictions are as old as the time to maturity, and not before", () => {
  const cohorts = new Cohorts();
  cohorts.take(20, 1_000, MINUTE);
  cohorts.add(7, "stable", "clicks", 1);
  cohorts.add(8, "candidate", "clicks", 0.5);
  expect([...cohorts.take(40, 2_000, MINUTE)]).toEqual([]);
  expect([...cohorts.waiting]).toEqual([["clicks", 2]]);
  expect([...cohorts.take(60, 60_999, MINUTE)]).toEqual([]);
  expect([...cohorts.take(60, 61_000, MINUTE)]).toEqual([
    ["clicks", { stable: { count: 1, sum: 1 }, candidate: { count: 1, sum: 0.5 } }],
  ]);
  expect([...cohorts.waiting]).toEqual([]);
});

test("a class that answers later than the other changes no rate, also when the share is raised", () => {
  const cohorts = new Cohorts();
  const due: { at: number; number: number; value: number }[] = [];
  const rates: (readonly [number, number])[] = [];
  for (const weight of [0.05, 0.5, 0.95]) {
    const begin = rates.length * 300;
    cohorts.beginAnew(begin * 20);
    const seen = run(cohorts, begin, begin + 300, (first, second) => {
      for (let number = first + 1; number <= first + 20; number++) {
        // Half of all predictions are right: known after 50 s, the wrong ones after 5.
        const right = number % 2;
        due.push({ at: second + (right === 1 ? 50 : 5), number, value: right });
      }
      for (const late of due.splice(0)) {
        if (late.at > second) due.push(late);
        else
          cohorts.add(
            late.number,
            (late.number * 7919) % 1_000 < weight * 1_000 ? "candidate" : "stable",
            "clicks",
            late.value,
          );
      }
    });
    rates.push([seen.stable.sum / seen.stable.count, seen.candidate.sum / seen.candidate.count]);
  }
  for (const [stable, candidate] of rates) {
    expect(stable).toBeCloseTo(0.5, 1);
    expect(candidate).toBeCloseTo(0.5, 1);
  }
});

test("what comes after its predictions were compared is counted as late, and what is about another share is not counted", () => {
  const cohorts = new Cohorts();
  run(cohorts, 0, 100);
  cohorts.add(5, "stable", "clicks", 1);
  expect([...cohorts.late]).toEqual([["clicks", 1]]);
  cohorts.beginAnew(2_000);
  cohorts.add(1_999, "stable", "clicks", 1);
  cohorts.add(2_001, "candidate", "clicks", 1);
  expect([...cohorts.waiting]).toEqual([["clicks", 1]]);
  expect([...cohorts.late]).toEqual([["clicks", 1]]);
});

test("a metric that takes days waits in at most a thousand cohorts, and loses nothing", () => {
  const cohorts = new Cohorts();
  const days = new Map([["chargebacks", 86_400_000]]);
  let count = 0;
  for (let second = 0; second < 100_000; second += 10) {
    count += cohorts.take(second, second * 1_000, days).get("chargebacks")?.stable.count ?? 0;
    cohorts.add(second + 1, "stable", "chargebacks", 0);
  }
  expect(count + (cohorts.waiting.get("chargebacks") ?? 0)).toBe(10_000);
  expect(count).toBeGreaterThan(1_000);
});

test("every value is given once, waits, is late, or is about another share", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("value" as const), back: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ kind: fc.constant("second" as const), issued: fc.integer({ min: 0, max: 5 }) }),
    fc.constant({ kind: "raise" as const }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const cohorts = new Cohorts();
      const maturity = new Map([["m", 5_000]]);
      let [issued, now, began, sent, given, dropped] = [1, 0, 0, 0, 0, 0];
      for (const each of steps) {
        if (each.kind === "raise") {
          dropped += cohorts.waiting.get("m") ?? 0;
          cohorts.beginAnew(issued);
          began = issued;
        } else if (each.kind === "value") {
          const number = Math.max(1, issued - each.back);
          cohorts.add(number, "candidate", "m", 1);
          sent++;
          if (number <= began) dropped++;
        } else {
          issued += each.issued;
          now += 1_000;
          given += cohorts.take(issued, now, maturity).get("m")?.candidate.count ?? 0;
        }
      }
      expect(given + dropped + (cohorts.waiting.get("m") ?? 0) + (cohorts.late.get("m") ?? 0)).toBe(sent);
    }),
  );
});
