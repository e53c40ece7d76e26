import { expect, test } from "vitest";
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

test("a session that is answered counts in each of its intervals", () => {
  const units = new SessionUnits();
  const counted = [1, 2, 3].map(() => {
    units.add("a", good);
    return units.take().length;
  });
  expect(counted).toEqual([1, 1, 1]);
});

test("a session that goes on failing counts ever more rarely", () => {
  const units = new SessionUnits();
  const counted = Array.from({ length: 20 }, (_, i) => {
    units.add("a", bad);
    return units.take().length === 1 ? [i + 1] : [];
  });
  expect(counted.flat()).toEqual([1, 2, 4, 8, 16]);
});

test("it counts anew when it gets worse, or had been answered", () => {
  const units = new SessionUnits();
  const counted = [good, refused, refused, refused, bad, good, bad].map((unit) => {
    units.add("a", unit);
    return units.take().map(({ outcome }) => outcome);
  });
  expect(counted).toEqual([["answered"], ["refused"], ["refused"], [], ["failed"], ["answered"], ["failed"]]);
});
