import fc from "fast-check";
import { expect, test } from "vitest";
import { type Outcome, outcomeOf, type Roles, roles, rolesOf } from "../../components/model-registries/mlflow/roles.ts";
import { parseRelease } from "../../components/release/index.ts";
import { releaseOf } from "../support/release.ts";

const pins = Object.fromEntries(["v1", "v2", "v3", "v4"].map((version, index) => [version, String(index).repeat(64)]));

const rolesIn = (rollout: object, release: object = {}): Roles =>
  rolesOf(parseRelease(releaseOf({ pins, rollout, release })));

test("a version is what its release says: who serves first, then the way out, then the way back", () => {
  const retirement = { v4: { phase: "deprecated", sunset: "2099-05-31T00:00:00Z", successor: "v2" } };
  expect(rolesIn({ stable: "v2", previous: "v1", candidate: "v3", weight: "5%" }, { retirement })).toEqual({
    v1: "previous",
    v2: "stable",
    v3: "candidate",
    v4: "deprecated",
  });
});

/** What became known of each version over the edits of a release. */
function story(edits: readonly Roles[]): Readonly<Record<string, Outcome | undefined>> {
  const versions = [...new Set(edits.flatMap((each) => Object.keys(each)))];
  const tell = (version: string) =>
    edits.reduce<Outcome | undefined>(
      (last, after, index) => outcomeOf(version, edits[index - 1] ?? {}, after, last),
      undefined,
    );
  return Object.fromEntries(versions.map((version) => [version, tell(version)]));
}

const first: Roles = { v1: "stable", v2: "deployed" };
const running: Roles = { v1: "stable", v2: "candidate" };
const promoted: Roles = { v1: "previous", v2: "stable" };

test("a rollout that runs, one that is promoted, one that ends and a way back are told apart", () => {
  expect(story([first])).toEqual({ v1: undefined, v2: undefined });
  expect(story([first, running])).toEqual({ v1: undefined, v2: "running" });
  expect(story([first, running, promoted])).toEqual({ v1: "superseded", v2: "promoted" });
  expect(story([first, running, first])).toEqual({ v1: undefined, v2: "ended" });
  expect(story([first, running, { v1: "stable" }])).toEqual({ v1: undefined, v2: "ended" });
  expect(story([first, running, promoted, first])).toEqual({ v1: "serves again", v2: "rolled back" });
  expect(story([first, running, promoted, first, running])).toEqual({ v1: "serves again", v2: "running" });
});

test("an edit that changes no role changes nothing that is known", () => {
  const some = fc.dictionary(
    fc.constantFrom("v1", "v2", "v3"),
    fc.constantFrom(...roles.filter((role) => role !== "removed")),
  );
  fc.assert(
    fc.property(
      some,
      fc.constantFrom<Outcome | undefined>("promoted", "ended", "superseded", undefined),
      (same, last) => {
        for (const [version, role] of Object.entries(same)) {
          expect(outcomeOf(version, same, same, last)).toBe(role === "candidate" ? "running" : last);
        }
      },
    ),
  );
});
