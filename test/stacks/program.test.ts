import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { trainInto } from "../support/models.ts";
import { createProject, repository } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";
import { predict } from "../support/serving.ts";

const program = path.join(repository, "dist/stacks/index.js");

test("the stack program serves, monitors and retires one model from its release document alone", {
  // Two runs of the engine, on a machine that does other things.
  timeout: 400_000,
}, async () => {
  await using project = await createProject({ program: `export * from ${JSON.stringify(program)};\n` });
  const pins = await trainInto(project.dir);
  const versions = { v1: pins.v1 ?? "", v2: pins.v2 ?? "" };
  const sunset = "2020-01-01T00:00:00Z";
  const model = { name: "sentiment", owner: "nlp-platform", riskTier: "low", notice: "1 ms" } as const;
  const retirement = { v1: { phase: "archived", sunset, successor: "v2" } };
  project.configure(releaseOf({ pins: versions, rollout: { stable: "v2" }, release: { model, retirement } }));

  const deployed = await project.up("--skip-preview");
  expect(deployed.code, deployed.output).toBe(0);
  const made = (type: string) =>
    deployed.changes.filter((change) => change.type.endsWith(`:${type}`)).map(({ name }) => name);
  expect(made("Document").toSorted()).toEqual(["sentiment-monitoring-dashboard", "sentiment-monitoring-rules"]);
  expect(made("Archive")).toEqual(["sentiment-retirement-v1-copy"]);

  const { url, archives } = await project.outputs();
  expect(await predict(String(url), { text: "a lovely film" })).toMatchObject({ status: 200, version: "v2" });
  expect(archives).toEqual({ v1: `file://${project.stateDir}/archive/sentiment/v1` });
  const rules = path.join(project.stateDir, "documents/sentiment.rules.yml");
  expect(readFileSync(rules, "utf8")).toContain("ModelRolloutAborted");

  // Retired: the server goes, the archive stays.
  project.configure(
    releaseOf({
      pins: versions,
      rollout: { stable: "v2" },
      release: { model, retirement: { v1: { ...retirement.v1, phase: "retired" } } },
    }),
  );
  const retired = await project.up("--skip-preview");
  expect(retired.changes.map(({ op, name }) => `${op} ${name}`).toSorted()).toEqual([
    "delete sentiment-v1-artifact",
    "delete sentiment-v1-server",
    "update sentiment-route",
  ]);
  expect(await predict(String(url), { text: "a lovely film" }, { "x-model-version": "v1" })).toMatchObject({
    status: 410,
  });
  expect(existsSync(path.join(project.stateDir, "archive/sentiment/v1/manifest.json"))).toBe(true);
});
