import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  abort,
  advance,
  archive,
  deprecate,
  type MoveResult,
  planTraffic,
  promote,
  reinstate,
  retire,
  rollback,
  setSteps,
  start,
} from "../../components/lifecycle/index.ts";
import { checkRelease, parseRelease, type Release } from "../../components/release/index.ts";
import { ladder, trafficWeights } from "../../components/traffic/index.ts";
import { percents, releases, timestamps } from "../release/arbitrary-release.ts";

interface Move {
  readonly name: string;
  readonly run: (release: Release) => MoveResult;
}

/** Before every sunset. */
const now = new Date(0);

/** Any move; a version is named by its place, so that a sequence stays meaningful whatever the document holds. */
function moves(): fc.Arbitrary<Move> {
  const place = fc.nat({ max: 4 });
  const weight = fc.option(fc.oneof(percents(), fc.constant("shadow" as const)), { nil: undefined });
  return fc.oneof(
    fc.record({ place, weight, attempt: fc.constantFrom(undefined, "1", "2") }).map(({ place, weight, attempt }) => ({
      name: `start ${place} ${weight} ${attempt}`,
      run: (release: Release) =>
        start(release, {
          candidate: versionAt(release, place),
          ...(weight === undefined ? {} : { weight }),
          ...(attempt === undefined ? {} : { attempt }),
        }),
    })),
    weight.map((weight) => ({
      name: `advance ${weight}`,
      run: (release: Release) => advance(release, weight === undefined ? {} : { weight }),
    })),
    fc.uniqueArray(percents(), { maxLength: 3 }).map((steps) => ({
      name: `setSteps ${steps}`,
      run: (release: Release) => setSteps(release, { steps, bake: "2 minutes" }),
    })),
    fc.constantFrom<Move>(
      { name: "promote", run: (release) => promote(release) },
      { name: "rollback", run: (release) => rollback(release) },
      { name: "abort", run: abort },
    ),
    fc.record({ place, sunset: timestamps() }).map(({ place, sunset }) => ({
      name: `deprecate ${place} ${sunset}`,
      run: (release: Release) => deprecate(release, { version: versionAt(release, place), sunset, now }),
    })),
    place.map((place) => ({
      name: `archive ${place}`,
      run: (release: Release) => archive(release, { version: versionAt(release, place) }),
    })),
    place.map((place) => ({
      name: `retire ${place}`,
      run: (release: Release) =>
        retire(release, { version: versionAt(release, place), now: new Date("2041-01-01T00:00:00Z") }),
    })),
    place.map((place) => ({
      name: `reinstate ${place}`,
      run: (release: Release) => reinstate(release, { version: versionAt(release, place) }),
    })),
  );
}

function versionAt(release: Release, place: number): string {
  const versions = Object.keys(release.versions);
  return versions[place % versions.length] ?? "";
}

/** The documents on the way; a refused move leaves the document as it was. */
function walk(release: Release, sequence: readonly Move[]): readonly Release[] {
  const visited = [release];
  for (const { run } of sequence) {
    const result = run(visited.at(-1) ?? release);
    if ("release" in result) visited.push(result.release);
  }
  return visited;
}

const sequences = fc.array(moves(), { maxLength: 12 });

describe("sequences of moves", () => {
  test("the generator makes valid releases only", () => {
    fc.assert(
      fc.property(releases(), (release) => {
        expect(checkRelease(release)).toEqual([]);
      }),
    );
  });

  test("the result of every move parses again", () => {
    fc.assert(
      fc.property(releases(), sequences, (release, sequence) => {
        for (const visited of walk(release, sequence)) expect(checkRelease(visited)).toEqual([]);
      }),
    );
  });

  test("every state has a stable version that is deployed and not on its way out", () => {
    fc.assert(
      fc.property(releases(), sequences, (release, sequence) => {
        for (const visited of walk(release, sequence)) {
          const { rollout, versions, retirement } = parseRelease(visited);
          expect(versions[rollout.stable]?.deployed).toBe(true);
          expect(Object.keys(retirement)).not.toContain(rollout.stable);
        }
      }),
    );
  });

  test("weights sum to 10,000 over exactly the deployed versions, at every step of every ladder", () => {
    fc.assert(
      fc.property(releases(), sequences, (release, sequence) => {
        for (const visited of walk(release, sequence)) {
          const resolved = parseRelease(visited);
          const plan = planTraffic(resolved);
          const deployed = Object.keys(resolved.versions).filter((version) => resolved.versions[version]?.deployed);
          for (const step of [0, ...ladder(plan)]) {
            const weights = trafficWeights(plan, step === "shadow" ? 0 : step);
            expect(Object.keys(weights).toSorted()).toEqual(deployed.toSorted());
            expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
            expect(Object.values(weights).every((weight) => Number.isInteger(weight) && weight >= 0)).toBe(true);
          }
        }
      }),
    );
  });

  test("abort and rollback are legal from every state, and no candidate is left after either", () => {
    fc.assert(
      fc.property(releases(), sequences, (release, sequence) => {
        for (const visited of walk(release, sequence)) {
          for (const way of [abort, rollback]) {
            const { release: after, reasons } = way(visited);
            expect(checkRelease(after)).toEqual([]);
            expect(after.rollout.candidate).toBeUndefined();
            expect(reasons.length).toBeGreaterThan(0);
          }
          expect(abort(visited).release.rollout.stable).toBe(visited.rollout.stable);
        }
      }),
    );
  });

  test("moves are pure: the document they are given stays as it is", () => {
    fc.assert(
      fc.property(releases(), moves(), (release, { run }) => {
        const before = structuredClone(release);
        run(release);
        expect(release).toEqual(before);
      }),
    );
  });
});

describe("moves that undo each other", () => {
  test("start, then abort, gives back the starting document", () => {
    let started = 0;
    fc.assert(
      fc.property(releases(), fc.nat({ max: 4 }), (release, place) => {
        const result = start(release, { candidate: versionAt(release, place), attempt: "3" });
        if (!("release" in result)) return;
        started++;
        expect(result.release).not.toEqual(release);
        expect(abort(result.release).release).toEqual(release);
      }),
      { numRuns: 300 },
    );
    expect(started).toBeGreaterThan(20);
  });

  test("promote, then rollback, gives back the stable version", () => {
    let promoted = 0;
    fc.assert(
      fc.property(releases(), (release) => {
        const result = promote(release);
        if (!("release" in result)) return;
        promoted++;
        expect(result.release.rollout.stable).toBe(release.rollout.candidate);
        expect(result.release.rollout.previous).toBe(release.rollout.stable);
        expect(rollback(result.release).release.rollout.stable).toBe(release.rollout.stable);
      }),
      { numRuns: 300 },
    );
    expect(promoted).toBeGreaterThan(20);
  });

  test("deprecate, then reinstate, gives back the starting document when nobody named the version as successor", () => {
    let deprecated = 0;
    fc.assert(
      fc.property(releases(), fc.nat({ max: 4 }), timestamps(), (release, place, sunset) => {
        const version = versionAt(release, place);
        const result = deprecate(release, { version, sunset, now });
        if (!("release" in result) || release.retirement?.[version]) return;
        deprecated++;
        const back = reinstate(result.release, { version });
        expect("release" in back && back.release).toEqual(release);
      }),
      { numRuns: 300 },
    );
    expect(deprecated).toBeGreaterThan(20);
  });
});
