import { expect, test } from "vitest";
import { behaviour, facts, hold } from "./behaviour.ts";
import { weakness } from "./toy/capabilities.ts";
import { type Faults, openToy } from "./toy/stage.ts";
import type { Kept } from "./toy/store.ts";

behaviour("weak: slots of 10 %, two versions, no copies, not sticky, no version by name", weakness, openToy);

/** Names of the facts that a broken toy is caught by. */
async function broken(faults: Faults): Promise<readonly string[]> {
  const caught: string[] = [];
  for (const fact of facts.filter(({ applies }) => applies(weakness))) {
    await hold(fact, () => openToy(faults)).catch(() => caught.push(fact.name));
  }
  return caught;
}

test("a toy without a fault is caught by nothing", async () => {
  expect(await broken({})).toEqual([]);
});

test("a router that ignores the weight is caught", async () => {
  expect(await broken({ obeys: () => 5_000 })).toContain("a weight is obeyed");
});

test("a router that obeys within two per cent is caught as well", async () => {
  expect(await broken({ obeys: (weight) => (weight === 0 ? 0 : weight - 600) })).toContain("a weight is obeyed");
});

test("a store that forgets endings is caught at a restart, and by nothing before", async () => {
  const forgets = ({ state, ...kept }: Kept): Kept => {
    const contents = Object.entries(state.contents).map(([content, { ended: _, ...record }]) => [content, record]);
    const { ended: _, ...progress } = state.progress ?? {};
    return {
      ...kept,
      state: {
        ...state,
        ...{ ended: {}, contents: Object.fromEntries(contents), rolledBack: undefined },
        progress: { ...progress, phase: "progressing" } as Kept["state"]["progress"],
      },
    };
  };
  expect(await broken({ gives: forgets })).toEqual([
    "ended stays ended over a restart",
    "without a candidate a rollback goes to the version before, and stays there over a restart",
  ]);
});

test("a store that keeps nothing is caught", async () => {
  const nothing = ({ state }: Kept): Kept => ({ state: { ...state, plan: undefined }, history: [], intervals: [] });
  expect(await broken({ gives: nothing })).toContain(
    "the history says how it ended, why and for whom, also after a restart",
  );
});
