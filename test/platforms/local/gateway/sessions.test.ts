import { expect, test } from "vitest";
import { createJudge } from "../../../../components/analysis/index.ts";
import { SessionUnits } from "../../../../components/platforms/local/gateway/sessions.ts";

const good = { outcome: "answered", ms: 5 } as const;
const bad = { outcome: "failed", ms: undefined } as const;
const refused = { outcome: "refused", ms: 3 } as const;

test("an interval counts a session once, by its worst outcome and its slowest answer", () => {
  const units = new SessionUnits();
  units.add("a", good);
  units.add("a", { outcome: "answered", ms: 90 });
  units.add("b", good);
  units.add("b", refused);
  units.add("b", bad);
  expect(units.take()).toEqual([
    { outcome: "answered", ms: 90 },
    { outcome: "failed", ms: 5 },
  ]);
  expect(units.take()).toEqual([]);
});

test.each([
  ["answered", good],
  ["failed", bad],
] as const)("a session that is always %s counts ever more rarely", (_how, unit) => {
  const units = new SessionUnits();
  const counted = Array.from({ length: 20 }, (_, i) => {
    units.add("a", unit);
    return units.take().length === 1 ? [i + 1] : [];
  });
  expect(counted.flat()).toEqual([1, 2, 4, 8, 16]);
});

test("each interval in which it gets worse counts", () => {
  const units = new SessionUnits();
  const counted = [good, good, good, refused, refused, bad, good, bad].map((unit) => {
    units.add("a", unit);
    return units.take().map(({ outcome }) => outcome);
  });
  expect(counted).toEqual([
    ["answered"],
    ["answered"],
    [],
    ["refused"],
    ["refused"],
    ["failed"],
    ["answered"],
    ["failed"],
  ]);
});

test("returning sessions of which two of a hundred always fail are not thinned into harmlessness", () => {
  const arms = [new SessionUnits(), new SessionUnits()] as const;
  const guard = {
    kind: "proportion",
    name: "errorRate",
    direction: "increase",
    margin: { kind: "absolute", value: 0.005 },
  } as const;
  const judge = createJudge({ guards: [guard] });
  let verdict = "continue";
  for (let at = 0; at < 600 && verdict !== "rollback"; at++) {
    const counts = arms.map((arm, isCandidate) => {
      for (let i = 0; i < 150; i++) arm.add(`${isCandidate} ${i}`, isCandidate === 1 && i < 3 ? bad : good);
      const units = arm.take();
      return { n: units.length, x: units.filter(({ outcome }) => outcome === "failed").length };
    });
    const [stable, candidate] = counts;
    const block = { n0: stable?.n ?? 0, x0: stable?.x ?? 0, n1: candidate?.n ?? 0, x1: candidate?.x ?? 0 };
    verdict = judge.add({ at: at * 1_000, seconds: 1, counts: { errorRate: block } }).verdict;
    expect(verdict).not.toBe("promote");
  }
});
