import { afterAll, beforeAll, expect, test } from "vitest";
import { type SimulatedCluster, startSimulatedCluster } from "../../../components/simulations/kubernetes/index.ts";
import { type Cluster, startCluster } from "../control-plane/index.ts";
import { cases } from "./cases.ts";
import { differenceIn } from "./difference.ts";
import { knownDifference } from "./known-differences.ts";

// Objects and changes put to the simulation and to a real API server: what a program is told has to be the same.

let real: Cluster;
let simulated: SimulatedCluster;

beforeAll(async () => {
  [real, simulated] = await Promise.all([startCluster(), startSimulatedCluster()]);
});
afterAll(() => Promise.all([real.stop(), simulated.stop()]));

test("there are more than 300 of them", () => {
  expect(cases.length).toBeGreaterThanOrEqual(300);
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
});

const alike = cases.filter(({ title }) => knownDifference(title) === undefined);
const otherwise = cases.filter(({ title }) => knownDifference(title) !== undefined);

test.each(alike.map(({ title, requests }) => [title, requests] as const))("alike: %s", async (_, requests) => {
  const [ofSimulation, ofServer] = (await differenceIn(requests, real, simulated)) ?? [];
  expect(ofSimulation).toEqual(ofServer);
});

// A difference that is gone is taken out of the list.
test.each(otherwise.map(({ title, requests }) => [title, knownDifference(title), requests] as const))(
  "known to differ: %s: a server %s",
  async (_, __, requests) => {
    expect(await differenceIn(requests, real, simulated)).toBeDefined();
  },
);
