import { expect, test } from "vitest";
import { readOptions } from "../../../examples/sentiment-api/demo/options.ts";

test("the demo is played on this machine unless something else is asked for", () => {
  expect(readOptions([])).toEqual({ on: "local", keep: false });
  expect(readOptions(["--on", "kubernetes", "--seed", "3", "--report", "a.json"])).toEqual({
    ...{ on: "kubernetes", keep: false },
    ...{ seed: 3, report: "a.json" },
  });
});

test.each([
  [["--on", "nomad"], '--on: seen "nomad"; allowed: local, kubernetes, simulated-kubernetes'],
  [["--seed", "x"], '--seed: seen "x"; allowed: a whole number; do this: mlc demo --seed 3'],
  [["--seed", ""], '--seed: seen ""; allowed: a whole number; do this: mlc demo --seed 3'],
  [["--on", "kubernetes", "--keep"], "--keep: allowed with --on local; a cluster of the demo ends with it"],
  [["--fast"], "allowed: --on local|kubernetes|simulated-kubernetes, --report FILE, --keep, --seed NUMBER"],
])("%j is refused in one line that says what is allowed", (args, says) => {
  let message = "";
  try {
    readOptions(args);
  } catch (error) {
    message = error instanceof Error ? error.message : "";
  }
  expect(message).toContain(says);
  expect(message.split("\n")).toHaveLength(1);
});
