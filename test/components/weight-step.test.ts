import { cpSync, readdirSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { abortRollout } from "../../components/platforms/local/gateway/admin-client.ts";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { trainInto } from "../support/models.ts";
import { createProject, lineOf, linesOf, type Project, type Run } from "../support/project.ts";
import { type ReleaseSketch, releaseOf } from "../support/release.ts";
import { pidOf, predict, serverOf, statusOf } from "../support/serving.ts";

// One project on the real engine. Each test first brings it to the release that it starts from; most stand where the one
// before has left off.

let project: Project;
let v1 = "";
let v2 = "";
/** Other content for v2. */
let v2b = "";

beforeAll(async () => {
  project = await createProject();
  const pins = await trainInto(project.dir);
  v1 = pins.v1 ?? "";
  v2 = pins.v2 ?? "";
  cpSync(path.join(project.dir, "models/v2"), path.join(project.dir, "models/v2b"), { recursive: true });
  project.write("models/v2b/notes.txt", "retrained");
  v2b = await hashDirectory(path.join(project.dir, "models/v2b"));
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

/** What the stack holds, as far as a run that succeeded has told. */
let reached: ReleaseSketch | undefined;
const up = async (sketch: ReleaseSketch, ...args: string[]): Promise<Run> => {
  project.configure(releaseOf(sketch));
  reached = undefined;
  const run = await project.up("--skip-preview", ...args);
  if (run.code === 0) reached = sketch;
  return run;
};
const preview = (sketch: ReleaseSketch): Promise<Run> => {
  project.configure(releaseOf(sketch));
  return project.preview();
};
/** The state that a test starts from. */
async function given(sketch: ReleaseSketch): Promise<void> {
  if (isDeepStrictEqual(sketch, reached)) return;
  const { code, output } = await up(sketch);
  expect(code, output).toBe(0);
}
const url = async () => String((await project.outputs()).url);
const trial = (weight: string, attempt = "1") => ({ candidate: "v2", weight, attempt });

test("the first up creates each part once, and a second one changes nothing", { timeout: 120_000 }, async () => {
  expect(linesOf(await up({ pins: { v1 } }))).toEqual([
    "create Artifact sentiment-v1-artifact",
    "create CanaryRollout sentiment",
    "create Gateway sentiment-gateway",
    "create ModelEndpoint sentiment",
    "create ModelServer sentiment-v1-server",
    "create Route sentiment-route",
    "create Stack a-users-project-dev",
    "create model-lifecycle-local default",
  ]);
  expect(await predict(await url(), { text: "a great chair" })).toMatchObject({ status: 200, version: "v1" });
  const pid = pidOf(project.stateDir, serverOf("sentiment", "v1", v1));

  expect(linesOf(await up({ pins: { v1 } }))).toEqual([]);
  expect(pidOf(project.stateDir, serverOf("sentiment", "v1", v1))).toBe(pid);
});

test("a version more creates its artifact and its server and updates the route", { timeout: 120_000 }, async () => {
  await given({ pins: { v1 } });
  const added = [
    "create Artifact sentiment-v2-artifact",
    "create ModelServer sentiment-v2-server",
    "update Route sentiment-route: plan.versions.v2, servers.v2",
  ];
  expect(linesOf(await preview({ pins: { v1, v2 } }))).toEqual(added);
  expect(linesOf(await up({ pins: { v1, v2 } }))).toEqual(added);
});

test("starting a rollout of a deployed version is one update of the route", { timeout: 120_000 }, async () => {
  await given({ pins: { v1, v2 } });
  const started = ["update Route sentiment-route: plan.candidate, plan.rollout.identity, plan.weight"];
  expect(linesOf(await up({ pins: { v1, v2 }, rollout: trial("5%") }))).toEqual(started);
});

test("a weight step previews and runs as one update in place, of the weight alone", { timeout: 120_000 }, async () => {
  await given({ pins: { v1, v2 }, rollout: trial("5%") });
  const pids = [pidOf(project.stateDir, "gateway-sentiment"), pidOf(project.stateDir, serverOf("sentiment", "v1", v1))];
  const step = [
    { op: "update", type: "model-lifecycle-local:index:Route", name: "sentiment-route", changed: ["plan.weight"] },
  ];
  expect((await preview({ pins: { v1, v2 }, rollout: trial("25%") })).changes).toEqual(step);
  expect((await up({ pins: { v1, v2 }, rollout: trial("25%") })).changes).toEqual(step);
  expect((await statusOf(project.stateDir, "sentiment")).weights).toEqual({ v1: 7_500, v2: 2_500 });
  expect([
    pidOf(project.stateDir, "gateway-sentiment"),
    pidOf(project.stateDir, serverOf("sentiment", "v1", v1)),
  ]).toEqual(pids);
});

test("an abort is one update of the route, and the candidate stays deployed", { timeout: 120_000 }, async () => {
  await given({ pins: { v1, v2 }, rollout: trial("25%") });
  const aborted = ["update Route sentiment-route: plan.candidate, plan.rollout.identity, plan.weight"];
  expect(linesOf(await up({ pins: { v1, v2 } }))).toEqual(aborted);
  expect((await statusOf(project.stateDir, "sentiment")).weights).toEqual({ v1: 10_000, v2: 0 });
});

test("a promotion and the way back from it are one update of the route each", { timeout: 120_000 }, async () => {
  await given({ pins: { v1, v2 } });
  const promoted = { stable: "v2", previous: "v1" };
  const unproven = await preview({ pins: { v1, v2 }, rollout: promoted });
  expect(unproven.code).not.toBe(0);
  expect(unproven.output).toContain("[unproven]");
  const moved = ["update Route sentiment-route: plan.override, plan.previous, plan.stable"];
  const override = { stable: "v2", reason: "shown elsewhere" };
  expect(linesOf(await up({ pins: { v1, v2 }, rollout: { ...promoted, override } }))).toEqual(moved);
  expect((await statusOf(project.stateDir, "sentiment")).weights).toEqual({ v1: 0, v2: 10_000 });
  expect(linesOf(await up({ pins: { v1, v2 } }))).toEqual(moved);
  expect((await statusOf(project.stateDir, "sentiment")).weights).toEqual({ v1: 10_000, v2: 0 });
});

test("another pin of the stable version is refused in preview, with the way to do it", {
  timeout: 120_000,
}, async () => {
  await given({ pins: { v1, v2 } });
  const { code, output, changes } = await preview({ pins: { v1: v2b, v2 }, from: { v1: "models/v2b" } });
  expect(code).not.toBe(0);
  expect(output).toContain(`version v1 serves and its content is fixed: seen ${v2b}, allowed ${v1}`);
  expect(output).toContain("Add the new content as a new version and start a rollout to it.");
  expect(changes.filter(({ type }) => type.endsWith(":Route"))).toEqual([]);
});

test("a version less deletes its two after the route has let go of it", { timeout: 120_000 }, async () => {
  await given({ pins: { v1, v2 } });
  const { changes } = await up({ pins: { v1 } });
  expect(changes.map(lineOf)).toEqual([
    "update Route sentiment-route: plan.versions.v2, servers.v2",
    "delete ModelServer sentiment-v2-server",
    "delete Artifact sentiment-v2-artifact",
  ]);
});

test("versions that fail a check fail the up, each with its reason, and are never routed", {
  timeout: 120_000,
}, async () => {
  project.write("models/broken/model.json", "{}");
  const broken = await hashDirectory(path.join(project.dir, "models/broken"));
  const golden = "models/v2/golden.jsonl";
  project.write("wrong.jsonl", `${JSON.stringify({ input: { text: "I love it" }, expect: { label: "negative" } })}\n`);
  project.write("long.jsonl", `${JSON.stringify({ input: { text: "not so good ".repeat(20_000) } })}\n`);
  const faults = {
    other: { pin: "a".repeat(64), reason: `content with sha256 ${v2}; allowed: the pinned content, sha256 aaaa` },
    broken: { pin: broken, from: "models/broken", reason: "cannot load model" },
    wrong: { pin: v2, checks: { golden: "wrong.jsonl" }, reason: 'label seen "positive"; allowed "negative"' },
    weak: { pin: v2, checks: { golden, floor: { accuracy: "1" } }, reason: "allowed 1 or more" },
    slow: { pin: v2, checks: { golden: "long.jsonl", latency: "1 ms" }, reason: "1 requests; allowed 1 ms" },
  };
  const each = <T>(of: (fault: { pin: string; from?: string; checks?: object }) => T) =>
    Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, of(fault)]));
  await given({ pins: { v1 } });
  const before = await statusOf(project.stateDir, "sentiment");

  const failing = {
    pins: { v1, ...each(({ pin }) => pin) },
    from: each(({ from }) => from ?? "models/v2"),
    checks: each(({ checks }) => checks ?? {}),
  };
  const { code, output, changes } = await up(failing, "--continue-on-error");
  expect(code).not.toBe(0);
  for (const { reason } of Object.values(faults)) expect(output).toContain(reason);
  expect(changes.filter(({ type }) => type.endsWith(":Route"))).toEqual([]);
  const after = await statusOf(project.stateDir, "sentiment");
  expect({ ...after, at: "", requests: {} }).toEqual({ ...before, at: "", requests: {} });
  expect(await predict(await url(), { text: "fine" })).toMatchObject({ status: 200, version: "v1" });

  // The same again without them takes away what was left of them.
  await given({ pins: { v1 } });
  expect(readdirSync(path.join(project.stateDir, "artifacts"))).toEqual([v1]);
});

// What was taken back is tried again under the next attempt.
test("another pin of the candidate replaces its two, the new before the old, and stable keeps its process", {
  timeout: 120_000,
}, async () => {
  await given({ pins: { v1, v2 }, rollout: trial("5%", "2") });
  const pid = pidOf(project.stateDir, serverOf("sentiment", "v1", v1));
  const run = await up({ pins: { v1, v2: v2b }, from: { v2: "models/v2b" }, rollout: trial("5%", "2") });
  expect(run.code, run.output).toBe(0);
  const lines = run.changes.map(lineOf);
  expect(lines.toSorted()).toEqual([
    "create-replacement Artifact sentiment-v2-artifact",
    "create-replacement ModelServer sentiment-v2-server",
    "delete-replaced Artifact sentiment-v2-artifact",
    "delete-replaced ModelServer sentiment-v2-server",
    "replace Artifact sentiment-v2-artifact",
    "replace ModelServer sentiment-v2-server",
    "update Route sentiment-route: plan.rollout.identity, plan.versions.v2.content, servers.v2",
  ]);
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
  expect(at("create-replacement ModelServer")).toBeLessThan(at("update Route"));
  expect(at("update Route")).toBeLessThan(at("delete-replaced ModelServer"));
  expect(at("delete-replaced ModelServer")).toBeLessThan(at("delete-replaced Artifact"));
  expect(pidOf(project.stateDir, serverOf("sentiment", "v1", v1))).toBe(pid);
  expect(await predict(await url(), { text: "fine" }, { "x-model-version": "v2" })).toMatchObject({ status: 200 });
});

test("an aborted rollout: the same up again succeeds and warns, and an edit that asks for traffic is refused in preview", {
  timeout: 120_000,
}, async () => {
  await given({ pins: { v1, v2 }, rollout: trial("5%", "7") });
  await abortRollout(openStateFolder(project.stateDir), "sentiment", "too many complaints");

  const same = await up({ pins: { v1, v2 }, rollout: trial("5%", "7") });
  expect(same.code, same.output).toBe(0);
  expect(same.output).toContain("warning: too many complaints");
  expect(linesOf(same)).toEqual([]);

  const again = await preview({ pins: { v1, v2 }, rollout: trial("10%", "7") });
  expect(again.code).not.toBe(0);
  expect(again.output).toContain("the rollout of v2 was ended and does not open again");
  expect(again.output).toContain("(too many complaints)");
});

test("nothing is left behind when the stack is destroyed", { timeout: 120_000 }, async () => {
  reached = undefined;
  const { code, output } = await project.destroy();
  expect(code, output).toBe(0);
  expect(() => pidOf(project.stateDir, "gateway-sentiment")).toThrow("no process");
});
