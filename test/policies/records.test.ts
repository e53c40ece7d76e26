import path from "node:path";
import { expect, test } from "vitest";
import type { Release } from "../../components/release/index.ts";
import { trainInto } from "../support/models.ts";
import { createProject, type Run, repository } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";

const pack = path.join(repository, "dist/policies/records-pack");

/** Serves the release; keeps archives where parts.json says so, locked for that many days. */
const program = `import { ModelEndpoint, ModelRetirement, readRelease } from "pulumi-model-lifecycle";
import { local, localArchive } from "pulumi-model-lifecycle/platforms/local";
import { readFileSync } from "node:fs";

const release = readRelease();
const endpoint = new ModelEndpoint(release.model.name, { release, platform: local() });
const { archives, retentionDays } = JSON.parse(readFileSync("parts.json", "utf8"));
if (archives) new ModelRetirement("records", { release, endpoint, store: localArchive(), retentionDays });
`;

test("the records pack, asked by the real engine in previews of the real components", {
  // Five previews.
  timeout: 300_000,
}, async () => {
  await using project = await createProject({ program });
  const { v1 = "", v2 = "" } = await trainInto(project.dir);
  const release = (phase: string): Release =>
    releaseOf({
      pins: { v1, v2 },
      rollout: { stable: "v2" },
      release: { retirement: { v1: { phase, sunset: "2020-01-01T00:00:00Z", successor: "v2" } } },
    });
  const preview = (phase: string, parts: object, ...args: readonly string[]): Promise<Run> => {
    project.configure(release(phase));
    project.write("parts.json", JSON.stringify(parts));
    return project.preview("--policy-pack", pack, ...args);
  };

  // What the document calls archived, and the program does not keep, is advice.
  const lost = await preview("archived", { archives: false });
  expect(lost.code, lost.output).toBe(0);
  expect(policiesIn(lost)).toEqual(["[advisory] archived-version-is-kept"]);
  expect(lost.output).toContain('seen:    "archived", and no archive of v1 in the stack');

  // An archive that nothing locks is found by what its resource is made from, before it exists.
  const unlocked = await preview("archived", { archives: true, retentionDays: 0 });
  expect(unlocked.code, unlocked.output).toBe(0);
  expect(policiesIn(unlocked)).toEqual(["[advisory] archive-is-locked"]);
  expect(unlocked.output).toContain("the archive of v1 of sentiment is locked for less than 183 days");

  const locked = await preview("archived", { archives: true, retentionDays: 183 });
  expect(locked.code, locked.output).toBe(0);
  expect(policiesIn(locked)).toEqual([]);

  // The number and the level are the pack's configuration.
  project.write("levels.json", '{ "archive-is-locked": { "enforcementLevel": "mandatory", "days": 3650 } }');
  const stricter = await preview(
    "archived",
    { archives: true, retentionDays: 183 },
    ...["--policy-pack-config", path.join(project.dir, "levels.json")],
  );
  expect(stricter.code).not.toBe(0);
  expect(policiesIn(stricter)).toEqual(["[mandatory] archive-is-locked"]);
  expect(stricter.output).toContain("is locked for less than 3650 days");

  // A version that is only deprecated has no record yet.
  const deprecated = await preview("deprecated", { archives: false });
  expect(deprecated.code, deprecated.output).toBe(0);
  expect(policiesIn(deprecated)).toEqual([]);
});

const policiesIn = ({ output }: Run): readonly string[] =>
  [...output.matchAll(/- (\[(?:advisory|mandatory)\]) \[severity: \w+\]\s+([a-z-]+)/g)].map(
    ([, level, rule]) => `${level} ${rule}`,
  );
