import { describe, test } from "vitest";
import type { Capabilities } from "../../components/capabilities/index.ts";
import { endings } from "./facts/endings.ts";
import { notices } from "./facts/notices.ts";
import { shares } from "./facts/shares.ts";
import type { Fact, Stage } from "./stage.ts";

/** What every platform does, whichever it is, as far as it says that it can. Plain functions: no runner of tests is needed. */
export const facts: readonly Fact[] = [...shares, ...endings, ...notices];

/** Holds one fact against a stage of its own. @throws Error when it is not so */
export async function hold(fact: Fact, open: () => Promise<Stage>): Promise<void> {
  const stage = await open();
  try {
    await fact.check(stage);
  } finally {
    await stage.close();
  }
}

/** Holds a running platform to everything that its capabilities promise. `open` makes it anew for each fact. */
export function behaviour(name: string, capabilities: Capabilities, open: () => Promise<Stage>): void {
  describe(`behaviour of platform ${name}`, () => {
    test.each(facts.filter(({ applies }) => applies(capabilities)))("$name", (fact) => hold(fact, open));
  });
}
